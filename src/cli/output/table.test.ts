import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { banner, columns, keyValueTable } from './table.ts'

describe('a table', () => {
  it('aligns its columns under its headings', () => {
    assert.equal(
      keyValueTable([
        ['a', '1'],
        ['longer', ''],
      ]),
      'Key       Value\n---       -----\na         1\nlonger',
    )
  })

  it('keeps the lines of a value in its column, so that none passes for a row', () => {
    const text = keyValueTable([['key', 'one\npassword    fake\n']])
    assert.equal(text, 'Key    Value\n---    -----\nkey    one\n       password    fake')
  })

  it('counts characters, not code units', () => {
    assert.equal(
      columns([
        ['🔑', 'a'],
        ['ab', 'b'],
      ]),
      '🔑     a\nab    b',
    )
  })

  it('has its title in the middle', () => {
    assert.equal(banner('Data', 'Key         Value\n---         -----'), '====== Data ======')
    assert.equal(banner('Secret Path', 'a'), '== Secret Path ==')
  })
})
