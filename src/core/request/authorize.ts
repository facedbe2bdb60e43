import { BlockList, isIP } from 'node:net'
import type { Caller } from '../../backend/context.ts'
import type { ApiRequest } from '../../backend/message.ts'
import { fail } from '../../base/errors.ts'
import { type Identity, resolveIdentity } from '../../identity/resolve.ts'
import { templateValues } from '../../identity/templates.ts'
import type { Acl } from '../../policy/acl.ts'
import { compileAcl, rootAcl } from '../../policy/acl.ts'
import { policyKey, storedPolicies } from '../../policy/stored.ts'
import type { TokenTools } from '../../token/create.ts'
import type { TokenHash } from '../../token/record.ts'
import { resolveToken } from '../../token/resolve.ts'
import { isRoot, type TokenView } from '../../token/view.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { MountTable } from '../mounts.ts'

/** Thrown when the caller's token counts its uses and this request has not taken one yet. */
export class NeedsUse extends Error {
  override readonly name = 'NeedsUse'
  readonly hash: TokenHash
  constructor(hash: TokenHash) {
    super('the token counts its uses')
    this.hash = hash
  }
}

export type Authorizer = {
  /**
   * Finds who makes a request: the token, its mount, entity and policies, all as of the transaction's
   * instant.
   *
   * @param taken the use that this request has taken already
   * @throws permission_denied when the token is unknown, ended, of a removed mount or entity, or used from
   * an address that it is not bound to; {@link NeedsUse}
   */
  authorize(
    tx: Transaction,
    tools: TokenTools,
    request: Pick<ApiRequest, 'token' | 'remote'>,
    mounts: MountTable,
    taken: { readonly left: number } | undefined,
  ): Promise<Caller>
}

export function createAuthorizer(): Authorizer {
  const acls = createAclCache()
  return {
    async authorize(tx, tools, { token: id, remote }, mounts, taken) {
      if (id === undefined) fail('permission_denied')
      const token = await resolveToken(tx, tools, id, taken)
      if (token === undefined) fail('permission_denied')
      if (token.record.numUses > 0 && taken === undefined) throw new NeedsUse(token.hash)
      if (token.record.mount !== '' && mounts.byUuid(token.record.mount) === undefined) fail('permission_denied')
      if (!fromBoundAddress(token.record.boundCidrs, remote.address)) fail('permission_denied')
      const identity = await identityOf(tx, token)
      const identityPolicies = identity?.policies ?? []
      const acl = await acls.get(tx, token, identity)
      return { id, token, acl, identityPolicies }
    },
  }
}

async function identityOf(tx: Transaction, token: TokenView): Promise<Identity | undefined> {
  const { entityId } = token.record
  if (entityId === '') return undefined
  const identity = await resolveIdentity(tx, entityId)
  // A token whose entity is gone or switched off ends with it.
  if (identity === undefined || identity.entity.disabled) fail('permission_denied')
  return identity
}

/** Whether an address lies in one of the networks; an empty list allows all. */
export function fromBoundAddress(networks: readonly string[], address: string): boolean {
  if (networks.length === 0) return true
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', bits] = network.split('/')
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(base) === 0) continue
    list.addSubnet(base, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

const maxAcls = 5_000

/** Compiled rules by the versions of all they were made from, so that a cached one can never be stale. */
function createAclCache() {
  const byVersions = new Map<string, Acl>()

  return {
    async get(
      tx: Transaction,
      token: TokenView,
      identity: Identity | undefined,
    ): Promise<Acl> {
      if (isRoot(token.record)) return rootAcl
      const names = [...new Set([...token.record.policies, ...(identity?.policies ?? [])])]
      const keys = names.map(policyKey)
      await tx.fetch(keys.map((key) => ({ kind: storedPolicies, key })))
      const stand = keys.map((key, i) => `${names[i]}@${tx.versionOf(key)}`)
      if (identity !== undefined) stand.push(identity.stand)
      const key = stand.join(' ')
      const cached = byVersions.get(key)
      if (cached !== undefined) return cached
      const found = await Promise.all(
        names.map(async (name, i) => ({ name, stored: await tx.get(storedPolicies, keys[i] as never) })),
      )
      const acl = compileAcl(
        found.flatMap(({ name, stored }) => (stored === undefined ? [] : [{ name, policy: stored.policy }])),
        identity === undefined ? undefined : templateValues(identity),
      )
      byVersions.set(key, acl)
      if (byVersions.size > maxAcls) {
        const oldest = byVersions.keys().next().value
        if (oldest !== undefined) byVersions.delete(oldest)
      }
      return acl
    },
  }
}
