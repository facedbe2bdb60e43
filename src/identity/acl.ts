import { type Acl, compileAcl, rootAcl } from '../policy/acl.ts'
import type { NamedPolicy } from '../policy/explain.ts'
import { policyKey, storedPolicies } from '../policy/stored.ts'
import type { TokenRecord } from '../token/record.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { type Identity, identityOfToken } from './resolve.ts'
import { templateValues } from './templates.ts'

/** What decides the rules of a token: its own policies and its entity. */
export type Bearer = Pick<TokenRecord, 'policies' | 'entityId' | 'locker'>

/** Compiled rules by the versions of all rows they were made from, so that a kept one can never be stale. */
export type AclCache = { get(stand: string): Acl | undefined; set(stand: string, acl: Acl): void }

export function createAclCache(capacity: number): AclCache {
  const byStand = new Map<string, Acl>()
  return {
    get: (stand) => byStand.get(stand),
    set(stand, acl) {
      byStand.set(stand, acl)
      if (byStand.size <= capacity) return
      const oldest = byStand.keys().next().value
      if (oldest !== undefined) byStand.delete(oldest)
    },
  }
}

/** The rules of a token as of the transaction's instant. */
export async function aclOf(tx: Transaction, bearer: Bearer): Promise<Acl> {
  return compileFor(tx, bearer.policies, await identityOfToken(tx, bearer))
}

export async function compileFor(
  tx: Transaction,
  policies: readonly string[],
  identity: Identity | undefined,
  cache?: AclCache,
): Promise<Acl> {
  if (policies.includes('root')) return rootAcl
  const names = [...new Set([...policies, ...(identity?.policies ?? [])])]
  const keys = names.map(policyKey)
  await fetchPolicies(tx, names)
  const stand = JSON.stringify([names, keys.map((key) => tx.versionOf(key)), identity?.stand])
  const kept = cache?.get(stand)
  if (kept !== undefined) return kept
  const acl = compileAcl(
    await policiesOf(tx, names),
    identity === undefined ? undefined : templateValues(identity),
  )
  cache?.set(stand, acl)
  return acl
}

/** The policies of these names that are there. */
export async function policiesOf(tx: Transaction, names: readonly string[]): Promise<NamedPolicy[]> {
  await fetchPolicies(tx, names)
  const found: NamedPolicy[] = []
  for (const name of names) {
    const stored = await tx.get(storedPolicies, policyKey(name))
    if (stored !== undefined) found.push({ name, policy: stored.policy })
  }
  return found
}

const fetchPolicies = (tx: Transaction, names: readonly string[]) =>
  tx.fetch(names.map((name) => ({ kind: storedPolicies, key: policyKey(name) })))
