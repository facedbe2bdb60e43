import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { endOfPrefix } from '../keys.ts'
import {
  defaultLimit,
  type Listing,
  type ListOptions,
  type ReadResult,
  type Scanning,
  type ScanRow,
  type StorageKey,
  type Version,
} from '../store.ts'
import { sequenceOf, verify, versionOf } from './rows.ts'

/** Synchronous reads on one connection; the caller decides on the transaction around them. */
export type Connection = {
  readonly db: DatabaseSync
  /** Changes whenever another connection has committed; within a transaction, as of its instant. */
  dataVersion(): number
  begin(): void
  end(): void
  row(key: StorageKey, known: Version | undefined): ReadResult
  names(prefix: string, options: ListOptions): Listing
  rows(prefix: string, options: ListOptions): Scanning
}

type RowArray = [version: number, sum: number, value: Uint8Array]

export function createConnection(db: DatabaseSync): Connection {
  const arrays = (sql: string): StatementSync => {
    const statement = db.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const dataVersion = arrays('PRAGMA data_version')
  const version = arrays('SELECT version FROM rows WHERE key = ?')
  const row = arrays('SELECT version, sum, value FROM rows WHERE key = ?')
  const names = arrays('SELECT key FROM rows WHERE key > ? AND key < ? ORDER BY key LIMIT ?')
  const rows = arrays(
    'SELECT version, sum, value, key FROM rows WHERE key > ? AND key < ? ORDER BY key LIMIT ?',
  )
  const begin = db.prepare('BEGIN')
  const end = db.prepare('COMMIT')

  // setReturnArrays makes rows arrays of the selected columns; the types of node:sqlite do not know that.
  const first = <T>(statement: StatementSync, ...values: string[]) =>
    statement.get(...values) as unknown as T | undefined
  const every = <T>(statement: StatementSync, ...values: (string | number)[]) =>
    statement.all(...values) as unknown as T[]

  return {
    db,
    dataVersion: () => first<[number]>(dataVersion)?.[0] ?? 0,
    begin: () => {
      begin.run()
    },
    end: () => {
      if (db.isTransaction) end.run()
    },
    row(key, known) {
      if (known !== undefined) {
        const found = first<[number]>(version, key)
        if (found === undefined) return undefined
        if (found[0] === sequenceOf(known)) return 'unchanged'
      }
      const found = first<RowArray>(row, key)
      if (found === undefined) return undefined
      verify(key, ...found)
      return { value: found[2], version: versionOf(found[0]) }
    },
    names(prefix, { after, limit = defaultLimit }) {
      const found: string[] = []
      const stop = endOfPrefix(prefix)
      let cursor = startOf(prefix, after)
      // Names of one page come in one query; a folder ends it, since all below the folder is skipped.
      for (let chunk = 2; found.length <= limit; ) {
        const keys = every<[string]>(names, cursor, stop, Math.min(chunk, limit + 1 - found.length))
        if (keys.length === 0) break
        chunk = Math.min(chunk * 2, 512)
        for (const [key] of keys) {
          const slash = key.indexOf('/', prefix.length)
          cursor = key
          if (slash < 0) found.push(key.slice(prefix.length))
          else {
            found.push(key.slice(prefix.length, slash + 1))
            cursor = lastOfFolder(key.slice(0, slash + 1))
            chunk = 2
            break
          }
        }
      }
      return { names: found.slice(0, limit), more: found.length > limit }
    },
    rows(prefix, { after, limit = defaultLimit }) {
      const start = after !== undefined && after > prefix ? after : prefix
      const found = every<[...RowArray, StorageKey]>(rows, start, endOfPrefix(prefix), limit + 1)
      const page = found.slice(0, limit).map(([sequence, sum, value, key]): ScanRow => {
        verify(key, sequence, sum, value)
        return { key, value, version: versionOf(sequence) }
      })
      return { rows: page, more: found.length > limit }
    },
  }
}

/** The greatest key that a folder can hold: nothing sorts between it and the folder's next sibling. */
const lastOfFolder = (folder: string) => `${folder}\u{10ffff}`

function startOf(prefix: string, after: string | undefined): string {
  if (after === undefined) return prefix
  return after.endsWith('/') ? lastOfFolder(prefix + after) : prefix + after
}
