import { createHash, type Hash } from 'node:crypto'
import type { Reader, ScanRow } from '../../storage/store.ts'
import { bytesOf } from './batches.ts'
import type { Pause } from './patience.ts'
import { pagesOf } from './windows.ts'

/** @property sha256 hex, over the keys and values of all rows, in order */
export type Digest = { readonly rows: number; readonly bytes: number; readonly sha256: string }

/** Reads a store from the beginning to the end; rows that a move does not copy do not count. */
export async function digestOf(
  reader: Reader,
  pause: Pause,
  progress?: (rows: number) => void,
): Promise<Digest> {
  const hash = createHash('sha256')
  const seen = { rows: 0, bytes: 0 }
  for await (const rows of pagesOf(reader, pause)) {
    seen.rows += rows.length
    seen.bytes += addRows(hash, rows)
    progress?.(seen.rows)
  }
  return { ...seen, sha256: hash.digest('hex') }
}

/** Each row as the lengths of key and value, 4 bytes each, and both. */
function addRows(hash: Hash, rows: readonly ScanRow[]): number {
  let size = 0
  for (const row of rows) size += 8 + bytesOf(row)
  // One call for all rows: a call for each part takes longer than the hashing.
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const { key, value } of rows) {
    const length = bytes.write(key, at + 8)
    bytes.writeUInt32BE(length, at)
    bytes.writeUInt32BE(value.length, at + 4)
    bytes.set(value, at + 8 + length)
    at += 8 + length + value.length
  }
  hash.update(bytes)
  return size - 8 * rows.length
}
