import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compareValues, holds } from '../../web/src/parts/table/arrange.ts'

describe('rows of a table', () => {
  test('are sorted as people sort: numbers by size, also within names, capitals or not', () => {
    assert.deepEqual(['b10', 'B9', 'a', 'ä', 10, 9].sort(compareValues), [9, 10, 'a', 'ä', 'B9', 'b10'])
  })

  test('are found by a part of any value, capitals or not', () => {
    assert.equal(holds('Alice', ' LIC '), true)
    assert.equal(holds(120, '12'), true)
    assert.equal(holds('Alice', 'bob'), false)
    assert.equal(holds(undefined, ''), false)
  })
})
