import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { growsLinearly } from '../../test/support/growth.ts'
import { withoutEnd } from './text.ts'

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
