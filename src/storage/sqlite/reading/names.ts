import type { DatabaseSync } from 'node:sqlite'
import { compareKeys, endOfPrefix, justBehind, startOfList } from '../../keys.ts'
import { defaultLimit, type Listing, type ListOptions } from '../../store.ts'
import { damaged, keyMark } from '../rows.ts'
import { isBefore, type Neighbours } from './neighbours.ts'

/** Keys that are looked at together while they come one a name; it doubles while they do. */
const firstChunk = 64
const largestChunk = 1024
/** Folders that are skipped over in one statement. */
const skips = 512

/**
 * Lists the immediate children of a folder from the index alone. Rows in sequence are read in sequence; where
 * folders come, a statement hops from each to the next without touching what lies between.
 *
 * @param prefix empty, or ending in `/`
 * @throws corrupt when the index is not in order, or has a name that was not written
 */
export type ListNames = (prefix: string, options?: ListOptions) => Listing

export function prepareNames(db: DatabaseSync, neighbours: Neighbours): ListNames {
  const sequential = db.prepare('SELECT key, mark FROM rows WHERE key >= ? AND key < ? ORDER BY key LIMIT ?')
  // From each key to the first one behind its name: ?3 counts the prefix's characters and one more. With the
  // last key of the name before, from which it is seen whether a hop went too far.
  const hopping = db.prepare(`
    WITH RECURSIVE hop(key) AS (
      SELECT * FROM (SELECT key FROM rows WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT 1)
      UNION ALL
      SELECT (
        SELECT rows.key FROM rows
        WHERE rows.key >= CASE instr(substr(hop.key, ?3), '/')
            WHEN 0 THEN hop.key || char(0)
            ELSE substr(hop.key, 1, ?3 - 2 + instr(substr(hop.key, ?3), '/')) || '0'
          END
          AND rows.key < ?2
        ORDER BY rows.key LIMIT 1
      )
      FROM hop WHERE hop.key IS NOT NULL LIMIT ?4
    )
    SELECT key, (SELECT mark FROM rows WHERE rows.key = hop.key),
      (SELECT rows.mark || ' ' || rows.key FROM rows WHERE rows.key < hop.key ORDER BY rows.key DESC LIMIT 1)
    FROM hop WHERE key IS NOT NULL`)
  sequential.setReturnArrays(true)
  hopping.setReturnArrays(true)

  return (prefix, { after, limit = defaultLimit } = {}) => {
    const end = endOfPrefix(prefix)
    const behindPrefix = [...prefix].length + 1
    const names: string[] = []
    const start = startOfList(prefix, after)
    let cursor = start
    let last: string | undefined
    let folder: string | undefined
    let hop = false
    /** Whether nothing but what was seen, and the folders that were skipped, lies up to behind `key`. */
    const isSeen = (key: string | undefined): boolean =>
      last === undefined
        ? isBefore(key, start)
        : key === last || (key !== undefined && folder !== undefined && key.startsWith(folder))
    for (let chunk = firstChunk; names.length <= limit; ) {
      const wanted = Math.min(limit + 1 - names.length, hop ? skips : chunk)
      // With setReturnArrays a row is an array of its columns; the types do not know that.
      const found = (hop
        ? hopping.all(cursor, end, behindPrefix, wanted)
        : sequential.all(cursor, end, wanted)) as unknown as [string, number, (string | null)?][]
      let folders = 0
      for (const [i, [key, mark, previous]] of found.entries()) {
        // A damaged page may hold anything.
        if (typeof key !== 'string' || keyMark(key) !== mark) damaged()
        if (last !== undefined && !isBehind(key, last)) damaged()
        if (hop && !isSeen(sound(previous))) damaged()
        if (!hop && i === 0) neighbours.verifyStart(key, isSeen)
        last = key
        if (folder !== undefined && key.startsWith(folder)) continue
        if (!key.startsWith(prefix) || key.length === prefix.length) damaged()
        const slash = key.indexOf('/', prefix.length)
        folder = slash < 0 ? undefined : key.slice(0, slash + 1)
        cursor = folder === undefined ? justBehind(key) : endOfPrefix(folder)
        names.push((folder ?? key).slice(prefix.length))
        if (folder !== undefined) folders++
      }
      if (found.length < wanted) {
        neighbours.verifyEnd(end, isSeen)
        break
      }
      hop = folders * 2 > (hop ? found.length : 0)
      chunk = Math.min(chunk * 2, largestChunk)
    }
    return names.length > limit ? { names: names.slice(0, limit), more: true } : { names, more: false }
  }
}

// Where text is in order by its UTF-16 units it is by its bytes too, but for some that no check depends on.
const isBehind = (key: string, last: string): boolean => key > last || compareKeys(key, last) > 0

/** A key from behind its mark. */
function sound(entry: string | null | undefined): string | undefined {
  if (typeof entry !== 'string') return undefined
  const at = entry.indexOf(' ')
  const key = entry.slice(at + 1)
  return entry.slice(0, at) === String(keyMark(key)) ? key : damaged()
}
