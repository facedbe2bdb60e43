import type { Transaction } from '../transaction/transaction.ts'
import {
  groupKey,
  groups,
  memberKey,
  memberMarks,
  membershipKey,
  memberships,
  noMembership,
} from './record.ts'
import { directGroups } from './resolve.ts'

/** Ends what an alias that goes has said about the groups of its entity: nobody would say it again. */
export async function forgetAlias(tx: Transaction, entityId: string, aliasId: string): Promise<void> {
  const membership = await tx.get(memberships, membershipKey(entityId))
  const said = membership?.external[aliasId]
  if (membership === undefined || said === undefined) return
  const { [aliasId]: _, ...external } = membership.external
  const left = { ...membership, external }
  tx.put(memberships, membershipKey(entityId), left)
  for (const id of said) if (!directGroups(left).has(id)) tx.delete(memberKey(id, entityId))
}

/** Takes what an alias has said about groups from one entity to another. */
export async function moveAlias(tx: Transaction, aliasId: string, from: string, to: string): Promise<void> {
  const said = (await tx.get(memberships, membershipKey(from)))?.external[aliasId]
  if (said === undefined) return
  await forgetAlias(tx, from, aliasId)
  const theirs = (await tx.get(memberships, membershipKey(to))) ?? noMembership
  const external = { ...theirs.external, [aliasId]: said }
  tx.put(memberships, membershipKey(to), { ...theirs, external })
  await markMember(tx, to)
}

/** Makes an entity known to all groups that it is directly in, as their members are listed. */
export async function markMember(tx: Transaction, entityId: string): Promise<void> {
  for (const id of directGroups(await tx.get(memberships, membershipKey(entityId)))) {
    if ((await tx.get(groups, groupKey(id))) !== undefined) tx.put(memberMarks, memberKey(id, entityId), {})
  }
}
