import type { Caller } from '../../../backend/context.ts'
import { fromBoundAddress } from '../../../backend/logins/networks.ts'
import type { ApiRequest } from '../../../backend/message.ts'
import { hasItsMounts, type MountTable } from '../../../backend/mounts/mount-table.ts'
import { fail } from '../../../base/errors.ts'
import { compileFor, createAclCache } from '../../../identity/acl.ts'
import { type Identity, resolveIdentity } from '../../../identity/resolve.ts'
import type { TokenTools } from '../../../token/create.ts'
import type { TokenHash } from '../../../token/record.ts'
import { resolveHash, resolveToken } from '../../../token/resolve.ts'
import type { TokenView } from '../../../token/view.ts'
import type { Transaction } from '../../../transaction/transaction.ts'

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
   * @param hash the hash of the token, where it is known already; it may stand for a token that was not sent
   * @throws permission_denied when the token is unknown, ended, of a removed mount or entity, or used from
   * an address that it is not bound to; {@link NeedsUse}
   */
  authorize(
    tx: Transaction,
    tools: TokenTools,
    request: Pick<ApiRequest, 'token' | 'remote'>,
    mounts: MountTable,
    taken: { readonly left: number } | undefined,
    hash: TokenHash | undefined,
  ): Promise<Caller>
}

/** Sets of compiled rules that are kept; a set is shared by all tokens of the same policies and entity. */
const maxAcls = 5_000

/**
 * Keeps the compiled rules of 5,000 sets of policies for the requests to come; each is used only while its rows
 * stay the same.
 */
export function createAuthorizer(): Authorizer {
  const acls = createAclCache(maxAcls)
  return {
    async authorize(tx, tools, { token: id, remote }, mounts, taken, hash) {
      const token =
        id !== undefined
          ? await resolveToken(tx, tools, id, taken, hash)
          : hash === undefined
            ? undefined
            : await resolveHash(tx, tools, hash, taken)
      if (token === undefined) fail('permission_denied')
      if (token.record.numUses > 0 && taken === undefined) throw new NeedsUse(token.hash)
      if (!hasItsMounts(token, mounts)) fail('permission_denied')
      if (!fromBoundAddress(token.record.boundCidrs, remote.address)) fail('permission_denied')
      const entity = await identityOf(tx, token)
      const identity = token.record.locker === true ? undefined : entity
      const identityPolicies = identity?.policies ?? []
      const acl = await compileFor(tx, token.record.policies, identity, acls)
      return { id: id ?? '', token, acl, identityPolicies }
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
