import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createLog } from './create-log.ts'

/** What one entry of the log looks like. */
function shown(fields: object, text: string): string {
  let lines = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines += String(chunk)
      done()
    },
  })
  createLog(stream, 'info', 'standard').warn(fields, text)
  return lines
}

describe('a line of the log for people', () => {
  test('says when, how bad, what, and the rest by name', () => {
    const line = shown(
      { url: 'https://127.0.0.1:8200', pid: 7, why: 'two words', more: { a: 1 } },
      'it is so',
    )
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn {2}it is so /)
    assert.match(line, / url=https:\/\/127\.0\.0\.1:8200 pid=7 why="two words" more=\{"a":1\}\n$/)
  })

  test('stays one line without control characters, whatever is in it', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(anything, anything, anything, (name, value, text) => {
        const line = shown({ [`x${name}`]: value }, text)
        assert.equal(line.at(-1), '\n')
        assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\u2028\u2029]/u)
      }),
    )
    assert.match(shown({}, 'a\nb\u001b[31m'), / a\\u000ab\\u001b\[31m\n$/)
  })
})
