import type { DatabaseSync } from 'node:sqlite'
import { endOfPrefix, justBehind, startOfList } from '../../keys.ts'
import { defaultLimit, type Listing, type ListOptions } from '../../store.ts'
import { damaged } from '../rows.ts'

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
 * @throws corrupt when the index is not in order
 */
export type ListNames = (prefix: string, options?: ListOptions) => Listing

export function prepareNames(db: DatabaseSync): ListNames {
  const sequential = db.prepare('SELECT key FROM rows WHERE key >= ? AND key < ? ORDER BY key LIMIT ?')
  // From each key to the first one behind its name: ?3 counts the prefix's characters and one more.
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
    SELECT key FROM hop WHERE key IS NOT NULL`)
  sequential.setReturnArrays(true)
  hopping.setReturnArrays(true)

  return (prefix, { after, limit = defaultLimit } = {}) => {
    const end = endOfPrefix(prefix)
    const behindPrefix = [...prefix].length + 1
    const names: string[] = []
    let cursor = startOfList(prefix, after)
    let folder: string | undefined
    let hop = false
    for (let chunk = firstChunk; names.length <= limit; ) {
      const wanted = Math.min(limit + 1 - names.length, hop ? skips : chunk)
      // With setReturnArrays a row is an array of its columns; the types do not know that.
      const found = (hop
        ? hopping.all(cursor, end, behindPrefix, wanted)
        : sequential.all(cursor, end, wanted)) as unknown as [string][]
      let folders = 0
      for (const [key] of found) {
        if (folder !== undefined && key.startsWith(folder)) continue
        // A damaged page may hold anything.
        if (typeof key !== 'string' || !key.startsWith(prefix) || key.length === prefix.length) damaged()
        const slash = key.indexOf('/', prefix.length)
        folder = slash < 0 ? undefined : key.slice(0, slash + 1)
        cursor = folder === undefined ? justBehind(key) : endOfPrefix(folder)
        names.push((folder ?? key).slice(prefix.length))
        if (folder !== undefined) folders++
      }
      if (found.length < wanted) break
      hop = folders * 2 > (hop ? found.length : 0)
      chunk = Math.min(chunk * 2, largestChunk)
    }
    return names.length > limit ? { names: names.slice(0, limit), more: true } : { names, more: false }
  }
}
