import { fail } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { ClusterTime } from '../lease/cluster-time.ts'
import { issueLease, type Lease } from '../lease/lease.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { sealBatchToken } from './batch.ts'
import type { TokenKeys } from './keys.ts'
import {
  accessorKey,
  accessorRecords,
  childKey,
  childRecords,
  hashToken,
  maxAncestors,
  servicePrefix,
  type TokenRecord,
  tokenKey,
  tokenLeaseId,
  tokenRecords,
  usesKey,
  usesRecords,
} from './record.ts'
import type { TokenView } from './view.ts'

/** What a new token is to be. Spans in seconds; policies are final: folded, sorted, without doubles. */
export type TokenSpec = Pick<
  TokenRecord,
  | 'policies'
  | 'displayName'
  | 'meta'
  | 'path'
  | 'explicitMaxTtl'
  | 'period'
  | 'numUses'
  | 'renewable'
  | 'entityId'
  | 'boundCidrs'
  | 'role'
  | 'mount'
> & {
  readonly type: 'service' | 'batch'
  /** 0: it never ends. */
  readonly ttl: number
  /** The parent, unless the token is to be an orphan. */
  readonly parent: TokenView | undefined
  /** Who logged in; children have their parent's. */
  readonly person?: { readonly person?: string; readonly space?: string }
  /** That it is a locker, and which person’s. */
  readonly locker?: { readonly maker: string | undefined } | undefined
  /** An id chosen by the caller. */
  readonly id?: string
}

/** A service token without anything: what a spec begins with that is not asked for by a client. */
export const blankToken: Omit<TokenSpec, 'policies' | 'path' | 'ttl'> = {
  type: 'service',
  displayName: 'token',
  meta: null,
  explicitMaxTtl: 0,
  period: 0,
  numUses: 0,
  renewable: false,
  entityId: '',
  boundCidrs: [],
  role: '',
  mount: '',
  parent: undefined,
}

export type CreatedToken = {
  readonly id: string
  readonly record: TokenRecord
  readonly lease: Lease | undefined
}

/** The tools of the token store: time, randomness, and the cluster's token keys. */
export type TokenTools = ClusterTime & {
  readonly random: Random
  readonly keys: TokenKeys
  /** Told of every token that was made. */
  readonly created?: (type: 'service' | 'batch') => void
}

/** 18 random bytes as base64url: 24 characters, 144 bits. */
export function newTokenId(random: Random): string {
  return servicePrefix + random.bytes(18).toString('base64url')
}

/**
 * Makes a token in the transaction; it counts from the commit on.
 *
 * @throws invalid_request when the chosen id is taken, or when the parent has too many ancestors already
 */
export async function createToken(
  tx: Transaction,
  tools: TokenTools,
  spec: TokenSpec,
): Promise<CreatedToken> {
  const { clock, random, keys, created } = tools
  const now = clock.now()
  if (created !== undefined) tx.afterCommit(() => created(spec.type))
  const record: TokenRecord = {
    accessor: spec.type === 'batch' ? '' : random.base62(24),
    policies: spec.policies,
    displayName: spec.displayName,
    meta: spec.meta,
    path: spec.path,
    created: now,
    creationTtl: spec.ttl,
    explicitMaxTtl: spec.explicitMaxTtl,
    period: spec.period,
    numUses: spec.numUses,
    renewable: spec.type === 'service' && spec.renewable && spec.ttl > 0,
    entityId: spec.entityId,
    boundCidrs: spec.boundCidrs,
    role: spec.role,
    mount: spec.mount,
    ...(spec.person ?? inheritedPerson(spec.parent)),
    ...(spec.locker === undefined ? {} : { locker: true }),
    ...(spec.locker?.maker === undefined ? {} : { maker: spec.locker.maker }),
    instance: random.uuid(),
    ancestors: ancestorsOf(spec.parent),
  }
  const lease = spec.ttl > 0 ? newLease(now, spec.ttl, record.renewable) : undefined
  if (spec.type === 'batch') {
    if (lease === undefined) fail('invalid_request', 'batch tokens must have a ttl')
    return { id: sealBatchToken(keys.batch, { record, lease }), record, lease }
  }

  const id = spec.id ?? newTokenId(random)
  const hash = hashToken(keys.id, id)
  // Read even for a drawn id: the commit then expects that the row is still absent.
  if ((await tx.get(tokenRecords, tokenKey(hash))) !== undefined) {
    fail('invalid_request', 'cannot create a token with a duplicate ID')
  }
  tx.put(tokenRecords, tokenKey(hash), record)
  tx.put(accessorRecords, accessorKey(record.accessor), { hash })
  if (lease !== undefined) issueLease(tx, tokenLeaseId(record.path, hash), lease)
  if (record.numUses > 0) tx.put(usesRecords, usesKey(hash), { left: record.numUses })
  const parent = record.ancestors.at(-1)
  if (parent !== undefined) tx.put(childRecords, childKey(parent.instance, hash), {})
  return { id, record, lease }
}

function inheritedPerson(parent: TokenView | undefined): { person?: string; space?: string } {
  const { person, space } = parent?.record ?? {}
  return { ...(person === undefined ? {} : { person }), ...(space === undefined ? {} : { space }) }
}

function newLease(now: number, ttl: number, renewable: boolean): Lease {
  return { issued: now, expires: now + ttl * 1000, ttl, renewed: null, renewable }
}

function ancestorsOf(parent: TokenView | undefined): TokenRecord['ancestors'] {
  if (parent === undefined) return []
  const { record, hash, lease } = parent
  if (record.ancestors.length >= maxAncestors) {
    fail('invalid_request', `a token may have at most ${maxAncestors} ancestors; create an orphan instead`)
  }
  const leaseId = lease === undefined ? '' : tokenLeaseId(record.path, hash)
  return [...record.ancestors, { hash, instance: record.instance, lease: leaseId }]
}
