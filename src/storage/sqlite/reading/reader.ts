import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { endOfPrefix, startOfScan } from '../../keys.ts'
import {
  defaultLimit,
  type ListOptions,
  type ReadResult,
  type Scanning,
  type ScanRow,
  type StorageKey,
  type Version,
} from '../../store.ts'
import { damaged, type Versions, verify } from '../rows.ts'
import type { FileState } from './fresh.ts'
import { type ListNames, prepareNames } from './names.ts'

/** Synchronous reads on one connection; the caller decides on the transaction around them. */
export type Connection = {
  readonly db: DatabaseSync
  begin(): void
  /** Ends the transaction, if there is one. */
  end(): void
  /** The file's state at the instant of the transaction, which it takes if it is the first question. */
  state(): FileState
  row(key: StorageKey, known: Version | undefined): ReadResult
  names: ListNames
  /** A page holds at most {@link maxScanBytes} of values and one row more. */
  rows(prefix: string, options?: ListOptions): Scanning
}

type RowArray = [version: number, sum: number, value: Uint8Array]

const maxScanBytes = 8 * 1024 * 1024

export function createConnection(db: DatabaseSync, versions: Versions): Connection {
  const arrays = (sql: string): StatementSync => {
    const statement = db.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const state = arrays('SELECT sequence, outside, reign FROM state')
  const version = arrays('SELECT version FROM rows WHERE key = ?')
  const row = arrays('SELECT version, sum, value FROM rows WHERE key = ?')
  // The neighbours of a key in the index, and what the table has there.
  const before = arrays(`
    SELECT rows.key, (SELECT found.key FROM rows AS found NOT INDEXED WHERE found.id = rows.id)
    FROM rows WHERE key < ? ORDER BY key DESC LIMIT 1`)
  const behind = arrays(`
    SELECT rows.key, (SELECT found.key FROM rows AS found NOT INDEXED WHERE found.id = rows.id)
    FROM rows WHERE key > ? ORDER BY key LIMIT 1`)
  const rows = arrays('SELECT version, sum, value, key FROM rows WHERE key >= ? AND key < ? ORDER BY key')
  const begin = db.prepare('BEGIN')
  const end = db.prepare('COMMIT')

  // setReturnArrays makes rows arrays of the selected columns; the types of node:sqlite do not know that.
  const first = <T>(statement: StatementSync, ...values: string[]) =>
    statement.get(...values) as unknown as T | undefined

  /** That a row is missing is believed if the index is sound around the place where it would be. */
  function verifyAbsence(key: StorageKey): void {
    for (const side of [before, behind]) {
      const found = first<[string, string]>(side, key)
      if (found !== undefined && found[0] !== found[1]) damaged()
    }
  }

  return {
    db,
    begin: () => {
      begin.run()
    },
    end: () => {
      if (db.isTransaction) end.run()
    },
    state: () => first<FileState>(state) ?? damaged(),
    row(key, known) {
      if (known !== undefined) {
        const found = first<[number]>(version, key)
        if (found !== undefined && found[0] === versions.sequenceOf(known)) return 'unchanged'
      }
      const found = first<RowArray>(row, key)
      if (found === undefined) {
        verifyAbsence(key)
        return undefined
      }
      verify(key, ...found)
      return { value: found[2], version: versions.of(found[0]) }
    },
    names: prepareNames(db),
    rows(prefix, { after, limit = defaultLimit } = {}) {
      const found: ScanRow[] = []
      let bytes = 0
      const all = rows.iterate(startOfScan(prefix, after), endOfPrefix(prefix)) as unknown as Iterable<
        [...RowArray, StorageKey]
      >
      for (const [sequence, sum, value, key] of all) {
        if (found.length >= limit || bytes >= maxScanBytes) return { rows: found, more: true }
        verify(key, sequence, sum, value)
        found.push({ key, value, version: versions.of(sequence) })
        bytes += value.length
      }
      return { rows: found, more: false }
    },
  }
}
