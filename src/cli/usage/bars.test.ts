import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bars } from './bars.ts'

describe('bars', () => {
  it('are as long as the numbers are large', () => {
    assert.deepEqual(bars([8, 4, 1, 0], 4), ['████', '██', '▌', ''])
    assert.deepEqual(bars([1000, 1], 4), ['████', '▏'])
    assert.deepEqual(bars([0, 0], 4), ['', ''])
    assert.deepEqual(bars([], 4), [])
  })
  it('never go beyond the width, nor is a larger number’s shorter', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.integer({ min: 1, max: 60 }), (numbers, width) => {
        const made = bars(numbers, width)
        const most = made.map((bar) => bar.length)
        assert.ok(most.every((length) => length <= width))
        for (const [i, a] of numbers.entries()) {
          for (const [j, b] of numbers.entries()) if (a > b) assert.ok((most[i] ?? 0) >= (most[j] ?? 0))
        }
      }),
    )
  })
})
