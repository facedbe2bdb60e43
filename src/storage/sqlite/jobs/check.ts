import { isFailure } from '../../../base/errors.ts'
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
  const findings = db
    .prepare(`PRAGMA integrity_check(${maxFindings})`)
    .all()
    .map((row) => String(row.integrity_check))
    .filter((text) => text !== 'ok')
  const [sequence] = state()
  const late = db.prepare('SELECT count(*) AS count FROM rows WHERE version > ? OR version < 1').get(sequence)
  if (late?.count !== 0) findings.push(`${late?.count} rows have versions that were never given`)
  const damagedRows = countDamaged(rows)
  if (damagedRows !== '') findings.push(damagedRows)
  return findings
}

function countDamaged(rows: Connection['rows']): string {
  try {
    for (let after: string | undefined; ; ) {
      const page = rows('', { after, limit: 1000 })
      after = page.rows.at(-1)?.key
      if (!page.more) return ''
    }
  } catch (error) {
    if (!isFailure(error, 'corrupt')) throw error
    return 'a row is not what was written'
  }
}
