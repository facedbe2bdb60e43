import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { countOf, type Failures, isLocked, ruleOf } from './rule.ts'

describe('the rule of lockouts', () => {
  it('is five failures and a quarter of an hour where the mount says nothing', () => {
    const usual = { threshold: 5, duration: 900, counterReset: 900, disabled: false }
    assert.deepEqual(ruleOf(undefined), usual)
    assert.deepEqual(ruleOf({ threshold: 2, duration: 0, counterReset: 0, disabled: false }), {
      ...usual,
      threshold: 2,
    })
  })

  it('lets nobody try more often than the threshold within the duration', () => {
    const span = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(span, span, span, fc.array(fc.nat(40)), (threshold, duration, counterReset, pauses) => {
        const rule = { threshold, duration, counterReset, disabled: false }
        let failures: Failures | undefined
        let now = 0
        const tries: number[] = []
        for (const pause of pauses) {
          now += pause * 1000
          if (isLocked(failures, rule, now)) continue
          tries.push(now)
          failures = { count: countOf(failures, rule, now) + 1, last: now }
        }
        const gap = Math.min(duration, counterReset) * 1000
        for (const [i, at] of tries.entries()) {
          const later = tries[i + threshold]
          if (later === undefined) continue
          const between = tries.slice(i, i + threshold + 1)
          const paused = between.some((time, j) => j > 0 && time - (between[j - 1] ?? 0) >= gap)
          assert.ok(paused, `${threshold + 1} tries from ${at} to ${later} without a pause`)
        }
      }),
    )
  })

  it('keeps its failures for as long as it lasts, however soon failures are forgotten', () => {
    const rule = { threshold: 2, duration: 100, counterReset: 10, disabled: false }
    const failures = { count: 2, last: 0 }
    assert.equal(isLocked(failures, rule, 50_000), true)
    assert.equal(countOf(failures, rule, 50_000), 2)
    assert.equal(countOf({ count: 1, last: 0 }, rule, 50_000), 0)
    assert.equal(countOf(failures, rule, 100_000), 0)
  })
})
