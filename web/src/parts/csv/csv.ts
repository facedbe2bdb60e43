export type Cell = string | number | undefined

/**
 * Comma-separated values (RFC 4180) that spreadsheets read as they are: in UTF-8 with its mark, and with an
 * apostrophe before every text that a spreadsheet would take for a formula.
 */
export function csvOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
}

/** What spreadsheets begin a formula with, in the wide forms of some of them as well, or what they leave out before. */
const formula = /^[\s\p{Cc}\p{Cf}]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u

function cellText(cell: Cell): string {
  if (cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const safe = formula.test(cell) ? `'${cell}` : cell
  return /[",;\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
