import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { durationText, isDuration, seconds } from './duration.ts'

describe('a duration', () => {
  it('is seconds, or numbers with units', () => {
    assert.equal(seconds('90'), 90)
    assert.equal(seconds('1h30m'), 5400)
    assert.equal(seconds('1.5h'), 5400)
    assert.equal(seconds('2d'), 172_800)
    assert.equal(seconds('500ms'), 0.5)
  })

  it('is nothing else', () => {
    for (const text of ['', 'h', '-1s', '1 h', '1h ', '1.h', '.5h', '1w', '1h30', '1e3s']) {
      assert.equal(isDuration(text), false, text)
    }
  })

  it('is written without the parts that are zero', () => {
    assert.equal(durationText(0), '0s')
    assert.equal(durationText(2_764_800), '768h')
    assert.equal(durationText(3661), '1h1m1s')
  })

  it('reads back as it was written', () => {
    fc.assert(fc.property(fc.nat(), (span) => assert.equal(seconds(durationText(span)), span)))
  })
})
