import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import { monthText } from '../../usage/lasting.ts'
import { joinPeople } from '../../usage/people.ts'
import type { Use } from '../../usage/record.ts'
import type { SystemServices } from '../services.ts'

const shown = (use: Use | undefined): JsonObject | null =>
  use === undefined
    ? null
    : {
        time: timeText(use.at),
        operation: use.operation,
        display_name: use.displayName,
        entity_id: use.entityId,
        remote_address: use.address,
        by_opening: use.opened === true,
      }

/** Says the same of a secret that was never used and of a path where none ever was. */
async function read(services: SystemServices, context: SystemContext): Promise<Reply> {
  const { mount, path } = await services.secretAt(context, context.params.path ?? '')
  const counts = await services.usage().of(mount, path)
  return {
    data: {
      path: context.params.path ?? '',
      reads: counts?.reads ?? 0,
      writes: counts?.writes ?? 0,
      since: counts === undefined ? null : timeText(counts.since),
      last_read: shown(counts?.lastRead),
      last_write: shown(counts?.lastWrite),
      people: joinPeople(counts?.people).map((one) => ({
        display_name: one.displayName,
        entity_id: one.entityId,
        reads: one.reads,
        writes: one.writes,
        last_read: one.lastRead === undefined ? null : timeText(one.lastRead),
        last_write: one.lastWrite === undefined ? null : timeText(one.lastWrite),
        remote_address: one.address ?? null,
        last_by_opening: one.opened === undefined ? null : timeText(one.opened),
      })),
      months: (counts?.months ?? []).map(([month, reads, writes]) => ({
        month: monthText(month),
        reads,
        writes,
      })),
    },
  }
}

const useShape = shape.object({
  time: shape.time(),
  operation: shape.string(),
  display_name: shape.string(),
  entity_id: shape.string(),
  remote_address: shape.string(),
  by_opening: shape.boolean('By somebody who is not the owner of the space, while it was open to them.'),
})
const usageShape = shape.object({
  path: shape.string(),
  reads: shape.integer(),
  writes: shape.integer(),
  since: shape.orNull(shape.time()),
  last_read: shape.orNull(useShape),
  last_write: shape.orNull(useShape),
  people: shape.list(
    shape.object({
      display_name: shape.string(),
      entity_id: shape.string(),
      reads: shape.integer(),
      writes: shape.integer(),
      last_read: shape.orNull(shape.time()),
      last_write: shape.orNull(shape.time()),
      remote_address: shape.orNull(shape.string('From where they came last.')),
      last_by_opening: shape.orNull(shape.time()),
    }),
  ),
  months: shape.list(
    shape.object({ month: shape.string(), reads: shape.integer(), writes: shape.integer() }),
  ),
})

export function usageRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'usage/{path+}',
      summary: 'Show who read and who wrote a secret last, and how often it was used.',
      description:
        'For whoever may read or update the secret at the path and passes its owner guard. Counts are ' +
        'since `since`, by month for ten years, and of each of the last eight people. What another server saw shows within ten seconds, and a crash loses as much.',
      answers: { read: answer.data(usageShape) },
      operations: { read: (context) => read(services, context) },
    }),
  ]
}
