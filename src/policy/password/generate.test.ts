import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { generatePassword } from './generate.ts'
import { parsePasswordPolicy } from './parse.ts'

describe('a generated password', () => {
  it('draws every character equally often, also where bytes do not divide evenly', () => {
    const alphabet = Array.from({ length: 200 }, (_, i) => String.fromCharCode(0x100 + i))
    const policy = { length: 400, alphabet, rules: [] }
    // Every byte once in turn: what is even over them is even.
    const bytes = () => Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const password = generatePassword(policy, { bytes }) ?? ''
    const counts = alphabet.map((character) => password.split(character).length - 1)
    assert.deepEqual(new Set(counts), new Set([2]))
  })

  it('has the length and the characters that are asked for', () => {
    const charset = fc.string({ unit: fc.constantFrom(...'abcXYZ019-é漢😀'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 30 }),
        charset,
        charset,
        fc.integer({ min: 0, max: 2 }),
        (length, a, b, least) => {
          const policy = parsePasswordPolicy(
            `length = ${length}\nrule "charset" { charset = "${a}" min-chars = ${least} }\nrule "charset" { charset = "${b}" min-chars = ${least} }`,
          )
          const password = generatePassword(policy, systemRandom)
          assert.ok(password !== undefined)
          const made = [...password]
          assert.equal(made.length, length)
          for (const set of [a, b]) {
            assert.ok(made.filter((character) => [...set].includes(character)).length >= least)
          }
          assert.ok(made.every((character) => [...a, ...b].includes(character)))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('whatever text is a policy or is refused as one', () => {
    const words = [
      'length',
      'rule',
      '"charset"',
      'charset',
      'min-chars',
      '=',
      '{',
      '}',
      '[',
      '12',
      '-1',
      '1e9',
      '"',
      '\n',
      ' ',
      '\0',
      'é',
    ]
    const piece = fc.constantFrom(...words)
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 30 }), (text) => {
        try {
          parsePasswordPolicy(text)
        } catch (error) {
          assert.ok(isFailure(error, 'invalid_request'), String(error))
        }
      }),
    )
  })
})
