import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createRecorder, latencyBounds } from './metrics.ts'

describe('a distribution', () => {
  test('is empty at first', () => {
    assert.deepEqual(createRecorder([1, 2]).read(), {
      bounds: [1, 2],
      counts: [0, 0, 0],
      count: 0,
      sum: 0,
      sumOfSquares: 0,
      min: 0,
      max: 0,
    })
  })

  test('puts a value into the first bucket whose bound it does not exceed', () => {
    const recorder = createRecorder([1, 2])
    for (const value of [0, 1, 1.5, 2, 3, 100]) recorder.add(value)
    const { counts, count, sum, min, max } = recorder.read()
    assert.deepEqual([counts, count, sum, min, max], [[2, 2, 2], 6, 107.5, 0, 100])
  })

  test('has every value in one bucket', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (values) => {
        const recorder = createRecorder()
        for (const value of values) recorder.add(value)
        const { counts, count, min, max } = recorder.read()
        assert.equal(counts.length, latencyBounds.length + 1)
        assert.equal(
          counts.reduce((sum, one) => sum + one, 0),
          values.length,
        )
        assert.equal(count, values.length)
        if (values.length > 0) assert.deepEqual([min, max], [Math.min(...values), Math.max(...values)])
      }),
    )
  })
})
