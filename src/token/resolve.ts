import { isOver } from '../lease/cluster-time.ts'
import { leaseKey, leases } from '../lease/lease.ts'
import type { Transaction, Want } from '../transaction/transaction.ts'
import { openBatchToken } from './batch.ts'
import type { TokenTools } from './create.ts'
import {
  type Ancestor,
  accessorKey,
  accessorRecords,
  batchPrefix,
  hashToken,
  type TokenHash,
  type TokenRecord,
  tokenKey,
  tokenLeaseId,
  tokenRecords,
  usesKey,
  usesRecords,
} from './record.ts'
import type { TokenView } from './view.ts'

/** Longer texts are no tokens; hashing them would be work for nothing. */
const maxIdLength = 32 * 1024

/**
 * Finds a token by its id and checks that it is alive: its own time and uses, and every ancestor. Whether
 * the mounts and the entity that it stands on still exist is for the caller to check.
 *
 * @param taken when this request has already taken its use of the token, what it left
 * @param known the hash of the id, where the caller has it already
 * @returns undefined for a token that is unknown, expired, revoked or used up
 */
export function resolveToken(
  tx: Transaction,
  tools: TokenTools,
  id: string,
  taken?: { readonly left: number },
  known?: TokenHash,
): Promise<TokenView | undefined> {
  if (id === '' || id.length > maxIdLength) return Promise.resolve(undefined)
  const hash = known ?? hashToken(tools.keys.id, id)
  return id.startsWith(batchPrefix) ? resolveBatch(tx, tools, id, hash) : resolveHash(tx, tools, hash, taken)
}

/** As {@link resolveToken}, for a token that is known by its hash. */
export async function resolveHash(
  tx: Transaction,
  tools: TokenTools,
  hash: TokenHash,
  taken?: { readonly left: number },
): Promise<TokenView | undefined> {
  const record = await tx.get(tokenRecords, tokenKey(hash))
  if (record === undefined || 'orphaned' in record) return undefined
  const leaseId = tokenLeaseId(record.path, hash)
  await tx.fetch(rowsBehind(record, hash))
  const lease = record.creationTtl > 0 ? await tx.get(leases, leaseKey(leaseId)) : undefined
  if (record.creationTtl > 0 && (lease === undefined || (await isOver(tx, tools, lease.expires)))) {
    return undefined
  }
  let usesLeft = taken === undefined ? 0 : taken.left || -1
  if (record.numUses > 0 && taken === undefined) {
    const uses = await tx.get(usesRecords, usesKey(hash))
    if (uses === undefined || uses.left <= 0) return undefined
    usesLeft = uses.left
  }
  const mountsAbove = await mountsOfAncestors(tx, tools, record.ancestors)
  if (mountsAbove === undefined) return undefined
  return { type: 'service', hash, record, lease, usesLeft, mountsAbove }
}

/** @returns undefined for an accessor that is unknown or whose token is not alive */
export async function resolveAccessor(
  tx: Transaction,
  tools: TokenTools,
  accessor: string,
): Promise<TokenView | undefined> {
  if (!/^[A-Za-z0-9]{1,64}$/.test(accessor)) return undefined
  const row = await tx.get(accessorRecords, accessorKey(accessor))
  return row === undefined ? undefined : resolveHash(tx, tools, row.hash)
}

/**
 * As {@link resolveAccessor}, of many in four round trips.
 *
 * @returns those that are alive, in the order of their accessors
 */
export async function resolveAccessors(
  tx: Transaction,
  tools: TokenTools,
  accessors: readonly string[],
): Promise<TokenView[]> {
  const keys = accessors.map((accessor) => accessorKey(accessor))
  await tx.fetch(keys.map((key) => ({ kind: accessorRecords, key })))
  const rows = await Promise.all(keys.map((key) => tx.get(accessorRecords, key)))
  const hashes = rows.flatMap((row) => (row === undefined ? [] : [row.hash]))
  await tx.fetch(hashes.map((hash) => ({ kind: tokenRecords, key: tokenKey(hash) })))
  const wants: Want[] = []
  for (const hash of hashes) {
    const record = await tx.get(tokenRecords, tokenKey(hash))
    if (record !== undefined && !('orphaned' in record)) wants.push(...rowsBehind(record, hash))
  }
  await tx.fetch(wants)
  const found: TokenView[] = []
  for (const hash of hashes) {
    const token = await resolveHash(tx, tools, hash)
    if (token !== undefined) found.push(token)
  }
  return found
}

async function resolveBatch(
  tx: Transaction,
  tools: TokenTools,
  id: string,
  hash: TokenHash,
): Promise<TokenView | undefined> {
  const content = openBatchToken(tools.keys.batch, id)
  if (content === undefined || (await isOver(tx, tools, content.lease.expires))) return undefined
  const { ancestors } = content.record
  await tx.fetch(ancestors.flatMap(ancestorRows))
  // No row says that it is somebody's child, so it cannot outlive its parent as an orphan.
  if (ancestors.length > 0 && (await isOrphan(tx, content.record))) return undefined
  const mountsAbove = await mountsOfAncestors(tx, tools, ancestors)
  if (mountsAbove === undefined) return undefined
  return { type: 'batch', hash, record: content.record, lease: content.lease, usesLeft: 0, mountsAbove }
}

/** The rows that decide whether a token is alive, so that they come in one round trip. */
function rowsBehind(record: TokenRecord, hash: TokenHash): Want[] {
  const wants: Want[] = record.ancestors.flatMap(ancestorRows)
  if (record.creationTtl > 0) wants.push({ kind: leases, key: leaseKey(tokenLeaseId(record.path, hash)) })
  if (record.numUses > 0) wants.push({ kind: usesRecords, key: usesKey(hash) })
  return wants
}

function ancestorRows({ hash, lease }: Ancestor): Want[] {
  const row: Want = { kind: tokenRecords, key: tokenKey(hash) }
  return lease === '' ? [row] : [row, { kind: leases, key: leaseKey(lease) }]
}

const none: readonly string[] = []

/**
 * From the parent upwards, up to one that left its children behind as orphans.
 *
 * @returns the mounts that made them; undefined when one of them is not alive
 */
async function mountsOfAncestors(
  tx: Transaction,
  tools: TokenTools,
  ancestors: readonly Ancestor[],
): Promise<readonly string[] | undefined> {
  if (ancestors.length === 0) return none
  const mounts = new Set<string>()
  for (const { hash, instance, lease } of ancestors.toReversed()) {
    const row = await tx.get(tokenRecords, tokenKey(hash))
    if (row === undefined || row.instance !== instance) return undefined
    if ('orphaned' in row) break
    if (row.mount !== '') mounts.add(row.mount)
    if (lease !== '') {
      const limit = await tx.get(leases, leaseKey(lease))
      if (limit === undefined || (await isOver(tx, tools, limit.expires))) return undefined
    }
  }
  return [...mounts]
}

/** Whether the token has no living parent that it depends on. */
export async function isOrphan(tx: Transaction, record: TokenRecord): Promise<boolean> {
  const parent = record.ancestors.at(-1)
  if (parent === undefined) return true
  const row = await tx.get(tokenRecords, tokenKey(parent.hash))
  return row !== undefined && row.instance === parent.instance && 'orphaned' in row
}
