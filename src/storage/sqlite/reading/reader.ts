import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { compareKeys, endOfPrefix, startOfScan } from '../../keys.ts'
import {
  defaultLimit,
  type ListOptions,
  type ReadResult,
  type Scanning,
  type ScanRow,
  type StorageKey,
  type Version,
} from '../../store.ts'
import { damaged, stateSum, type Versions, verify } from '../rows.ts'
import type { FileState } from './fresh.ts'
import { type ListNames, prepareNames } from './names.ts'
import { isBefore, prepareNeighbours } from './neighbours.ts'

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
  /** A page holds at most `maxBytes` ({@link maxScanBytes} if absent) of values and one row more. */
  rows(prefix: string, options?: ListOptions, maxBytes?: number): Scanning
}

type RowArray = [version: number, sum: number, value: Uint8Array]

const maxScanBytes = 8 * 1024 * 1024

export function createConnection(db: DatabaseSync, versions: Versions): Connection {
  const arrays = (sql: string): StatementSync => {
    const statement = db.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const state = arrays('SELECT sequence, outside, reign, sum FROM state')
  const version = arrays('SELECT version FROM rows WHERE key = ?')
  const row = arrays('SELECT version, sum, value FROM rows WHERE key = ?')
  const rows = arrays('SELECT version, sum, value, key FROM rows WHERE key >= ? AND key < ? ORDER BY key')
  const neighbours = prepareNeighbours(db)
  const begin = db.prepare('BEGIN')
  const end = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')

  // setReturnArrays makes rows arrays of the selected columns; the types of node:sqlite do not know that.
  const first = <T>(statement: StatementSync, ...values: string[]) =>
    statement.get(...values) as unknown as T | undefined

  /** The state that was found sound last. */
  let sound: [...FileState, sum: number] | undefined

  /** @throws corrupt when it is not what was written */
  function verifyState(found: [...FileState, sum: number]): void {
    const [sequence, outside, reign, sum] = found
    const isSound = sound !== undefined && sum === sound[3] && sequence === sound[0]
    if (isSound && outside === sound?.[1] && reign === sound[2]) return
    if (stateSum({ sequence, outside, reign, lineage: versions.lineage }) !== sum) damaged()
    sound = found
  }

  return {
    db,
    begin: () => {
      begin.run()
    },
    end: () => {
      if (!db.isTransaction) return
      try {
        end.run()
      } catch {
        // One that came upon damage; nothing was written.
        if (db.isTransaction) rollback.run()
      }
    },
    state() {
      const found = first<[...FileState, sum: number]>(state) ?? damaged()
      verifyState(found)
      return [found[0], found[1], found[2]]
    },
    row(key, known) {
      if (known !== undefined) {
        const found = first<[number]>(version, key)
        if (found !== undefined && found[0] === versions.sequenceOf(known)) return 'unchanged'
      }
      const found = first<RowArray>(row, key)
      if (found === undefined) {
        neighbours.verifyAbsence(key)
        return undefined
      }
      verify(key, ...found)
      return { value: found[2], version: versions.of(found[0]) }
    },
    names: prepareNames(db, neighbours),
    rows(prefix, { after, limit = defaultLimit } = {}, maxBytes = maxScanBytes) {
      const found: ScanRow[] = []
      let bytes = 0
      const [start, stop] = [startOfScan(prefix, after), endOfPrefix(prefix)]
      const all = rows.iterate(start, stop) as unknown as Iterable<[...RowArray, StorageKey]>
      let last: StorageKey | undefined
      for (const [sequence, sum, value, key] of all) {
        if (found.length >= limit || bytes >= maxBytes) return { rows: found, more: true }
        verify(key, sequence, sum, value)
        if (last === undefined) neighbours.verifyStart(key, (before) => isBefore(before, start))
        else if (compareKeys(key, last) <= 0) damaged()
        last = key
        found.push({ key, value, version: versions.of(sequence) })
        bytes += value.length
      }
      neighbours.verifyEnd(stop, (key) => key === last || (last === undefined && isBefore(key, start)))
      return { rows: found, more: false }
    },
  }
}
