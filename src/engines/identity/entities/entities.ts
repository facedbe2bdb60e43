import { shape } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { systemRoute } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { forgetPersons } from '../../../identity/persons.ts'
import {
  aliasIdKey,
  aliasNameKey,
  blankEntity,
  type Entity,
  entities,
  entityKey,
  entityNameKey,
  entityPrefix,
  memberKey,
  membershipKey,
  memberships,
  mergedKey,
} from '../../../identity/record.ts'
import { directGroups } from '../../../identity/resolve.ts'
import { tellOwner } from '../owners.ts'
import { namedFields } from '../shape/fields.ts'
import { forgetReferences } from '../shape/held.ts'
import { byIdIn, byNameIn, type NamedSet, routed } from '../shape/named.ts'
import { idRoutes, nameRoutes } from '../shape/routes.ts'
import { aliasData, aliasShape, entityData, entityShape } from '../view.ts'

const fields = {
  ...namedFields,
  disabled: field.boolean('A disabled entity closes its tokens and logins.'),
}
type Sent = FieldValues<typeof fields>

const set: NamedSet<Entity, Sent> = {
  what: 'entity',
  unknown: 'entity not found from id',
  rows: entities,
  prefix: entityPrefix,
  key: entityKey,
  nameKey: entityNameKey,
  blank: blankEntity,
  made: { aliases: null },
  complete: async (_, entity, { disabled }) => ({ ...entity, disabled: disabled ?? entity.disabled }),
  info: async (_, { id, name, aliases }, mounts) => ({
    name,
    aliases: aliases.map((alias) => aliasData(alias, id, mounts)),
  }),
}

export const entityById = byIdIn(set)
export const entityByName = byNameIn(set)

/** Takes an entity away with its names, aliases and memberships. Its tokens end with it. */
async function remove(context: SystemContext, entity: Entity): Promise<void> {
  await removeRows(context, entity)
  for (const alias of entity.aliases) {
    await tellOwner(context, { entity, alias }, 'alias_removed', { entity: entity.id })
  }
}

/** The rows of an entity, and all that lead to it. */
export async function removeRows(context: SystemContext, entity: Entity): Promise<void> {
  const { tx } = context
  const membership = await tx.get(memberships, membershipKey(entity.id))
  for (const group of directGroups(membership)) tx.delete(memberKey(group, entity.id))
  tx.delete(membershipKey(entity.id))
  forgetPersons(tx, entity)
  for (const alias of entity.aliases) {
    forgetReferences(context, { idKey: aliasIdKey, nameKey: aliasNameKey }, alias)
  }
  for (const id of entity.merged) tx.delete(mergedKey(id))
  tx.delete(entityNameKey(entity.name))
  tx.delete(entityKey(entity.id))
}

/**
 * A disabled entity is closed until it is enabled, and not until its aliases lead to an open one.
 *
 * @throws invalid_request where that would be so
 */
export function refuseToOpen(from: Entity, to: Entity): void {
  if (!from.disabled || to.disabled) return
  fail('invalid_request', `the entity ${from.id} is disabled: enable it first, or disable the other too`)
}

/** Entities that one request may take together: all of it is one commit. */
export const maxTogether = 100

const things = {
  shapes: {
    shown: entityShape,
    written: shape.object({
      aliases: shape.orNull(shape.list(aliasShape)),
      id: shape.string(),
      name: shape.string(),
    }),
    listed: { aliases: shape.list(aliasShape), name: shape.string() },
  },
  path: 'entity',
  one: 'an entity',
  many: 'entities',
  fields,
  ...routed(set),
  show: entityData,
  remove,
}

export const entityRoutes = [
  ...idRoutes(things),
  ...nameRoutes(things),
  systemRoute({
    path: 'entity/batch-delete',
    summary: 'Delete several entities.',
    fields: { entity_ids: field.list('Their ids.', { maxItems: maxTogether }) },
    operations: {
      update: async (context, { entity_ids = [] }) => {
        if (entity_ids.length === 0) fail('invalid_request', 'missing entity ids to delete')
        for (const id of new Set(entity_ids)) {
          const entity = await entityById(context, id)
          if (entity !== undefined) await remove(context, entity)
        }
        return {}
      },
    },
  }),
]
