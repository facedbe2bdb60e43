import { fail } from '../base/errors.ts'
import type { TokenRecord } from '../token/record.ts'
import type { Transaction } from '../transaction/transaction.ts'
import {
  type Entity,
  entities,
  entityKey,
  type Group,
  groupKey,
  groups,
  type Membership,
  membershipKey,
  memberships,
  mergedKey,
  references,
} from './record.ts'

/** An entity with all the groups it is in, directly or through other groups. */
export type Identity = {
  readonly entity: Entity
  readonly groups: readonly Group[]
  readonly direct: ReadonlySet<string>
  /** Of the entity and its groups: unique, sorted. */
  readonly policies: readonly string[]
  /** Names the versions of all rows that this was made from. */
  readonly stand: string
}

/** The groups above this many are not followed: the check of a request must stay bounded. */
const maxGroups = 1000

/**
 * An entity that was merged is the one that it was merged into, so that its tokens go on.
 *
 * @returns undefined when there is no such entity
 * @throws forbidden when there are too many groups to follow
 */
export async function resolveIdentity(tx: Transaction, entityId: string): Promise<Identity | undefined> {
  const found = await identityOf(tx, entityId)
  if (found !== undefined) return found
  const merged = await tx.get(references, mergedKey(entityId))
  return merged === undefined ? undefined : identityOf(tx, merged.id)
}

async function identityOf(tx: Transaction, entityId: string): Promise<Identity | undefined> {
  await tx.fetch([
    { kind: entities, key: entityKey(entityId) },
    { kind: memberships, key: membershipKey(entityId) },
  ])
  const entity = await tx.get(entities, entityKey(entityId))
  if (entity === undefined) return undefined
  const direct = directGroups(await tx.get(memberships, membershipKey(entityId)))
  const found = await withParents(tx, direct)
  const policies = new Set([...entity.policies, ...found.flatMap((group) => group.policies)])
  const rows = [entityKey(entityId), membershipKey(entityId), ...found.map(({ id }) => groupKey(id))]
  const stand = `${entityId}:${rows.map((key) => tx.versionOf(key)).join(',')}`
  return { entity, groups: found, direct, policies: [...policies].sort(), stand }
}

/**
 * What a token has from its entity. That of a locker says whose it is and can end it, and gives it nothing.
 *
 * @throws forbidden as {@link resolveIdentity}
 */
export async function identityOfToken(
  tx: Transaction,
  { entityId, locker }: Pick<TokenRecord, 'entityId' | 'locker'>,
): Promise<Identity | undefined> {
  return entityId === '' || locker === true ? undefined : resolveIdentity(tx, entityId)
}

export function directGroups(membership: Membership | undefined): Set<string> {
  if (membership === undefined) return new Set()
  return new Set([...membership.internal, ...Object.values(membership.external).flat()])
}

/** Level by level upwards, one round trip a level; a group that was reached before is not followed again. */
async function withParents(tx: Transaction, start: ReadonlySet<string>): Promise<Group[]> {
  const found = new Map<string, Group>()
  let level = [...start]
  while (level.length > 0 && found.size < maxGroups) {
    await tx.fetch(level.map((id) => ({ kind: groups, key: groupKey(id) })))
    const next: string[] = []
    for (const id of level) {
      const group = await tx.get(groups, groupKey(id))
      if (group === undefined || found.has(id)) continue
      found.set(id, group)
      next.push(...group.parents)
    }
    level = [...new Set(next)].filter((id) => !found.has(id))
  }
  // Left out, a group might be the one whose policy denies.
  if (level.length > 0) {
    fail(
      'forbidden',
      `you are in more than ${maxGroups} groups, directly or through others: too many to check`,
    )
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
