import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { beyondAll, compareKeys } from '../../keys.ts'
import { damaged, keyMark } from '../rows.ts'

/**
 * What lies beside a place in the index. A damaged page can hide rows by leading a search astray or by ending a
 * range too early; what was found is believed if the entries around it, looked for from the other side, agree.
 */
export type Neighbours = {
  /**
   * The last key before `first` is one of which `isLast` says so; undefined where there is none at all.
   *
   * @throws corrupt when the index says otherwise from the other side, here and below
   */
  verifyStart(first: string, isLast: (key: string | undefined) => boolean): void
  /** The same before `end`, where there may be no key. */
  verifyEnd(end: string, isLast: (key: string | undefined) => boolean): void
  /** There is no such key. */
  verifyAbsence(key: string): void
}

type Entry = [key: string, mark: number, keyInTable: string | null]

export function prepareNeighbours(db: DatabaseSync): Neighbours {
  const entry = `SELECT rows.key, rows.mark, (SELECT found.key FROM rows AS found NOT INDEXED WHERE found.id = rows.id)
    FROM rows`
  const lastBefore = db.prepare(`${entry} WHERE key < ? ORDER BY key DESC LIMIT 2`)
  const firstFrom = db.prepare(`${entry} WHERE key >= ? ORDER BY key LIMIT 2`)
  lastBefore.setReturnArrays(true)
  firstFrom.setReturnArrays(true)

  /** @throws corrupt when the index has something else there than the table */
  function find(side: StatementSync, place: string): string | undefined {
    // With setReturnArrays a row is an array of its columns; the types do not know that.
    const [found, next] = side.all(place) as unknown as Entry[]
    if (found === undefined) return undefined
    const [key, mark, keyInTable] = found
    if (key !== keyInTable || keyMark(key) !== mark) damaged()
    // An entry in the place of another is out of order with those around it.
    if (next !== undefined && isBefore(next[0], key) !== (side === lastBefore)) damaged()
    return key
  }

  /** @returns the first key at or behind `end` */
  function verifyEnd(end: string, isLast: (key: string | undefined) => boolean): string | undefined {
    const right = find(firstFrom, end)
    if (!isLast(find(lastBefore, right ?? beyondAll))) damaged()
    return right
  }

  return {
    verifyStart(first, isLast) {
      if (!isLast(find(lastBefore, first))) damaged()
    },
    verifyEnd: (end, isLast) => {
      verifyEnd(end, isLast)
    },
    verifyAbsence(key) {
      const left = find(lastBefore, key)
      if (verifyEnd(key, (last) => last === left) === key) damaged()
    },
  }
}

export const isBefore = (key: string | undefined, place: string): boolean =>
  key === undefined || compareKeys(key, place) < 0
