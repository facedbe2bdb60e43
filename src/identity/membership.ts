import type { Transaction } from '../transaction/transaction.ts'
import { groupKey, groups, memberKey, memberMarks, membershipKey, memberships } from './record.ts'
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

/** Makes an entity known to all groups that it is directly in, as their members are listed. */
export async function markMember(tx: Transaction, entityId: string): Promise<void> {
  for (const id of directGroups(await tx.get(memberships, membershipKey(entityId)))) {
    if ((await tx.get(groups, groupKey(id))) !== undefined) tx.put(memberMarks, memberKey(id, entityId), {})
  }
}
