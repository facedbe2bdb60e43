import { createHash } from 'node:crypto'
import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'
import type { Transaction } from '../transaction/transaction.ts'

/**
 * When something ends: a token now, a dynamic secret later. It lies apart from what it belongs to, so that
 * a renewal rewrites this row alone. Times in milliseconds since 1970, spans in seconds.
 */
export type Lease = {
  readonly issued: number
  readonly expires: number
  /** The TTL of the last issue or renewal; a renewal that asks for nothing repeats it. */
  readonly ttl: number
  readonly renewed: number | null
  readonly renewable: boolean
}

export const leases = jsonRecord<Lease>('lease')
export const dueRecords = jsonRecord<{ readonly lease: string }>('expiry entry')

export const leasePrefix = 'ns/root/lease/'
export const duePrefix = 'ns/root/expiry/'
/** Leases that end within one of these spans share a bucket. */
export const bucketMilliseconds = 60_000

/** @param id the path that issued it, `/`, and a unique end: `auth/token/create/h…` */
export const leaseKey = (id: string) => (leasePrefix + id) as StorageKey

export const bucketOf = (expires: number) =>
  String(Math.floor(expires / bucketMilliseconds) + 1).padStart(12, '0')

/** The row by which the sweep finds a lease when its time has come. */
export function dueKey(id: string, expires: number): StorageKey {
  const name = createHash('sha256').update(id).digest('base64url')
  return `${duePrefix}${bucketOf(expires)}/${name}` as StorageKey
}

/** Writes a new lease and the entry that lets the sweep find it. */
export function issueLease(tx: Transaction, id: string, lease: Lease): void {
  tx.put(leases, leaseKey(id), lease)
  tx.put(dueRecords, dueKey(id, lease.expires), { lease: id })
}

/** Moves the end of a lease, and with it its one entry. */
export function renewLease(tx: Transaction, id: string, before: Lease, lease: Lease): void {
  tx.delete(dueKey(id, before.expires))
  issueLease(tx, id, lease)
}

export function dropLease(tx: Transaction, id: string, expires: number): void {
  tx.delete(leaseKey(id))
  tx.delete(dueKey(id, expires))
}

/**
 * Takes an entry away that the sweep has met.
 *
 * @returns the id of its lease when that is over
 */
export async function meetEntry(
  tx: Transaction,
  entry: StorageKey,
  now: number,
): Promise<string | undefined> {
  const found = await tx.get(dueRecords, entry)
  if (found === undefined) return undefined
  tx.delete(entry)
  const lease = await tx.get(leases, leaseKey(found.lease))
  // An id can be used again: the entry may be left over from an earlier lease.
  return lease === undefined || lease.expires > now ? undefined : found.lease
}

/** Whole seconds left, never below zero. */
export const secondsLeft = (lease: Lease, now: number) =>
  Math.max(0, Math.floor((lease.expires - now) / 1000 + 0.5))
