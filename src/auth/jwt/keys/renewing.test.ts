import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../../base/clock.ts'
import { type RenewalRules, renewing } from './renewing.ts'

const rules: RenewalRules = { maxAge: 600, keepFor: 3_600, cooldown: 30, retryAfter: 5, maxWaiting: 2 }

function setUp() {
  const clock = manualClock()
  const state = { loads: 0, broken: false, wait: undefined as Promise<void> | undefined }
  const values = renewing(
    async () => {
      state.loads++
      await state.wait
      if (state.broken) throw new Error(`load ${state.loads} failed`)
      return { number: state.loads }
    },
    clock,
    rules,
  )
  return { clock, state, values }
}

describe('a value that is renewed', () => {
  it('is loaded once and kept until it comes of age', async () => {
    const { clock, state, values } = setUp()
    const first = await values.get()
    clock.advance(599)
    assert.equal(await values.get(), first)
    clock.advance(1)
    assert.deepEqual(await values.get(), { number: 2 })
    assert.equal(state.loads, 2)
  })
  it('is loaded by one attempt at a time, however many ask', async () => {
    const { state, values } = setUp()
    const gate = Promise.withResolvers<void>()
    state.wait = gate.promise
    const both = [values.get(), values.get()]
    gate.resolve()
    const [one, two] = await Promise.all(both)
    assert.equal(one, two)
    assert.equal(state.loads, 1)
  })
  it('is refused to those who come when too many wait', async () => {
    const { state, values } = setUp()
    const gate = Promise.withResolvers<void>()
    state.wait = gate.promise
    const waiting = [values.get(), values.get()]
    await assert.rejects(values.get(), { code: 'rate_limited' })
    gate.resolve()
    await Promise.all(waiting)
    await values.get()
  })
  it('is used on while loading fails, for a bounded time', async () => {
    const { clock, state, values } = setUp()
    const first = await values.get()
    state.broken = true
    clock.advance(3_599)
    assert.equal(await values.get(), first)
    clock.advance(1)
    await assert.rejects(values.get(), { message: 'load 2 failed' })
    clock.advance(5)
    await assert.rejects(values.get(), { message: 'load 3 failed' })
  })
  it('is asked for again only some time after a failure', async () => {
    const { clock, state, values } = setUp()
    state.broken = true
    await assert.rejects(values.get(), { message: 'load 1 failed' })
    clock.advance(4)
    await assert.rejects(values.get(), { message: 'load 1 failed' })
    state.broken = false
    clock.advance(1)
    assert.deepEqual(await values.get(), { number: 2 })
  })
  it('is renewed early when it is found wanting, but not more often than the cool-down lets', async () => {
    const { clock, state, values } = setUp()
    const first = await values.get()
    assert.equal(await values.renew(first), undefined)
    clock.advance(30)
    const second = await values.renew(first)
    assert.deepEqual(second, { number: 2 })
    assert.equal(await values.renew(first), second, 'who still holds the old value gets the new one')
    assert.equal(await values.renew(second as { number: number }), undefined)
    assert.equal(state.loads, 2)
  })
})
