import type { SystemContext } from '../../../backend/context.ts'
import { fail } from '../../../base/errors.ts'
import {
  entities,
  entityKey,
  type Group,
  groupKey,
  groups,
  memberKey,
  memberMarks,
  membershipKey,
  memberships,
  noMembership,
} from '../../../identity/record.ts'
import { isId } from '../shape/fields.ts'
import { byIdIn } from '../shape/named.ts'
import { membersOf } from '../view.ts'

/** What of a request these need. */
type Context = Pick<SystemContext, 'tx' | 'clock'>

const groupById = byIdIn({ rows: groups, key: groupKey })

/** Makes these entities the members of an internal group, and nobody else. Members know their groups. */
export async function setMembers(
  context: Context,
  groupId: string,
  wanted: readonly string[],
): Promise<void> {
  const { tx } = context
  const now = new Set(wanted)
  const before = new Set(await membersOf(context, groupId))
  const touched = [...new Set([...before, ...now])].filter((id) => before.has(id) !== now.has(id))
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
    const membership = (await tx.get(memberships, membershipKey(id))) ?? noMembership
    const others = membership.internal.filter((other) => other !== groupId)
    const internal = now.has(id) ? [...others, groupId].sort() : others
    tx.put(memberships, membershipKey(id), { ...membership, internal })
    if (now.has(id)) tx.put(memberMarks, memberKey(groupId, id), {})
    else tx.delete(memberKey(groupId, id))
  }
}

/** Makes these the member groups of a group, and no other; they know their parents. */
export async function setMemberGroups(
  context: Context,
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
async function reaches(context: Context, group: Group, target: string): Promise<boolean> {
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

/** Members that hear of the end of their group: all of it is one commit. */
const mostTold = 1_000

/**
 * Lets no member, no member group and no parent of a group know it any more. In a larger group some members go on
 * naming it, which gives them nothing: a group that is not there has no policies, and its id is used once.
 * Their next login or their own end takes that away.
 */
export async function dissolve(context: Context, group: Group): Promise<void> {
  const { tx } = context
  const without = (ids: readonly string[]) => ids.filter((other) => other !== group.id)
  for (const id of (await membersOf(context, group.id)).slice(0, mostTold)) {
    const { internal, external } = (await tx.get(memberships, membershipKey(id))) ?? noMembership
    tx.put(memberships, membershipKey(id), {
      internal: without(internal),
      external: Object.fromEntries(Object.entries(external).map(([alias, ids]) => [alias, without(ids)])),
    })
    tx.delete(memberKey(group.id, id))
  }
  await setMemberGroups(context, group, [])
  for (const id of group.parents) {
    const parent = await groupById(context, id)
    if (parent === undefined) continue
    tx.put(groups, groupKey(id), { ...parent, memberGroups: without(parent.memberGroups) })
  }
}
