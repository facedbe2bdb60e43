import type { SystemContext } from '../../backend/context.ts'
import { type FieldValues, field } from '../../backend/fields.ts'
import type { Reply } from '../../backend/message.ts'
import { systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import {
  entities,
  entityKey,
  foldName,
  type Group,
  groupAliasIdKey,
  groupAliasNameKey,
  groupKey,
  groupNameKey,
  groupPrefix,
  groups,
  type Membership,
  memberKey,
  memberMarks,
  membershipKey,
  memberships,
  references,
} from '../../identity/record.ts'
import { foldNames } from '../../policy/names.ts'
import { checkedMetadata, checkedName, isId } from './names.ts'
import { groupData, membersOf } from './view.ts'

const fields = {
  id: field.string('An existing group.', { maxLength: 64 }),
  name: field.string('Its name.'),
  type: field.string('internal or external.', { maxLength: 64 }),
  policies: field.list('Policies of its members.'),
  metadata: field.map('Texts to keep with it; replaces the ones before.'),
  member_entity_ids: field.list('Its members; replaces the ones before.', { maxItems: 1000 }),
  member_group_ids: field.list('Groups whose members are members; replaces the ones before.', {
    maxItems: 200,
  }),
}
type Sent = FieldValues<typeof fields>

export async function groupById({ tx }: SystemContext, id: string): Promise<Group | undefined> {
  return isId(id) ? tx.get(groups, groupKey(id)) : undefined
}

export async function groupByName(context: SystemContext, name: string): Promise<Group | undefined> {
  const reference = await context.tx.get(references, groupNameKey(name))
  return reference === undefined ? undefined : groupById(context, reference.id)
}

async function write(context: SystemContext, sent: Sent): Promise<Reply> {
  const id = context.params.id ?? sent.id
  if (id !== undefined && id !== '') {
    const group = await groupById(context, id)
    if (group === undefined) fail('invalid_request', 'group not found from id')
    return save(context, group, group, sent)
  }
  const name = context.params.name ?? sent.name
  const known = name === undefined ? undefined : await groupByName(context, name)
  return known === undefined
    ? create(context, { ...sent, ...(name === undefined ? {} : { name }) })
    : save(context, known, known, sent)
}

async function create(context: SystemContext, sent: Sent): Promise<Reply> {
  const type = sent.type ?? 'internal'
  if (type !== 'internal' && type !== 'external') {
    fail('invalid_request', `invalid group type ${JSON.stringify(type)}`)
  }
  const now = context.clock.now()
  const id = context.random.uuid()
  const blank: Group = {
    id,
    name: checkedName(sent.name ?? `group_${id.slice(0, 8)}`, 'group'),
    type,
    policies: [],
    metadata: null,
    memberGroups: [],
    parents: [],
    modifyIndex: 0,
    alias: null,
    created: now,
    updated: now,
  }
  // Read so that the commit fails when somebody takes the name meanwhile.
  await context.tx.get(references, groupNameKey(blank.name))
  context.tx.put(references, groupNameKey(blank.name), { id })
  await save(context, undefined, blank, { ...sent, name: blank.name })
  return { data: { id, name: blank.name } }
}

/** Writes a group with what was sent; members know their groups and groups their parents, both ways. */
async function save(
  context: SystemContext,
  before: Group | undefined,
  group: Group,
  sent: Sent,
): Promise<Reply> {
  const { tx, clock } = context
  if (sent.type !== undefined && sent.type !== group.type)
    fail('invalid_request', 'group type cannot be changed')
  if (group.type === 'external' && (sent.member_entity_ids?.length ?? 0) > 0) {
    fail('invalid_request', "member entities can't be set manually for external groups")
  }
  const name = sent.name === undefined || sent.name === '' ? group.name : checkedName(sent.name, 'group')
  if (name !== group.name) {
    if ((await groupByName(context, name)) !== undefined)
      fail('invalid_request', 'group name is already in use')
    tx.delete(groupNameKey(group.name))
    tx.put(references, groupNameKey(name), { id: group.id })
  }
  if (group.type === 'internal' && sent.member_entity_ids !== undefined) {
    await setMembers(
      context,
      group,
      before === undefined ? [] : await membersOf(context, group.id),
      sent.member_entity_ids,
    )
  }
  const memberGroups =
    sent.member_group_ids === undefined
      ? group.memberGroups
      : await setMemberGroups(context, group, [...new Set(sent.member_group_ids)].sort())
  tx.put(groups, groupKey(group.id), {
    ...group,
    name,
    memberGroups,
    policies: sent.policies === undefined ? group.policies : foldNames(sent.policies),
    metadata: checkedMetadata(sent.metadata) ?? group.metadata,
    modifyIndex: group.modifyIndex + 1,
    updated: clock.now(),
  })
  return {}
}

const none: Membership = { internal: [], external: {} }

async function setMembers(
  context: SystemContext,
  group: Group,
  before: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  const { tx } = context
  const now = new Set(wanted)
  const touched = [...new Set([...before, ...now])].filter((id) => before.includes(id) !== now.has(id))
  await tx.fetch(
    touched.filter(isId).flatMap((id) => [
      { kind: entities, key: entityKey(id) },
      { kind: memberships, key: membershipKey(id) },
    ]),
  )
  for (const id of touched) {
    if (now.has(id) && (!isId(id) || (await tx.get(entities, entityKey(id))) === undefined)) {
      fail('invalid_request', `invalid entity ID ${JSON.stringify(id)}`)
    }
    const membership = (await tx.get(memberships, membershipKey(id))) ?? none
    const others = membership.internal.filter((other) => other !== group.id)
    const internal = now.has(id) ? [...others, group.id].sort() : others
    tx.put(memberships, membershipKey(id), { ...membership, internal })
    if (now.has(id)) tx.put(memberMarks, memberKey(group.id, id), {})
    else tx.delete(memberKey(group.id, id))
  }
}

async function setMemberGroups(
  context: SystemContext,
  group: Group,
  wanted: readonly string[],
): Promise<string[]> {
  const { tx, clock } = context
  for (const id of wanted) {
    const member = await groupById(context, id)
    if (member === undefined) fail('invalid_request', `invalid member group ID ${JSON.stringify(id)}`)
    if (id === group.id || (await reaches(context, member, group.id))) {
      fail('invalid_request', `cyclic relationship detected for member group ID ${JSON.stringify(id)}`)
    }
    if (!member.parents.includes(group.id)) {
      tx.put(groups, groupKey(id), {
        ...member,
        parents: [...member.parents, group.id].sort(),
        updated: clock.now(),
      })
    }
  }
  for (const id of group.memberGroups) {
    const member = wanted.includes(id) ? undefined : await groupById(context, id)
    if (member === undefined) continue
    tx.put(groups, groupKey(id), {
      ...member,
      parents: member.parents.filter((parent) => parent !== group.id),
    })
  }
  return [...wanted]
}

/** Whether `target` is below `group`, at any depth. */
async function reaches(context: SystemContext, group: Group, target: string): Promise<boolean> {
  const seen = new Set<string>()
  const open = [...group.memberGroups]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === target) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...((await groupById(context, id))?.memberGroups ?? []))
  }
  return false
}

/** Members that a group may have when it is deleted: all of it is one commit. */
async function remove(context: SystemContext, group: Group | undefined): Promise<Reply> {
  if (group === undefined) return {}
  const { tx } = context
  for (const id of await membersOf(context, group.id)) {
    const membership = (await tx.get(memberships, membershipKey(id))) ?? none
    const without = (ids: readonly string[]) => ids.filter((other) => other !== group.id)
    tx.put(memberships, membershipKey(id), {
      internal: without(membership.internal),
      external: Object.fromEntries(
        Object.entries(membership.external).map(([alias, ids]) => [alias, without(ids)]),
      ),
    })
    tx.delete(memberKey(group.id, id))
  }
  await setMemberGroups(context, group, [])
  for (const id of group.parents) {
    const parent = await groupById(context, id)
    if (parent === undefined) continue
    tx.put(groups, groupKey(id), {
      ...parent,
      memberGroups: parent.memberGroups.filter((other) => other !== group.id),
    })
  }
  if (group.alias !== null) {
    tx.delete(groupAliasIdKey(group.alias.id))
    tx.delete(groupAliasNameKey(group.alias.mountAccessor, group.alias.name))
  }
  tx.delete(groupNameKey(group.name))
  tx.delete(groupKey(group.id))
  return {}
}

async function listed(context: SystemContext, options: object): Promise<Group[]> {
  const { names } = await context.tx.list(groupPrefix, options)
  if (names.length === 0) fail('not_found')
  await context.tx.fetch(names.map((id) => ({ kind: groups, key: groupKey(id) })))
  const found = await Promise.all(names.map((id) => context.tx.get(groups, groupKey(id))))
  return found.filter((group) => group !== undefined)
}

async function listById(context: SystemContext, options: object): Promise<Reply> {
  const info: JsonObject = {}
  for (const group of await listed(context, options)) {
    info[group.id] = {
      name: group.name,
      num_member_entities: (await membersOf(context, group.id)).length,
      num_parent_groups: group.parents.length,
    }
  }
  return { data: { keys: Object.keys(info), key_info: info } }
}

const show = async (context: SystemContext, group: Group | undefined): Promise<Reply> =>
  group === undefined ? fail('not_found') : { data: await groupData(context, group) }
const param = (context: SystemContext, name: string) => context.params[name] ?? ''

export const groupRoutes = [
  systemRoute({ path: 'group', summary: 'Make or change a group.', fields, operations: { update: write } }),
  systemRoute({ path: 'group/id', summary: 'List the groups by id.', operations: {}, list: listById }),
  systemRoute({
    path: 'group/name',
    summary: 'List the groups by name.',
    operations: {},
    list: async (context, options) => ({
      data: { keys: (await listed(context, options)).map(({ name }) => name).sort() },
    }),
  }),
  systemRoute({
    path: 'group/id/{id}',
    summary: 'Read, change and delete a group.',
    fields,
    operations: {
      read: async (context) => show(context, await groupById(context, param(context, 'id'))),
      update: write,
      delete: async (context) => remove(context, await groupById(context, param(context, 'id'))),
    },
  }),
  systemRoute({
    path: 'group/name/{name+}',
    folded: { parameter: 'name', fold: foldName },
    summary: 'Make, read, change and delete a group by its name.',
    fields,
    operations: {
      read: async (context) => show(context, await groupByName(context, param(context, 'name'))),
      update: (context, sent) => write(context, { ...sent, name: param(context, 'name') }),
      delete: async (context) => remove(context, await groupByName(context, param(context, 'name'))),
    },
  }),
]
