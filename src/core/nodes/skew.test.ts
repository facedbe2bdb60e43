import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { certainly, createSkewMeter } from './skew.ts'

describe('the skew of another clock', () => {
  test('is not known before a beat', () => {
    assert.equal(createSkewMeter().read(), undefined)
  })

  test('lies between what its beats allow, however late they are seen', () => {
    const span = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(
        fc.integer({ min: -1e7, max: 1e7 }),
        fc.array(fc.record({ waited: span, late: span }), { minLength: 1, maxLength: 30 }),
        (ahead, beats) => {
          const meter = createSkewMeter()
          let now = 1e12
          for (const { waited, late } of beats) {
            const before = now
            now += waited
            const told = now + ahead
            now += late
            meter.observe(told, before, now)
          }
          const skew = meter.read()
          assert.ok(skew !== undefined)
          assert.ok(Math.abs(skew.estimate - ahead) <= skew.error + 1)
          assert.ok(certainly(skew) <= Math.abs(ahead) + 1)
        },
      ),
    )
  })

  test('gets more exact with beats at other moments', () => {
    const meter = createSkewMeter()
    meter.observe(1_000 + 700, 1_000, 2_000)
    assert.deepEqual(meter.read(), { estimate: 200, error: 500 })
    meter.observe(6_999 + 700, 6_000, 7_000)
    assert.deepEqual(meter.read(), { estimate: 700, error: 1 })
  })

  test('follows a clock that is set', () => {
    const meter = createSkewMeter()
    for (let now = 0; now < 10_000; now += 1_000) meter.observe(now + 500, now, now + 1_000)
    meter.observe(20_500 + 60_000, 20_000, 21_000)
    assert.deepEqual(meter.read(), { estimate: 60_000, error: 500 })
  })
})
