import type { DatabaseSync } from 'node:sqlite'
import { compareKeys, endOfPrefix, justBehind, startOfList, startOfScan } from '../../keys.ts'
import { defaultLimit, type ReadResult, type Row, type ScanRow, type StorageKey } from '../../store.ts'
import type { Connection } from '../reading/reader.ts'

/**
 * Earlier instants of a store that has one connection and no log: what is written over is kept for as long
 * as somebody reads an instant before it.
 */
export type Instants = {
  /** The present one, to be left again. */
  enter(): Instant
  /** Must be told of every row before it changes. */
  changing(keys: Iterable<StorageKey>): void
}

export type Instant = Pick<Connection, 'row' | 'names' | 'rows'> & { leave(): void }

/** Keys that are looked at together. */
const chunk = 64

export function createInstants(db: DatabaseSync, present: Connection): Instants {
  const open = new Set<Map<StorageKey, Row | undefined>>()
  const keysFrom = db.prepare('SELECT key FROM rows WHERE key >= ? AND key < ? ORDER BY key LIMIT ?')
  keysFrom.setReturnArrays(true)
  let newest: { readonly instant: Instant; users: number } | undefined

  const presentRow = (key: StorageKey): Row | undefined => {
    const row = present.row(key, undefined)
    // Without a known version there is no 'unchanged'.
    return row === 'unchanged' ? undefined : row
  }

  function instantOf(kept: Map<StorageKey, Row | undefined>, leave: () => void): Instant {
    /** The keys of the instant in order, from `start` on. */
    function* keys(start: string, end: string): Generator<StorageKey, void, string | undefined> {
      const old = [...kept].filter(([, row]) => row !== undefined).map(([key]) => key)
      for (let from = start; ; ) {
        // With setReturnArrays a row is an array of its columns.
        const found = keysFrom.all(from, end, chunk) as unknown as [StorageKey][]
        const full = found.length === chunk
        const behind = full ? justBehind((found.at(-1) as [StorageKey])[0]) : end
        const here = (key: string) => compareKeys(key, from) >= 0 && compareKeys(key, behind) < 0
        const merged = [...found.map(([key]) => key).filter((key) => !kept.has(key)), ...old.filter(here)]
        let jump: string | undefined
        for (const key of merged.sort(compareKeys)) {
          if (jump !== undefined && compareKeys(key, jump) < 0) continue
          jump = yield key
        }
        if (jump !== undefined && compareKeys(jump, behind) > 0) from = jump
        else if (full) from = behind
        else return
      }
    }
    const touched = (prefix: string) => [...kept.keys()].some((key) => key.startsWith(prefix))

    return {
      leave,
      row(key, known): ReadResult {
        if (!kept.has(key)) return present.row(key, known)
        const row = kept.get(key)
        if (row === undefined) return undefined
        return row.version === known ? 'unchanged' : copyOf(row)
      },
      names(prefix, options = {}) {
        if (!touched(prefix)) return present.names(prefix, options)
        const { after, limit = defaultLimit } = options
        const names: string[] = []
        const all = keys(startOfList(prefix, after), endOfPrefix(prefix))
        for (let next = all.next(); !next.done; ) {
          const slash = next.value.indexOf('/', prefix.length)
          const name = next.value.slice(prefix.length, slash < 0 ? undefined : slash + 1)
          if (names.length === limit) return { names, more: true }
          names.push(name)
          next = all.next(slash < 0 ? undefined : endOfPrefix(prefix + name))
        }
        return { names, more: false }
      },
      rows(prefix, options = {}) {
        if (!touched(prefix)) return present.rows(prefix, options)
        const { after, limit = defaultLimit } = options
        const rows: ScanRow[] = []
        for (const key of keys(startOfScan(prefix, after), endOfPrefix(prefix))) {
          if (rows.length === limit) return { rows, more: true }
          const row = kept.get(key)
          rows.push({ key, ...(row === undefined ? (presentRow(key) as Row) : copyOf(row)) })
        }
        return { rows, more: false }
      },
    }
  }

  function begin(): { readonly instant: Instant; users: number } {
    const kept = new Map<StorageKey, Row | undefined>()
    open.add(kept)
    const leave = () => {
      begun.users--
      if (begun.users > 0) return
      open.delete(kept)
      if (newest === begun) newest = undefined
    }
    const begun = { instant: instantOf(kept, leave), users: 0 }
    return begun
  }

  return {
    enter() {
      newest ??= begin()
      newest.users++
      return newest.instant
    },
    changing(keys) {
      if (open.size === 0) return
      newest = undefined
      for (const key of keys) {
        const before = presentRow(key)
        for (const kept of open) if (!kept.has(key)) kept.set(key, before)
      }
    },
  }
}

const copyOf = ({ value, version }: Row): Row => ({ value: value.slice(), version })
