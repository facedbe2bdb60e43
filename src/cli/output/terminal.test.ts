import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { neutralise, neutraliseJson, paint, printable } from './terminal.ts'

const anything = fc.string({ unit: 'binary' })
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const steering = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

describe('what a server sends', () => {
  it('cannot steer a terminal', () => {
    assert.equal(neutralise('a\x1b]0;title\x07b\r\u202ec\x9b1m'), 'a\\x1b]0;title\\x07b\\x0d\\u202ec\\x9b1m')
    fc.assert(fc.property(anything, (text) => assert.doesNotMatch(neutralise(text), steering)))
  })

  it('stays readable', () => {
    const text = 'line\n\ttab: grüße, 秘密, 🔑'
    assert.equal(neutralise(text), text)
  })

  it('means the same in JSON', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = neutraliseJson(JSON.stringify(text))
        assert.doesNotMatch(shown, steering)
        assert.equal(JSON.parse(shown), text)
      }),
    )
  })

  it('goes unchanged into a pipe', () => {
    const write = () => {}
    assert.equal(printable('\x1b[31m', { write }), '\x1b[31m')
    assert.equal(printable('\x1b[31m', { write, isTTY: true }), '\\x1b[31m')
  })
})

describe('colours', () => {
  const terminal = { write: () => {}, isTTY: true }

  it('are for terminals that want them', () => {
    assert.equal(paint('red', 'x', terminal, {}), '\x1b[31mx\x1b[39m')
    assert.equal(paint('red', 'x', terminal, { NO_COLOR: '1' }), 'x')
    assert.equal(paint('red', 'x', terminal, { TERM: 'dumb' }), 'x')
    assert.equal(paint('red', 'x', { write: () => {} }, {}), 'x')
  })
})
