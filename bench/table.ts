/** Prints a Markdown table: the first column to the left, numbers to the right. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heads.map((head, i) => Math.max(head.length, 3, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  console.log([line(heads), line(rule), ...rows.map(line)].join('\n'))
  console.log()
}

export const whole = (value: number) => Math.round(value).toLocaleString('en')
export const milliseconds = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0))
