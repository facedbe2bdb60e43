import { explain } from '../explain.ts'
import type { Connection } from '../reading/reader.ts'

/** Findings beyond which a check stops: the store needs its backup, not a longer list. */
const maxFindings = 100

/**
 * Reads every page, index entry and row. Takes about a second for some hundred megabytes, and holds the
 * write-ahead log open meanwhile.
 *
 * @returns what is wrong, without names or values of rows; empty when all is well
 */
export function checkStore({ db, rows, state }: Connection): string[] {
  return [
    ...findings('the pages cannot be read', () =>
      db
        .prepare(`PRAGMA integrity_check(${maxFindings})`)
        .all()
        .map((row) => String(row.integrity_check))
        .filter((text) => text !== 'ok'),
    ),
    ...findings('the state is not what was written', () => {
      const late = db
        .prepare('SELECT count(*) AS count FROM rows WHERE version > ? OR version < 1')
        .get(state()[0])
      return late?.count === 0 ? [] : [`${late?.count} rows have versions that were never given`]
    }),
    ...findings('a row is not what was written', () => {
      for (let after: string | undefined; ; ) {
        const page = rows('', { after, limit: 1000 })
        after = page.rows.at(-1)?.key
        if (!page.more) return []
      }
    }),
  ]
}

/** What a part of the check finds; `damaged` where it comes upon damage that it cannot read past. */
function findings(damaged: string, part: () => string[]): string[] {
  try {
    return part()
  } catch (error) {
    const failure = explain(error)
    if (failure.code !== 'corrupt') throw failure
    return [damaged]
  }
}
