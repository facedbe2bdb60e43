import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { findFault } from './json-fault.ts'

const faults: [string, string][] = [
  ['b', "invalid character 'b' looking for beginning of value"],
  ['{"a":', 'unexpected EOF'],
  ['{"a"', 'unexpected EOF'],
  ['{"a":"abc', 'unexpected EOF'],
  ['{"a":"\\"}', 'unexpected EOF'],
  ['nul', 'unexpected EOF'],
  ['-', 'unexpected EOF'],
  ['{"a" "b"}', `invalid character '"' after object key`],
  ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
  ['{"a":1]', "invalid character ']' after object key:value pair"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{"a":truX}', "invalid character 'X' in literal true (expecting 'e')"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":-x}', "invalid character 'x' in numeric literal"],
  ['{"a":1e+x}', "invalid character 'x' in exponent of numeric literal"],
  ['{"a":"\n"}', "invalid character '\\n' in string literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\\u12G4"}', "invalid character 'G' in \\u hexadecimal character escape"],
  ['{"a":1}{"b":2}', "invalid character '{' after top-level value"],
]

describe('the fault of a text that is no JSON', () => {
  test('is named as Go names it', () => {
    for (const [text, fault] of faults) assert.equal(findFault(text)?.words, fault, text)
  })

  test('is found if and only if the text is no JSON', () => {
    const letters = fc.constantFrom(...'{}[],:"\\ntrueflas019.eE+-u \t\n')
    const edit = fc.record({ at: fc.nat(), letter: letters, remove: fc.boolean() })
    const text = fc.oneof(
      fc.tuple(fc.json(), fc.array(edit, { maxLength: 3 })).map(([json, edits]) =>
        edits.reduce((before, { at, letter, remove }) => {
          const place = at % (before.length + 1)
          return before.slice(0, place) + (remove ? '' : letter) + before.slice(place + (remove ? 1 : 0))
        }, json),
      ),
      fc.array(letters, { maxLength: 12 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (sample) => {
        let valid = true
        try {
          JSON.parse(sample)
        } catch {
          valid = false
        }
        assert.equal(findFault(sample) === undefined, valid, sample)
      }),
      { numRuns: 5000 },
    )
  })

  test('says where more text begins behind a complete value', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.stringMatching(/^[ \t\r\n]{1,3}$/), (first, second, blank) => {
        const text = first + blank + second
        assert.equal(findFault(text)?.rest, first.length + blank.length, text)
      }),
    )
    assert.equal(findFault('{"a":1')?.rest, undefined)
  })

  test('shows one character of the text at most', () => {
    for (const [text] of faults) {
      const hidden = findFault(text.replaceAll('"a', '"hunter2'))?.words
      assert.ok(!hidden?.includes('hunter'))
    }
  })
})
