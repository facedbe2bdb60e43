import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { highWaterClock, manualClock } from './clock.ts'

const hour = 3_600_000

describe('a clock held at its high-water mark', () => {
  test('tells the time of the clock below', () => {
    const below = manualClock()
    const clock = highWaterClock(below)
    below.advance(hour)
    assert.equal(clock.now(), below.now())
    assert.equal(clock.behind(), 0)
  })

  test('does not go back when the clock below does', () => {
    const below = manualClock()
    const clock = highWaterClock(below)
    const before = clock.now()
    below.jump(-hour)
    assert.equal(clock.now(), before)
    assert.equal(clock.behind(), hour)
  })

  test('tells no time before the mark that it starts with, or is raised to', () => {
    const below = manualClock()
    assert.equal(highWaterClock(below, below.now() + hour).now(), below.now() + hour)
    const clock = highWaterClock(below)
    clock.raise(below.now() + hour)
    clock.raise(below.now())
    assert.equal(clock.now(), below.now() + hour)
  })

  test('goes on at half its speed until the clock below has caught up', () => {
    const below = manualClock()
    const clock = highWaterClock(below)
    const before = clock.now()
    below.jump(-hour)
    clock.now()
    below.advance(hour)
    assert.equal(clock.now(), before + hour / 2)
    below.advance(hour)
    assert.equal(clock.now(), before + hour)
    assert.equal(clock.behind(), 0)
    below.advance(hour)
    assert.equal(clock.now(), before + 2 * hour)
  })
})
