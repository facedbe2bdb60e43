import type { StorageKey, Version } from '../storage/store.ts'

/** A row that was opened and parsed: what is kept so that it need not be opened again. */
export type CachedRow = {
  readonly version: Version
  /** The parsed record; shared by all requests, so nobody changes it. */
  readonly record: unknown
  /** Bytes in clear, for the cache's bound. */
  readonly bytes: number
}

/**
 * Opened rows by storage key, bounded by bytes; the least recently used goes first. An entry can never be
 * stale: whoever uses it has the store confirm its version in the same read.
 */
export type RecordCache = {
  get(key: StorageKey): CachedRow | undefined
  set(key: StorageKey, row: CachedRow): void
  delete(key: StorageKey): void
  clear(): void
  readonly bytes: number
}

/** What an entry costs beside its value: keys, objects, the map's own slots. Estimated, not measured. */
const overhead = 300
/** A parsed object takes about this many times its JSON text. */
const expansion = 2

/** @param capacity bytes that the cache may hold, by estimate */
export function createRecordCache(capacity: number): RecordCache {
  const rows = new Map<StorageKey, CachedRow>()
  let bytes = 0
  const cost = (key: StorageKey, row: CachedRow) => overhead + key.length + row.bytes * expansion

  const remove = (key: StorageKey): void => {
    const row = rows.get(key)
    if (row === undefined) return
    bytes -= cost(key, row)
    rows.delete(key)
  }

  return {
    get(key) {
      const row = rows.get(key)
      if (row === undefined) return undefined
      // Re-insertion makes it the youngest: a Map keeps the order of insertion. While nothing is about to be
      // thrown out the order does not matter, and moving a row costs more than finding it.
      if (bytes > capacity / 2) {
        rows.delete(key)
        rows.set(key, row)
      }
      return row
    },
    set(key, row) {
      remove(key)
      const size = cost(key, row)
      if (size > capacity / 8) return
      rows.set(key, row)
      bytes += size
      for (const oldest of rows.keys()) {
        if (bytes <= capacity) break
        remove(oldest)
      }
    },
    delete: remove,
    clear() {
      rows.clear()
      bytes = 0
    },
    get bytes() {
      return bytes
    },
  }
}
