import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { growsLinearly } from '../../test/support/growth.ts'
import { unwrapError } from './error.ts'

describe('an error of several texts', () => {
  test('is split into them', () => {
    assert.deepEqual(unwrapError('1 error occurred:\n\t* one\n\n'), ['one'])
    assert.deepEqual(unwrapError('2 errors occurred:\n\t* one\n\t* two'), ['one', 'two'])
    assert.deepEqual(unwrapError('1 error occurred:\n\t* one\nand more'), [
      '1 error occurred:\n\t* one\nand more',
    ])
    assert.deepEqual(unwrapError('plain'), ['plain'])
  })

  test('is read in time in proportion to its length, whatever a server says', () => {
    for (const part of ['\t* ', '\t* \n', '\t* a\n', '\n', ' ']) {
      const make = (size: number) => `1 error occurred:\n${part.repeat(size / part.length)}\nX`
      // Few of them would be too many if there were several ways to read them.
      assert.ok(growsLinearly(make, unwrapError, 96))
      assert.ok(growsLinearly(make, unwrapError, 16_384), part)
    }
  })
})
