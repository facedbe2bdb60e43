import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { actorData } from '../../backend/spaces/actor.ts'
import { eventOf, eventsOf, type Found } from '../../backend/spaces/events.ts'
import { namedSpace, type Owner, ownerOf, personId, type Space } from '../../backend/spaces/space.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'

/** The space of the caller, who must be its owner: nobody reads of another one's. */
async function ownSpace(context: SystemContext): Promise<{ space: Space; owner: Owner }> {
  const { person, space: name } = callerOf(context).token.record
  const space = namedSpace(name)
  const owner = space === undefined ? undefined : await ownerOf(context.tx, space)
  if (space === undefined || owner === undefined || personId(owner) !== person) fail('not_found')
  return { space, owner }
}

const eventData = ({ id, event }: Found): JsonObject => ({
  ...event.details,
  ...(event.by === undefined ? {} : { by: actorData(event.by) }),
  id,
  kind: event.kind,
  time: new Date(event.time).toISOString(),
})

/** `sys/spaces/events`: what happened to the caller's own space. Nothing changes or removes it. */
export const eventRoutes = [
  systemRoute({
    path: 'spaces/events',
    summary: 'List what happened to your space: who opened it, and what changed about who owns it.',
    answers: {
      list: answer.data(shape.object({ keys: shape.strings(), key_info: shape.map(shape.anyObject()) })),
    },
    operations: {},
    list: async (context, options) => {
      const { space, owner } = await ownSpace(context)
      const found = await eventsOf(context.tx, space, owner, options)
      if (found.length === 0) fail('not_found')
      const info: JsonObject = Object.fromEntries(found.map((one) => [one.id, eventData(one)]))
      return { data: { keys: found.map(({ id }) => id), key_info: info } }
    },
  }),
  systemRoute({
    path: 'spaces/events/{id}',
    summary: 'Read one event of your space.',
    answers: { read: answer.data(shape.anyObject('Its kind says what else it holds.')) },
    operations: {
      read: async (context) => {
        const { space, owner } = await ownSpace(context)
        const found = await eventOf(context.tx, space, owner, context.params.id ?? '')
        return found === undefined ? fail('not_found') : { data: eventData(found) }
      },
    },
  }),
]
