import { compareKeys } from '../../storage/keys.ts'
import type { Commit, ScanRow, StorageKey, StoreLimits } from '../../storage/store.ts'
import { moveKey } from './rows.ts'

/** What makes the target's rows the source's. */
export type Differences = {
  readonly put: readonly ScanRow[]
  readonly delete: readonly StorageKey[]
}

/** Compares rows of both stores between the same two keys; both in order. */
export function differences(source: readonly ScanRow[], target: readonly ScanRow[]): Differences {
  const put: ScanRow[] = []
  const gone: StorageKey[] = []
  let at = 0
  for (const row of source) {
    let other = target[at]
    // Most rows are the same on both sides, and need no look at their order.
    while (other !== undefined && other.key !== row.key && compareKeys(other.key, row.key) < 0) {
      gone.push(other.key)
      other = target[++at]
    }
    if (other?.key !== row.key) put.push(row)
    else {
      if (Buffer.compare(other.value, row.value) !== 0) put.push(row)
      at++
    }
  }
  for (const { key } of target.slice(at)) gone.push(key)
  return { put, delete: gone }
}

/** More than this in one commit would only make it slow. */
const enoughBytes = 4 * 1024 * 1024
const enoughKeys = 1000

/** The mark is expected by each commit. */
const markBytes = Buffer.byteLength(moveKey)

export const bytesOf = ({ key, value }: Pick<ScanRow, 'key' | 'value'>): number =>
  Buffer.byteLength(key) + value.length

/** Whether a store takes the row in a commit that expects the mark of the move. */
export const fits = (row: Pick<ScanRow, 'key' | 'value'>, { bytesPerCommit }: StoreLimits): boolean =>
  bytesOf(row) + markBytes <= bytesPerCommit

/** Divides changes into commits that a store takes together with the mark; rows that it never takes are left out. */
export function batches(
  { put, delete: gone }: Differences,
  limits: StoreLimits,
): Required<Pick<Commit, 'put' | 'delete'>>[] {
  const mostKeys = Math.min(enoughKeys, limits.keysPerCommit - 1)
  const mostBytes = Math.min(enoughBytes, limits.bytesPerCommit - markBytes)
  const found: { put: ScanRow[]; delete: StorageKey[] }[] = []
  let keys = 0
  let bytes = 0
  const place = (size: number) => {
    const last = found.at(-1)
    if (last !== undefined && keys < mostKeys && bytes + size <= mostBytes) {
      keys++
      bytes += size
      return last
    }
    keys = 1
    bytes = size
    const next = { put: [], delete: [] }
    found.push(next)
    return next
  }
  for (const row of put) if (fits(row, limits)) place(bytesOf(row)).put.push(row)
  for (const key of gone) place(Buffer.byteLength(key)).delete.push(key)
  return found
}
