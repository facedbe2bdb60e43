import type { SystemContext } from '../../backend/context.ts'
import { type FieldValues, field } from '../../backend/fields.ts'
import type { Reply } from '../../backend/message.ts'
import { readMounts } from '../../backend/mount-table.ts'
import { systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { forgetAlias } from '../../identity/membership.ts'
import { withoutStrangers } from '../../identity/persons.ts'
import {
  type Alias,
  aliasIdKey,
  aliasIdPrefix,
  aliasNameKey,
  type Entity,
  entities,
  entityKey,
  entityNameKey,
  references,
} from '../../identity/record.ts'
import { entityById } from './entities.ts'
import { checkedMetadata, checkedName, isId } from './names.ts'
import { tellOwner } from './owners.ts'
import { aliasData } from './view.ts'

const fields = {
  id: field.string('An existing alias.', { maxLength: 64 }),
  name: field.string('The name on the mount.'),
  canonical_id: field.string('Its entity.', { maxLength: 64 }),
  entity_id: field.string('Older name of canonical_id.', { maxLength: 64 }),
  mount_accessor: field.string('The auth method.', { maxLength: 512 }),
  custom_metadata: field.map('Texts to keep with it.'),
  metadata: field.map('Kept for clients.'),
}
type Sent = FieldValues<typeof fields>
type Found = { readonly entity: Entity; readonly alias: Alias }

export async function aliasById(context: SystemContext, id: string): Promise<Found | undefined> {
  const reference = isId(id) ? await context.tx.get(references, aliasIdKey(id)) : undefined
  const entity = reference === undefined ? undefined : await entityById(context, reference.id)
  const alias = entity?.aliases.find((other) => other.id === id)
  return entity === undefined || alias === undefined ? undefined : { entity, alias }
}

async function write(context: SystemContext, sent: Sent): Promise<Reply> {
  const id = context.params.id ?? sent.id
  if (id !== undefined && id !== '') {
    const found = await aliasById(context, id)
    if (found === undefined) fail('invalid_request', 'invalid alias ID')
    return change(context, found, sent)
  }
  const accessor = sent.mount_accessor ?? ''
  if (accessor === '') fail('invalid_request', 'missing mount_accessor')
  const { byAccessor } = await readMounts(context.tx)
  if (byAccessor(accessor) === undefined)
    fail('invalid_request', `invalid mount accessor ${JSON.stringify(accessor)}`)
  const name = checkedName(sent.name ?? '', 'alias')
  const known = await context.tx.get(references, aliasNameKey(accessor, name))
  if (known !== undefined) {
    const entity = await entityById(context, known.id)
    const alias = entity?.aliases.find((other) => other.mountAccessor === accessor && other.name === name)
    if (entity !== undefined && alias !== undefined) return change(context, { entity, alias }, sent)
  }
  return create(context, accessor, name, sent)
}

async function create(context: SystemContext, accessor: string, name: string, sent: Sent): Promise<Reply> {
  const { tx, clock, random } = context
  const now = clock.now()
  const wanted = sent.canonical_id ?? sent.entity_id ?? ''
  const known = wanted === '' ? undefined : await entityById(context, wanted)
  if (wanted !== '' && known === undefined) fail('invalid_request', 'invalid canonical ID')
  if (known?.aliases.some(({ mountAccessor }) => mountAccessor === accessor)) {
    fail('invalid_request', 'Alias already exists for requested entity and mount accessor')
  }
  const alias: Alias = {
    id: random.uuid(),
    name,
    mountAccessor: accessor,
    metadata: null,
    customMetadata: checkedMetadata(sent.custom_metadata) ?? null,
    created: now,
    updated: now,
  }
  const entity = known ?? newEntity(random.uuid(), now)
  tx.put(entities, entityKey(entity.id), { ...entity, aliases: [...entity.aliases, alias], updated: now })
  if (known === undefined) tx.put(references, entityNameKey(entity.name), { id: entity.id })
  tx.put(references, aliasIdKey(alias.id), { id: entity.id })
  tx.put(references, aliasNameKey(accessor, name), { id: entity.id })
  await tellOwner(context, { entity, alias }, 'alias_created', { entity: entity.id })
  return { data: { canonical_id: entity.id, id: alias.id } }
}

function newEntity(id: string, now: number): Entity {
  return {
    id,
    name: `entity_${id.slice(0, 8)}${id.slice(9, 13)}`,
    policies: [],
    metadata: null,
    disabled: false,
    aliases: [],
    merged: [],
    created: now,
    updated: now,
  }
}

async function change(context: SystemContext, { entity, alias }: Found, sent: Sent): Promise<Reply> {
  const { tx, clock } = context
  const owner = sent.canonical_id ?? sent.entity_id ?? entity.id
  if (owner !== '' && owner !== entity.id) {
    fail('invalid_request', 'an alias moves to another entity only by a merge of the entities')
  }
  const name = sent.name === undefined || sent.name === '' ? alias.name : checkedName(sent.name, 'alias')
  if (name !== alias.name) {
    if ((await tx.get(references, aliasNameKey(alias.mountAccessor, name))) !== undefined) {
      fail('invalid_request', 'an alias of this name exists on the mount')
    }
    tx.delete(aliasNameKey(alias.mountAccessor, alias.name))
    tx.put(references, aliasNameKey(alias.mountAccessor, name), { id: entity.id })
    const details = { after: name, before: alias.name, entity: entity.id }
    await tellOwner(context, { entity, alias }, 'alias_renamed', details)
    const ofSpaces = (await readMounts(tx)).byAccessor(alias.mountAccessor)?.spaces !== undefined
    if (ofSpaces) await tellOwner(context, { entity, alias: { ...alias, name } }, 'alias_renamed', details)
  }
  const now = clock.now()
  const { person, ...unproven } = alias
  const changed: Alias = {
    // What a login has proven, it has of the name that it came by.
    ...(name === alias.name ? alias : unproven),
    name,
    customMetadata: checkedMetadata(sent.custom_metadata) ?? alias.customMetadata,
    updated: now,
  }
  const aliases = entity.aliases.map((other) => (other.id === alias.id ? changed : other))
  tx.put(entities, entityKey(entity.id), withoutStrangers(tx, { ...entity, aliases, updated: now }))
  return {}
}

async function remove(context: SystemContext, { entity, alias }: Found): Promise<void> {
  const { tx, clock } = context
  tx.delete(aliasIdKey(alias.id))
  tx.delete(aliasNameKey(alias.mountAccessor, alias.name))
  await forgetAlias(tx, entity.id, alias.id)
  const aliases = entity.aliases.filter(({ id }) => id !== alias.id)
  const left = withoutStrangers(tx, { ...entity, aliases, updated: clock.now() })
  tx.put(entities, entityKey(entity.id), left)
  await tellOwner(context, { entity, alias }, 'alias_removed', { entity: entity.id })
}

async function list(context: SystemContext, options: object): Promise<Reply> {
  const mounts = await readMounts(context.tx)
  const { names } = await context.tx.list(aliasIdPrefix, options)
  if (names.length === 0) fail('not_found')
  const info: JsonObject = {}
  for (const id of names) {
    const found = await aliasById(context, id)
    if (found !== undefined) info[id] = aliasData(found.alias, found.entity.id, mounts)
  }
  return { data: { keys: [...names], key_info: info } }
}

const param = (context: SystemContext) => context.params.id ?? ''

/** `entity-alias`, and two older names of it. */
export const aliasRoutes = ['entity-alias', 'alias', 'persona'].flatMap((path) => [
  systemRoute({ path, summary: 'Make or change an alias.', fields, operations: { update: write } }),
  systemRoute({ path: `${path}/id`, summary: 'List the aliases.', operations: {}, list }),
  systemRoute({
    path: `${path}/id/{id}`,
    summary: 'Read, change and delete an alias.',
    fields,
    operations: {
      read: async (context) => {
        const found = await aliasById(context, param(context))
        if (found === undefined) fail('not_found')
        return { data: aliasData(found.alias, found.entity.id, await readMounts(context.tx)) }
      },
      update: write,
      delete: async (context) => {
        const found = await aliasById(context, param(context))
        if (found !== undefined) await remove(context, found)
        return {}
      },
    },
  }),
])
