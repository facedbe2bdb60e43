import type { SystemContext } from '../../backend/context.ts'
import { type FieldValues, field } from '../../backend/fields.ts'
import type { Reply } from '../../backend/message.ts'
import { readMounts } from '../../backend/mount-table.ts'
import { systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { markMember } from '../../identity/membership.ts'
import { forgetPersons } from '../../identity/persons.ts'
import {
  aliasIdKey,
  aliasNameKey,
  type Entity,
  entities,
  entityKey,
  entityNameKey,
  entityPrefix,
  foldName,
  memberKey,
  membershipKey,
  memberships,
  personKey,
  references,
} from '../../identity/record.ts'
import { directGroups } from '../../identity/resolve.ts'
import { foldNames } from '../../policy/names.ts'
import { checkedMetadata, checkedName, isId } from './names.ts'
import { tellOwner } from './owners.ts'
import { aliasData, entityData } from './view.ts'

const fields = {
  id: field.string('An existing entity.', { maxLength: 64 }),
  name: field.string('Its name.'),
  policies: field.list('Policies of all its tokens.'),
  metadata: field.map('Texts to keep with it; replaces the ones before.'),
  disabled: field.boolean('A disabled entity closes its tokens and logins.'),
}
type Sent = FieldValues<typeof fields>

export async function entityById({ tx }: SystemContext, id: string): Promise<Entity | undefined> {
  return isId(id) ? tx.get(entities, entityKey(id)) : undefined
}

export async function entityByName(context: SystemContext, name: string): Promise<Entity | undefined> {
  const reference = await context.tx.get(references, entityNameKey(name))
  return reference === undefined ? undefined : entityById(context, reference.id)
}

async function write(context: SystemContext, sent: Sent): Promise<Reply> {
  const id = context.params.id ?? sent.id
  const name = context.params.name ?? sent.name
  if (id !== undefined && id !== '') {
    const entity = await entityById(context, id)
    if (entity === undefined) fail('invalid_request', 'entity not found from id')
    return change(context, entity, sent)
  }
  const known = name === undefined ? undefined : await entityByName(context, name)
  return known === undefined
    ? create(context, { ...sent, ...(name === undefined ? {} : { name }) })
    : change(context, known, sent)
}

async function create(context: SystemContext, sent: Sent): Promise<Reply> {
  const { tx, clock, random } = context
  const now = clock.now()
  const id = random.uuid()
  const name = checkedName(sent.name ?? `entity_${id.slice(0, 8)}${id.slice(9, 13)}`, 'entity')
  // Read so that the commit fails when somebody takes the name meanwhile.
  await tx.get(references, entityNameKey(name))
  const entity: Entity = {
    id,
    name,
    policies: foldNames(sent.policies ?? []),
    metadata: checkedMetadata(sent.metadata) ?? null,
    disabled: sent.disabled ?? false,
    aliases: [],
    merged: [],
    created: now,
    updated: now,
  }
  tx.put(entities, entityKey(id), entity)
  tx.put(references, entityNameKey(name), { id })
  return { data: { aliases: null, id, name } }
}

async function change(context: SystemContext, entity: Entity, sent: Sent): Promise<Reply> {
  const { tx, clock } = context
  const name = sent.name === undefined || sent.name === '' ? entity.name : checkedName(sent.name, 'entity')
  if (name !== entity.name) {
    const other = await tx.get(references, entityNameKey(name))
    if (other !== undefined && other.id !== entity.id)
      fail('invalid_request', 'entity name is already in use')
    tx.delete(entityNameKey(entity.name))
    tx.put(references, entityNameKey(name), { id: entity.id })
  }
  tx.put(entities, entityKey(entity.id), {
    ...entity,
    name,
    policies: sent.policies === undefined ? entity.policies : foldNames(sent.policies),
    metadata: checkedMetadata(sent.metadata) ?? entity.metadata,
    disabled: sent.disabled ?? entity.disabled,
    updated: clock.now(),
  })
  return {}
}

/** Takes an entity away with its names, aliases and memberships. Its tokens end with it. */
export async function removeEntity(context: SystemContext, entity: Entity | undefined): Promise<void> {
  if (entity === undefined) return
  await removeRows(context, entity)
  for (const alias of entity.aliases) {
    await tellOwner(context, { entity, alias }, 'alias_removed', { entity: entity.id })
  }
}

async function removeRows({ tx }: SystemContext, entity: Entity): Promise<void> {
  const membership = await tx.get(memberships, membershipKey(entity.id))
  for (const group of directGroups(membership)) tx.delete(memberKey(group, entity.id))
  tx.delete(membershipKey(entity.id))
  forgetPersons(tx, entity)
  for (const alias of entity.aliases) {
    tx.delete(aliasIdKey(alias.id))
    tx.delete(aliasNameKey(alias.mountAccessor, alias.name))
  }
  tx.delete(entityNameKey(entity.name))
  tx.delete(entityKey(entity.id))
}

/** Entities that one request may take together: all of it is one commit. */
const maxTogether = 100

async function merge(
  context: SystemContext,
  sent: { from_entity_ids?: readonly string[]; to_entity_id?: string },
): Promise<Reply> {
  const from = sent.from_entity_ids ?? []
  const to = sent.to_entity_id ?? ''
  if (from.length === 0) fail('invalid_request', 'missing entity ids to merge from')
  if (to === '') fail('invalid_request', 'missing entity id to merge to')
  if (from.includes(to)) fail('invalid_request', 'to_entity_id should not be present in from_entity_ids')
  if (from.length > maxTogether) fail('invalid_request', `merge at most ${maxTogether} entities at once`)
  let target = await entityById(context, to)
  if (target === undefined) fail('invalid_request', 'entity id to merge to is invalid')
  const { tx } = context
  let membership = (await tx.get(memberships, membershipKey(to))) ?? { internal: [], external: {} }
  for (const id of new Set(from)) {
    const source = await entityById(context, id)
    if (source === undefined) fail('invalid_request', 'entity id to merge from is invalid')
    const moved = source.aliases.filter(
      (alias) => !target?.aliases.some(({ mountAccessor }) => mountAccessor === alias.mountAccessor),
    )
    const theirs = (await tx.get(memberships, membershipKey(id))) ?? { internal: [], external: {} }
    await removeRows(context, source)
    for (const alias of source.aliases) {
      const kind = moved.includes(alias) ? 'alias_merged' : 'alias_removed'
      await tellOwner(context, { entity: source, alias }, kind, { before: id, after: to })
    }
    for (const person of source.persons ?? []) tx.put(references, personKey(person), { id: to })
    for (const alias of moved) {
      tx.put(references, aliasIdKey(alias.id), { id: to })
      tx.put(references, aliasNameKey(alias.mountAccessor, alias.name), { id: to })
    }
    membership = {
      internal: [...new Set([...membership.internal, ...theirs.internal])].sort(),
      external: {
        ...membership.external,
        ...Object.fromEntries(
          moved.flatMap(({ id: alias }) => (theirs.external[alias] ? [[alias, theirs.external[alias]]] : [])),
        ),
      },
    }
    target = {
      ...target,
      aliases: [...target.aliases, ...moved],
      policies: foldNames([...target.policies, ...source.policies]),
      metadata: source.metadata === null ? target.metadata : { ...source.metadata, ...target.metadata },
      persons: [...new Set([...(target.persons ?? []), ...(source.persons ?? [])])].sort(),
      merged: [...new Set([...target.merged, ...source.merged, id])],
    }
  }
  tx.put(entities, entityKey(to), { ...target, updated: context.clock.now() })
  tx.put(memberships, membershipKey(to), membership)
  await markMember(tx, to)
  return {}
}

/** Pages of the rows below a prefix, for listings that show more than the key. */
async function listById(context: SystemContext, options: object): Promise<Reply> {
  const mounts = await readMounts(context.tx)
  const { names } = await context.tx.list(entityPrefix, options)
  if (names.length === 0) fail('not_found')
  await context.tx.fetch(names.map((id) => ({ kind: entities, key: entityKey(id) })))
  const info: JsonObject = {}
  for (const id of names) {
    const entity = await context.tx.get(entities, entityKey(id))
    if (entity === undefined) continue
    info[id] = { name: entity.name, aliases: entity.aliases.map((alias) => aliasData(alias, id, mounts)) }
  }
  return { data: { keys: [...names], key_info: info } }
}

async function listByName(context: SystemContext, options: object): Promise<Reply> {
  const { names } = await context.tx.list(entityPrefix, options)
  if (names.length === 0) fail('not_found')
  await context.tx.fetch(names.map((id) => ({ kind: entities, key: entityKey(id) })))
  const found = await Promise.all(names.map((id) => context.tx.get(entities, entityKey(id))))
  return { data: { keys: found.flatMap((entity) => (entity === undefined ? [] : [entity.name])).sort() } }
}

const show = async (context: SystemContext, entity: Entity | undefined): Promise<Reply> =>
  entity === undefined ? fail('not_found') : { data: await entityData(context, entity) }

const param = (context: SystemContext, name: string) => context.params[name] ?? ''

export const entityRoutes = [
  systemRoute({
    path: 'entity',
    summary: 'Make or change an entity.',
    fields,
    operations: { update: write },
  }),
  systemRoute({ path: 'entity/id', summary: 'List the entities by id.', operations: {}, list: listById }),
  systemRoute({
    path: 'entity/name',
    summary: 'List the entities by name.',
    operations: {},
    list: listByName,
  }),
  systemRoute({
    path: 'entity/id/{id}',
    summary: 'Read, change and delete an entity.',
    fields,
    operations: {
      read: async (context) => show(context, await entityById(context, param(context, 'id'))),
      update: write,
      delete: async (context) => {
        await removeEntity(context, await entityById(context, param(context, 'id')))
        return {}
      },
    },
  }),
  systemRoute({
    path: 'entity/name/{name+}',
    folded: { parameter: 'name', fold: foldName },
    summary: 'Make, read, change and delete an entity by its name.',
    fields,
    operations: {
      read: async (context) => show(context, await entityByName(context, param(context, 'name'))),
      update: (context, sent) => write(context, { ...sent, name: param(context, 'name') }),
      delete: async (context) => {
        await removeEntity(context, await entityByName(context, param(context, 'name')))
        return {}
      },
    },
  }),
  systemRoute({
    path: 'entity/batch-delete',
    summary: 'Delete several entities.',
    fields: { entity_ids: field.list('Their ids.', { maxItems: maxTogether }) },
    operations: {
      update: async (context, { entity_ids = [] }) => {
        for (const id of entity_ids) await removeEntity(context, await entityById(context, id))
        return {}
      },
    },
  }),
  systemRoute({
    path: 'entity/merge',
    summary: 'Merge entities into one.',
    fields: {
      from_entity_ids: field.list('What is merged.'),
      to_entity_id: field.string('What it is merged into.'),
      force: field.boolean('Kept for clients.'),
      conflicting_alias_ids_to_keep: field.list('Kept for clients.'),
    },
    operations: { update: merge },
  }),
]
