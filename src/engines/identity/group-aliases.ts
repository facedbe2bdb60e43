import type { SystemContext } from '../../backend/context.ts'
import { type FieldValues, field } from '../../backend/fields.ts'
import type { Reply } from '../../backend/message.ts'
import { readMounts } from '../../backend/mount-table.ts'
import { systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import {
  type Alias,
  type Group,
  groupAliasIdKey,
  groupAliasIdPrefix,
  groupAliasNameKey,
  groupKey,
  groups,
  references,
} from '../../identity/record.ts'
import { groupById } from './groups.ts'
import { checkedName, isId } from './names.ts'
import { aliasData } from './view.ts'

const fields = {
  id: field.string('An existing alias.', { maxLength: 64 }),
  name: field.string('The name that logins on the mount assert.'),
  canonical_id: field.string('The external group.', { maxLength: 64 }),
  mount_accessor: field.string('The auth method.', { maxLength: 512 }),
}
type Sent = FieldValues<typeof fields>

export async function groupByAliasId(context: SystemContext, id: string): Promise<Group | undefined> {
  const reference = isId(id) ? await context.tx.get(references, groupAliasIdKey(id)) : undefined
  return reference === undefined ? undefined : groupById(context, reference.id)
}

async function write(context: SystemContext, sent: Sent): Promise<Reply> {
  const { tx, clock, random } = context
  const id = context.params.id ?? sent.id ?? ''
  const before = id === '' ? undefined : await groupByAliasId(context, id)
  if (id !== '' && before === undefined) fail('invalid_request', 'invalid group alias ID')
  const group = before ?? (await groupById(context, sent.canonical_id ?? ''))
  if (group === undefined) fail('invalid_request', 'invalid canonical ID')
  if (group.type !== 'external') fail('invalid_request', "alias can't be set on an internal group")
  const accessor = sent.mount_accessor ?? group.alias?.mountAccessor ?? ''
  const { byAccessor } = await readMounts(tx)
  if (byAccessor(accessor) === undefined)
    fail('invalid_request', `invalid mount accessor ${JSON.stringify(accessor)}`)
  const name = checkedName(sent.name ?? group.alias?.name ?? '', 'alias')
  const taken = await tx.get(references, groupAliasNameKey(accessor, name))
  if (taken !== undefined && taken.id !== group.id) {
    fail('invalid_request', 'combination of mount and group alias name is already in use')
  }
  const now = clock.now()
  if (group.alias !== null) tx.delete(groupAliasNameKey(group.alias.mountAccessor, group.alias.name))
  const alias: Alias = {
    id: group.alias?.id ?? random.uuid(),
    name,
    mountAccessor: accessor,
    metadata: null,
    customMetadata: null,
    created: group.alias?.created ?? now,
    updated: now,
  }
  tx.put(groups, groupKey(group.id), { ...group, alias, updated: now })
  tx.put(references, groupAliasIdKey(alias.id), { id: group.id })
  tx.put(references, groupAliasNameKey(accessor, name), { id: group.id })
  return { data: { canonical_id: group.id, id: alias.id } }
}

async function remove(context: SystemContext): Promise<Reply> {
  const group = await groupByAliasId(context, context.params.id ?? '')
  if (group === undefined || group.alias === null) return {}
  context.tx.delete(groupAliasIdKey(group.alias.id))
  context.tx.delete(groupAliasNameKey(group.alias.mountAccessor, group.alias.name))
  context.tx.put(groups, groupKey(group.id), { ...group, alias: null, updated: context.clock.now() })
  return {}
}

async function list(context: SystemContext, options: object): Promise<Reply> {
  const mounts = await readMounts(context.tx)
  const { names } = await context.tx.list(groupAliasIdPrefix, options)
  if (names.length === 0) fail('not_found')
  const info: JsonObject = {}
  for (const id of names) {
    const group = await groupByAliasId(context, id)
    if (group !== undefined && group.alias !== null) info[id] = aliasData(group.alias, group.id, mounts)
  }
  return { data: { keys: [...names], key_info: info } }
}

export const groupAliasRoutes = [
  systemRoute({
    path: 'group-alias',
    summary: 'Name an external group.',
    fields,
    operations: { update: write },
  }),
  systemRoute({ path: 'group-alias/id', summary: 'List the group aliases.', operations: {}, list }),
  systemRoute({
    path: 'group-alias/id/{id}',
    summary: 'Read, change and delete a group alias.',
    fields,
    operations: {
      read: async (context) => {
        const group = await groupByAliasId(context, context.params.id ?? '')
        if (group === undefined || group.alias === null) fail('not_found')
        return { data: aliasData(group.alias, group.id, await readMounts(context.tx)) }
      },
      update: write,
      delete: remove,
    },
  }),
]
