import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { csvOf } from '../../web/src/parts/csv/csv.ts'

const linesOf = (rows: readonly (readonly (string | number | undefined)[])[]) =>
  csvOf(['a', 'b'], rows).slice(1).split('\r\n')

/** Reads it as RFC 4180 says. */
function parse(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const at = text.charAt(i)
    if (isQuoted && at === '"' && text.charAt(i + 1) === '"') {
      cell += at
      i++
    } else if (at === '"') isQuoted = !isQuoted
    else if (!isQuoted && at === ',') {
      row.push(cell)
      cell = ''
    } else if (!isQuoted && at === '\r') {
      rows.push([...row, cell])
      row = []
      cell = ''
      i++
    } else cell += at
  }
  return rows
}

describe('tables for spreadsheets', () => {
  test('begin with the mark of UTF-8, and have a line for each row', () => {
    assert.equal(csvOf(['a', 'b'], [['x', 1]]), '\uFEFFa,b\r\nx,1\r\n')
    assert.deepEqual(linesOf([[undefined, -5]]), ['a,b', ',-5', ''])
  })

  test('let no text become a formula', () => {
    for (const text of [
      '=HYPERLINK("https://evil.example","x")',
      '+1',
      '-1+cmd|calc',
      '@SUM(A1)',
      '  =1',
      '\t=1',
      '\r=1',
      '\u200B=1',
      '\uFF1D1',
      '|x',
    ]) {
      const [, row] = parse(csvOf(['a'], [[text]]).slice(1))
      assert.deepEqual(row, [`'${text}`])
    }
  })

  test('keep every other text as it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 }), { maxLength: 5 }),
        (rows) => {
          const [, ...read] = parse(csvOf(['a', 'b'], rows).slice(1))
          const plain = (text: string, shown = '') => (shown === `'${text}` ? text : shown)
          assert.deepEqual(
            read.map((row, i) => row.map((cell, j) => plain(rows[i]?.[j] ?? '', cell))),
            rows,
          )
          for (const cell of read.flat()) assert.doesNotMatch(cell, /^\s*[=+\-@]/)
        },
      ),
    )
  })
})
