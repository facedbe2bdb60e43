import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { growsLinearly } from '../../test/support/growth.ts'
import { nearest, withoutEnd } from './text.ts'

describe('a text without one character at its end', () => {
  test('is what an expression would leave', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('/', 'a', ' ')).map((parts) => parts.join('')),
        (text) => {
          assert.equal(withoutEnd(text, '/'), text.replace(/\/+$/, ''))
        },
      ),
    )
  })

  test('takes time in proportion to its length', () => {
    for (const make of [(size: number) => `a${'/'.repeat(size)}a`, (size: number) => '/'.repeat(size)]) {
      assert.ok(growsLinearly(make, (text) => withoutEnd(text, '/'), 16_384))
    }
  })
})

describe('the name that was probably meant', () => {
  const names = ['policies', 'ttl', 'period', 'num_uses', 'renewable']

  test('is one with a letter or two changed, missing, too many or swapped', () => {
    for (const [sent, meant] of [
      ['polices', 'policies'],
      ['Policies', 'policies'],
      ['perido', 'period'],
      ['numuses', 'num_uses'],
      ['renewablee', 'renewable'],
      ['tll', 'ttl'],
    ] as const) {
      assert.equal(nearest(sent, names), meant, sent)
    }
  })

  test('is none where nothing is near, or the name is too short or too long to tell', () => {
    for (const sent of ['', 'a', 'tt', 'metadata', 'x'.repeat(10_000)]) {
      assert.equal(nearest(sent, names), undefined, sent)
    }
  })

  test('is never further away than two letters', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        fc.array(fc.string({ maxLength: 80 }), { maxLength: 5 }),
        (sent, known) => {
          const meant = nearest(sent, known)
          if (meant !== undefined) assert.ok(Math.abs(meant.length - sent.length) <= 2)
          if (sent.length >= 3 && sent.length <= 64) assert.equal(nearest(sent, [sent]), sent)
        },
      ),
    )
  })
})
