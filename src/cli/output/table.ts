/** A cell: text that is shown as it is. Further lines of it stand below its first, in the same column. */
export type Row = readonly string[]

const gap = '    '

/** Columns under headings, as Vault's tools show them. */
export function table(headings: Row, rows: readonly Row[]): string {
  return columns([headings, headings.map((heading) => '-'.repeat(heading.length)), ...rows])
}

/** `Key` and `Value`. */
export const keyValueTable = (rows: readonly Row[]): string => table(['Key', 'Value'], rows)

/** Aligned columns without headings. */
export function columns(rows: readonly Row[]): string {
  const cells = rows.map((row) =>
    row.map((cell) => cell.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n')),
  )
  const count = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...cells.map((row) => Math.max(0, ...(row[column] ?? []).map((line) => [...line].length)))),
  )
  return cells.flatMap((row) => linesOf(row, widths)).join('\n')
}

function linesOf(row: readonly string[][], widths: readonly number[]): string[] {
  const height = Math.max(...row.map((lines) => lines.length))
  return Array.from({ length: height }, (_, index) =>
    row
      .map((lines, column) => {
        const text = lines[index] ?? ''
        return column === row.length - 1 ? text : text + ' '.repeat((widths[column] ?? 0) - [...text].length)
      })
      .join(gap)
      .trimEnd(),
  )
}

/** A heading over a table: `====== Data ======`. */
export function banner(title: string, below: string): string {
  const width = Math.max(
    ...below
      .split('\n')
      .slice(0, 2)
      .map((line) => line.length),
  )
  const side = '='.repeat(Math.max(2, Math.ceil((width - title.length - 2) / 2)))
  return `${side} ${title} ${side}`
}
