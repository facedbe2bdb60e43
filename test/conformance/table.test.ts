import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { requires } from '../support/requires.ts'
import { missing } from './recordings.ts'
import { forgottenAreas, withTable } from './table.ts'

describe('the table of docs/compatibility.md', requires(missing), () => {
  it('is current (renew it with: npm run docs)', () => {
    const page = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8')
    assert.equal(page, withTable(page))
  })

  it('has a row for each recording', () => {
    assert.deepEqual(forgottenAreas(), [])
  })
})
