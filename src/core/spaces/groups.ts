import type { Mount } from '../../backend/mounts/mount.ts'
import type { GroupGrant } from '../../backend/spaces/logins.ts'
import type { Random } from '../../base/random.ts'
import {
  type Alias,
  type Group,
  groupAliasIdKey,
  groupAliasNameKey,
  groupKey,
  groupNameKey,
  groups,
  references,
} from '../../identity/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/**
 * An external group that logins through the auth method assert, with the policy of its folder.
 *
 * @returns what it was given
 */
export async function ensureGroup(
  tx: Transaction,
  random: Random,
  auth: Mount,
  name: string,
  policy: string,
  now: number,
): Promise<GroupGrant> {
  const reference = await tx.get(references, groupAliasNameKey(auth.accessor, name))
  const known = reference === undefined ? undefined : await tx.get(groups, groupKey(reference.id))
  if (known !== undefined) {
    const grant = { group: known.id, policy }
    if (known.policies.includes(policy)) return grant
    tx.put(groups, groupKey(known.id), {
      ...known,
      policies: [...known.policies, policy].sort(),
      updated: now,
    })
    return grant
  }
  const alias: Alias = {
    id: random.uuid(),
    name,
    mountAccessor: auth.accessor,
    metadata: null,
    customMetadata: null,
    created: now,
    updated: now,
  }
  const taken = await tx.get(references, groupNameKey(name))
  const group: Group = {
    id: random.uuid(),
    name: taken === undefined ? name : `${name} (${auth.accessor})`,
    type: 'external',
    policies: [policy],
    metadata: null,
    memberGroups: [],
    parents: [],
    modifyIndex: 1,
    alias,
    created: now,
    updated: now,
  }
  tx.put(groups, groupKey(group.id), group)
  tx.put(references, groupNameKey(group.name), { id: group.id })
  tx.put(references, groupAliasIdKey(alias.id), { id: group.id })
  tx.put(references, groupAliasNameKey(auth.accessor, name), { id: group.id })
  return { group: group.id, policy }
}

/** Takes policies back from groups. */
export async function withdraw(tx: Transaction, grants: readonly GroupGrant[], now: number): Promise<void> {
  for (const { group, policy } of grants) {
    const known = await tx.get(groups, groupKey(group))
    if (known?.policies.includes(policy) !== true) continue
    const policies = known.policies.filter((name) => name !== policy)
    tx.put(groups, groupKey(group), { ...known, policies, updated: now })
  }
}

export const grantName = ({ group, policy }: GroupGrant) => `${group}/${policy}`
