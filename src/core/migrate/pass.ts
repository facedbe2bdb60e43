import { createHash, type Hash } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import type { Reader, ScanRow, Store, Version } from '../../storage/store.ts'
import { batches, bytesOf, differences, fits } from './batches.ts'
import { type Pause, persist } from './patience.ts'
import { moveKey } from './rows.ts'
import { rowsBetween, type Window, windows } from './windows.ts'

/** What one pass over both stores found and did. */
export type Pass = {
  /** Rows and bytes of the source. */
  readonly rows: number
  readonly bytes: number
  /** Rows that were written to the target or deleted there. */
  readonly changed: number
  /** Rows that are larger than the target takes, which it has not. */
  readonly tooLarge: number
  /** SHA-256, hex, over the keys and values of all rows, in order; of the target as they were after the pass. */
  readonly digests: { readonly source: string; readonly target: string }
}

export type PassOptions = {
  readonly source: Reader
  readonly target: Store
  /** The version of the target's mark: nothing is written once another run has taken it. */
  readonly mark: Version
  readonly pause: Pause
  /** Called after each page with the rows that are done. */
  readonly progress?: (rows: number) => void
}

/** Commits that wait for the target at a time; stores gather them. */
const atOnce = 8

/**
 * Makes the rows of the target those of the source. While others write to the source it misses what changes behind it,
 * so that another pass has to follow; when nobody does, both are the same afterwards.
 *
 * @throws conflict when another run has taken the target; storage_failed and others when a store stays away
 */
export async function pass({ source, target, mark, pause, progress }: PassOptions): Promise<Pass> {
  const seen = { rows: 0, bytes: 0, changed: 0, tooLarge: 0 }
  const digests = { source: createHash('sha256'), target: createHash('sha256') }
  for await (const window of windows(source, target, pause)) {
    seen.rows += window.source.length
    for (const row of window.source) {
      seen.bytes += bytesOf(row)
      if (!fits(row, target.limits)) seen.tooLarge++
    }
    const { changed, rows } = await settle(window, target, mark, pause)
    seen.changed += changed
    addRows(digests.source, window.source)
    addRows(digests.target, rows)
    progress?.(seen.rows)
  }
  return { ...seen, digests: { source: digests.source.digest('hex'), target: digests.target.digest('hex') } }
}

/** Writes what differs in one window, and reads again what the target holds there then. */
async function settle(window: Window, target: Store, mark: Version, pause: Pause) {
  const first = batches(differences(window.source, window.target), target.limits)
  if (first.length === 0) return { changed: 0, rows: window.target }
  let changed = 0
  for (const batch of first) changed += batch.put.length + batch.delete.length
  let left = first
  const rows = await persist(pause, async () => {
    const work = left.values()
    // What of it has landed when an answer is lost, the next attempt reads.
    left = []
    let collided = false
    await all(atOnce, work, async (batch) => {
      const result = await target.commit({ expect: [{ key: moveKey, version: mark }], ...batch })
      if (!result.ok) collided = true
    })
    if (collided) await checkMark(target, mark)
    const now = await rowsBetween(target, window, pause)
    left = batches(differences(window.source, now), target.limits)
    return left.length === 0 ? now : undefined
  })
  return { changed, rows }
}

/** @throws conflict when another run has the target now */
async function checkMark(target: Store, mark: Version): Promise<void> {
  const [row] = await target.read([moveKey])
  if (typeof row !== 'object' || row.version !== mark) {
    fail('conflict', 'another run of this command has taken over the move')
  }
}

/** Does some work for all items, a few at a time. */
async function all<T>(width: number, items: Iterator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (let next = items.next(); next.done !== true; next = items.next()) await work(next.value)
  }
  const results = await Promise.allSettled(Array.from({ length: width }, lane))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Each row as the lengths of key and value, 4 bytes each, and both. */
function addRows(hash: Hash, rows: readonly ScanRow[]): void {
  for (const { key, value } of rows) {
    const lengths = Buffer.alloc(8)
    lengths.writeUInt32BE(Buffer.byteLength(key), 0)
    lengths.writeUInt32BE(value.length, 4)
    hash.update(lengths).update(key).update(value)
  }
}
