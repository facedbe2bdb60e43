import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root } from '../support/server.ts'
import { figures, intoDocument, type Report } from './report.ts'

const run = (readGap: number, parts: Partial<Report['series'][number]['runs'][number]> = {}) => ({
  ...{ fault: 'node killed', readGap, writeGap: 2 * readGap, readsFailed: 0, writesFailed: 1 },
  ...{ reads: 100, writes: 50, lost: 0, wrong: [], histories: [], operations: 1000, objects: 10 },
  ...parts,
})
const report: Report = {
  ...{ machine: 'one core', patience: 1000, load: [1, 2] },
  series: [
    {
      ...{ store: 'SQLite', about: 'three processes', fault: 'node killed' },
      runs: [run(100), run(300), run(200, { lost: 2, wrong: ['a', 'b', 'c'] })],
    },
  ],
}

describe('the report of failures', () => {
  test('has the median and the worst gap, and all that failed, was lost or was wrong', () => {
    const text = figures(report)
    assert.ok(
      text.includes('| node killed | 3 | 0.20 s / 0.30 s | 0.40 s / 0.60 s | 0 of 300 | 3 of 150 | 2 | 3 |'),
      text,
    )
    assert.match(text, /^Measured on one core\. .*: 1\.5\. .* 1 s for an answer/)
    assert.match(text, /3,000 operations on 30 /)
  })

  test('takes the place of the one before, and leaves the rest of the document', () => {
    const document = readFileSync(join(root, 'docs', 'availability.md'), 'utf8')
    const once = intoDocument(document, 'new figures')
    assert.equal(intoDocument(intoDocument(document, 'other figures'), 'new figures'), once)
    assert.match(once, /^# Availability.*\n\nnew figures\n\n.*## How to read them/s)
    assert.throws(() => intoDocument('no place for it', 'x'), /has no <!-- measured/)
  })
})
