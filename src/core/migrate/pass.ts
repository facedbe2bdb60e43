import type { Reader, Store, Version } from '../../storage/store.ts'
import { batches, bytesOf, differences, fits } from './batches.ts'
import { type Pause, persist } from './patience.ts'
import { moveKey } from './rows.ts'
import { takenOver } from './source.ts'
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
  for await (const window of windows(source, target, pause)) {
    seen.rows += window.source.length
    for (const row of window.source) {
      seen.bytes += bytesOf(row)
      if (!fits(row, target.limits)) seen.tooLarge++
    }
    seen.changed += await settle(window, target, mark, pause)
    progress?.(seen.rows)
  }
  return seen
}

/** Writes what differs in one window until nothing does; answers how many rows that were. */
async function settle(window: Window, target: Store, mark: Version, pause: Pause): Promise<number> {
  const first = batches(differences(window.source, window.target), target.limits)
  if (first.length === 0) return 0
  let changed = 0
  for (const batch of first) changed += batch.put.length + batch.delete.length
  let left = first
  await persist(pause, async () => {
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
    return left.length === 0 ? true : undefined
  })
  return changed
}

/** @throws conflict when another run has the target now */
async function checkMark(target: Store, mark: Version): Promise<void> {
  const [row] = await target.read([moveKey])
  if (typeof row !== 'object' || row.version !== mark) throw takenOver()
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
