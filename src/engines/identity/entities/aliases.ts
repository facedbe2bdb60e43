import type { SystemContext } from '../../../backend/context.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import { forgetAlias, moveAlias } from '../../../identity/membership.ts'
import { withoutStrangers } from '../../../identity/persons.ts'
import {
  type Alias,
  aliasIdKey,
  aliasIdPrefix,
  aliasNameKey,
  blankEntity,
  type Entity,
  entities,
  entityKey,
  entityNameKey,
  references,
} from '../../../identity/record.ts'
import { tellOwner } from '../owners.ts'
import { aliasFields } from '../shape/fields.ts'
import {
  forgetReferences,
  type Held,
  type Holders,
  heldById,
  heldByName,
  heldShapes,
  listHeld,
  showHeld,
  writeHeld,
} from '../shape/held.ts'
import { idRoutes } from '../shape/routes.ts'
import { entityById, refuseToOpen } from './entities.ts'

const fields = {
  ...aliasFields,
  entity_id: field.string('Older name of canonical_id.', { maxLength: 64 }),
  custom_metadata: field.map('Texts to keep with it.'),
  metadata: field.map('Kept for clients.'),
}
type Sent = FieldValues<typeof fields>

export const entityAliases: Holders<Entity> = {
  prefix: aliasIdPrefix,
  idKey: aliasIdKey,
  nameKey: aliasNameKey,
  byId: entityById,
  aliasesOf: ({ aliases }) => aliases,
  blank: ({ random, clock }) => blankEntity(random.uuid(), clock.now()),
  meant: (context, { mount_accessor = '', name = '' }) =>
    heldByName(entityAliases)(context, mount_accessor, name),
  check({ aliases }, { id, mountAccessor }) {
    if (aliases.some((other) => other.mountAccessor === mountAccessor && other.id !== id)) {
      fail('invalid_request', 'Alias already exists for requested entity and mount accessor')
    }
  },
  keep: async (context, before, after, isNew) => {
    if (isNew) context.tx.put(references, entityNameKey(after.holder.name), { id: after.holder.id })
    if (before === undefined) return add(context, after)
    return before.holder.id === after.holder.id
      ? change(context, before, after)
      : move(context, before, after)
  },
}

async function add({ tx, ...context }: SystemContext, { holder: entity, alias }: Held<Entity>) {
  tx.put(entities, entityKey(entity.id), {
    ...entity,
    aliases: [...entity.aliases, alias],
    updated: alias.updated,
  })
  await tellOwner({ tx, ...context }, { entity, alias }, 'alias_created', { entity: entity.id })
}

/** What a login has proven, it has of the name that it came by. */
function provenOf(before: Alias, alias: Alias): Alias {
  const { person, ...unproven } = alias
  return before.name === alias.name && before.mountAccessor === alias.mountAccessor ? alias : unproven
}

async function change(context: SystemContext, before: Held<Entity>, after: Held<Entity>): Promise<void> {
  const { tx } = context
  const entity = before.holder
  const alias = provenOf(before.alias, after.alias)
  const aliases = entity.aliases.map((other) => (other.id === alias.id ? alias : other))
  const changed = { ...entity, aliases, updated: alias.updated }
  tx.put(entities, entityKey(entity.id), withoutStrangers(tx, changed))
  await tellOfName(context, before, after)
}

async function tellOfName(context: SystemContext, before: Held<Entity>, after: Held<Entity>): Promise<void> {
  const { name, mountAccessor } = before.alias
  if (name === after.alias.name && mountAccessor === after.alias.mountAccessor) return
  const entity = before.holder
  const details = { after: after.alias.name, before: name, entity: entity.id }
  await tellOwner(context, { entity, alias: before.alias }, 'alias_renamed', details)
  const mounts = await readMounts(context.tx)
  if (mounts.byAccessor(after.alias.mountAccessor)?.spaces !== undefined) {
    await tellOwner(context, { entity, alias: after.alias }, 'alias_renamed', details)
  }
}

/**
 * To another entity, with what its logins said of groups.
 *
 * @throws invalid_request for an alias that a login has proven to be a person's: it stays with them; and for
 * one whose logins are closed, which would be open then
 */
async function move(context: SystemContext, before: Held<Entity>, after: Held<Entity>): Promise<void> {
  const { tx } = context
  if (before.alias.person !== undefined) {
    fail(
      'invalid_request',
      'a login has proven whose alias it is, so it moves by a merge of the entities alone',
    )
  }
  const { alias, holder: target } = after
  refuseToOpen(before.holder, target)
  const left = before.holder.aliases.filter(({ id }) => id !== alias.id)
  await moveAlias(tx, alias.id, before.holder.id, target.id)
  tx.put(entities, entityKey(before.holder.id), { ...before.holder, aliases: left, updated: alias.updated })
  const aliases = [...target.aliases, alias]
  tx.put(entities, entityKey(target.id), { ...target, aliases, updated: alias.updated })
  const details = { after: target.id, before: before.holder.id }
  await tellOwner(context, { entity: before.holder, alias: before.alias }, 'alias_merged', details)
  await tellOfName(context, before, after)
}

async function remove(context: SystemContext, { holder: entity, alias }: Held<Entity>): Promise<void> {
  const { tx, clock } = context
  forgetReferences(context, entityAliases, alias)
  await forgetAlias(tx, entity.id, alias.id)
  const aliases = entity.aliases.filter(({ id }) => id !== alias.id)
  const left = withoutStrangers(tx, { ...entity, aliases, updated: clock.now() })
  tx.put(entities, entityKey(entity.id), left)
  await tellOwner(context, { entity, alias }, 'alias_removed', { entity: entity.id })
}

const wanted = ({ entity_id, metadata: _, ...sent }: Sent) => {
  const canonical_id = sent.canonical_id || entity_id
  return canonical_id === undefined ? sent : { ...sent, canonical_id }
}

/** `entity-alias`, and two older names of it. */
export const aliasRoutes = ['entity-alias', 'alias', 'persona'].flatMap((path) =>
  idRoutes({
    path,
    one: 'an alias',
    many: 'aliases',
    fields,
    write: (context, sent) => writeHeld(context, entityAliases, wanted(sent)),
    byId: heldById(entityAliases),
    list: (context, options) => listHeld(context, entityAliases, options),
    show: showHeld,
    shapes: heldShapes,
    remove,
  }),
)
