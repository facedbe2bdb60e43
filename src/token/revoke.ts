import { dropLease, leaseKey, leases } from '../lease/lease.ts'
import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'
import type { Transaction } from '../transaction/transaction.ts'
import {
  accessorKey,
  childKey,
  type TokenHash,
  type TokenRecord,
  tokenKey,
  tokenLeaseId,
  tokenRecords,
  usesKey,
} from './record.ts'

/**
 * What a revoked token leaves for the sweep to clear away: its cubbyhole, and with `children` the rows of its
 * descendants, which ended with it already.
 */
export type Remains = { readonly hash: TokenHash; readonly instance: string; readonly children: boolean }

export const remainsRecords = jsonRecord<Remains>('revoked token')
export const remainsPrefix = 'ns/root/token/remains/'
export const remainsKey = (instance: string) => (remainsPrefix + instance) as StorageKey

/**
 * Ends a token. From the commit on it and all its descendants are refused; clearing away what they stored
 * is left to the sweep.
 */
export async function revokeToken(tx: Transaction, hash: TokenHash): Promise<void> {
  const record = await tx.get(tokenRecords, tokenKey(hash))
  if (record === undefined || 'orphaned' in record) return
  await removeRows(tx, hash, record)
  tx.delete(tokenKey(hash))
  leaveRemains(tx, hash, record.instance, true)
}

/** Ends a token but not its children, who become orphans. */
export async function revokeOrphan(tx: Transaction, hash: TokenHash): Promise<void> {
  const record = await tx.get(tokenRecords, tokenKey(hash))
  if (record === undefined || 'orphaned' in record) return
  await removeRows(tx, hash, record)
  tx.put(tokenRecords, tokenKey(hash), { orphaned: true, instance: record.instance })
  leaveRemains(tx, hash, record.instance, false)
}

/** The rows that a token has beside its own. */
async function removeRows(tx: Transaction, hash: TokenHash, record: TokenRecord): Promise<void> {
  tx.delete(accessorKey(record.accessor))
  if (record.numUses > 0) tx.delete(usesKey(hash))
  if (record.creationTtl > 0) {
    const id = tokenLeaseId(record.path, hash)
    const lease = await tx.get(leases, leaseKey(id))
    if (lease !== undefined) dropLease(tx, id, lease.expires)
  }
  const parent = record.ancestors.at(-1)
  if (parent === undefined) return
  tx.delete(childKey(parent.instance, hash))
  const row = await tx.get(tokenRecords, tokenKey(parent.hash))
  // A parent that was revoked alone goes with the last of its children, so each lets the sweep look again.
  if (row !== undefined && 'orphaned' in row && row.instance === parent.instance) {
    leaveRemains(tx, parent.hash, parent.instance, false)
  }
}

function leaveRemains(tx: Transaction, hash: TokenHash, instance: string, children: boolean): void {
  tx.put(remainsRecords, remainsKey(instance), { hash, instance, children })
}
