import { answer } from '../../backend/answers/answer.ts'
import type { Shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { entityAliases } from './entities/aliases.ts'
import { entityById, entityByName } from './entities/entities.ts'
import { groupAliases } from './groups/aliases.ts'
import { groupById, groupByName } from './groups/groups.ts'
import { type Holders, heldById, heldByName } from './shape/held.ts'
import { entityData, entityShape, groupData, groupShape } from './view.ts'

const fields = {
  id: field.string('By its id.'),
  name: field.string('By its name.'),
  alias_id: field.string('By the id of an alias.'),
  alias_name: field.string('By the name of an alias; with the mount of the alias.'),
  alias_mount_accessor: field.string('The mount of the alias; with its name.'),
}
type Sent = FieldValues<typeof fields>

/** Entities or groups, and their aliases. */
type Place<T extends { readonly id: string }> = {
  readonly what: string
  readonly byId: (context: SystemContext, id: string) => Promise<T | undefined>
  readonly byName: (context: SystemContext, name: string) => Promise<T | undefined>
  readonly aliases: Pick<Holders<T>, 'idKey' | 'nameKey' | 'byId' | 'aliasesOf'>
  readonly show: (context: SystemContext, thing: T) => Promise<JsonObject>
  readonly shown: Shape
}

/** @throws invalid_request when nothing says what to look for, or two things do */
async function find<T extends { readonly id: string }>(
  context: SystemContext,
  { byId, byName, aliases }: Place<T>,
  { id, name, alias_id, alias_name, alias_mount_accessor }: Sent,
): Promise<T | undefined> {
  const given = [id, name, alias_id, alias_name ?? alias_mount_accessor].filter((text) => text !== undefined)
  if (given.length === 0) fail('invalid_request', 'query parameter not supplied')
  if (given.length > 1) {
    fail('invalid_request', 'query parameter conflict; please supply distinct set of query parameters')
  }
  if (id !== undefined) return byId(context, id)
  if (name !== undefined) return byName(context, name)
  if (alias_id !== undefined) return (await heldById(aliases)(context, alias_id))?.holder
  if (!alias_name || !alias_mount_accessor) {
    fail('invalid_request', "both 'alias_name' and 'alias_mount_accessor' needs to be set")
  }
  return (await heldByName(aliases)(context, alias_mount_accessor, alias_name))?.holder
}

const lookup = <T extends { readonly id: string }>(place: Place<T>) =>
  systemRoute({
    path: `lookup/${place.what}`,
    summary: `Find one ${place.what} by what is known of it.`,
    fields,
    answers: { write: answer.dataOrNothing(place.shown) },
    operations: {
      update: async (context, sent) => {
        const found = await find(context, place, sent)
        return found === undefined ? {} : { data: await place.show(context, found) }
      },
    },
  })

export const lookupRoutes = [
  lookup({
    what: 'entity',
    byId: entityById,
    byName: entityByName,
    aliases: entityAliases,
    show: entityData,
    shown: entityShape,
  }),
  lookup({
    what: 'group',
    byId: groupById,
    byName: groupByName,
    aliases: groupAliases,
    show: groupData,
    shown: groupShape,
  }),
]
