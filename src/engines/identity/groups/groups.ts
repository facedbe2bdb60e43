import { shape } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import {
  blankGroup,
  type Group,
  groupAliasIdKey,
  groupAliasNameKey,
  groupKey,
  groupNameKey,
  groupPrefix,
  groups,
} from '../../../identity/record.ts'
import { namedFields } from '../shape/fields.ts'
import { forgetReferences } from '../shape/held.ts'
import { byIdIn, byNameIn, type NamedSet, routed } from '../shape/named.ts'
import { idRoutes, nameRoutes } from '../shape/routes.ts'
import { groupData, groupShape, membersOf } from '../view.ts'
import { dissolve, setMemberGroups, setMembers } from './members.ts'

const fields = {
  ...namedFields,
  type: field.string('internal or external.', { maxLength: 64 }),
  member_entity_ids: field.list('Its members; replaces the ones before.', { maxItems: 1000 }),
  member_group_ids: field.list('Groups whose members are members; replaces the ones before.', {
    maxItems: 200,
  }),
}
type Sent = FieldValues<typeof fields>

const set: NamedSet<Group, Sent> = {
  what: 'group',
  unknown: 'invalid group ID',
  rows: groups,
  prefix: groupPrefix,
  key: groupKey,
  nameKey: groupNameKey,
  blank: (id, now, { type }) => blankGroup(id, now, typeOf(type)),
  made: {},
  complete,
  info: async (context, { id, name, parents }) => ({
    name,
    num_member_entities: (await membersOf(context, id)).length,
    num_parent_groups: parents.length,
  }),
}

export const groupById = byIdIn(set)
export const groupByName = byNameIn(set)

function typeOf(type = 'internal'): Group['type'] {
  if (type === 'internal' || type === 'external') return type
  fail('invalid_request', `invalid group type ${JSON.stringify(type)}`)
}

/** Members of an external group follow from logins; those of an internal one are said here. */
async function complete(context: SystemContext, group: Group, sent: Sent): Promise<Group> {
  if (sent.type !== undefined && sent.type !== group.type)
    fail('invalid_request', 'group type cannot be changed')
  const { member_entity_ids: members, member_group_ids: memberGroups } = sent
  if (group.type === 'external') {
    if ((members?.length ?? 0) > 0)
      fail('invalid_request', "member entities can't be set manually for external groups")
    if ((memberGroups?.length ?? 0) > 0)
      fail('invalid_request', "member groups can't be set for external groups")
  } else if (members !== undefined) await setMembers(context, group.id, members)
  return {
    ...group,
    modifyIndex: group.modifyIndex + 1,
    memberGroups:
      memberGroups === undefined
        ? group.memberGroups
        : await setMemberGroups(context, group, [...new Set(memberGroups)].sort()),
  }
}

async function remove(context: SystemContext, group: Group): Promise<void> {
  await dissolve(context, group)
  if (group.alias !== null) {
    forgetReferences(context, { idKey: groupAliasIdKey, nameKey: groupAliasNameKey }, group.alias)
  }
  context.tx.delete(groupNameKey(group.name))
  context.tx.delete(groupKey(group.id))
}

const things = {
  shapes: {
    shown: groupShape,
    written: shape.object({ id: shape.string(), name: shape.string() }),
    listed: {
      name: shape.string(),
      num_member_entities: shape.integer(),
      num_parent_groups: shape.integer(),
    },
  },
  path: 'group',
  one: 'a group',
  many: 'groups',
  fields,
  ...routed(set),
  show: groupData,
  remove,
}

export const groupRoutes = [...idRoutes(things), ...nameRoutes(things)]
