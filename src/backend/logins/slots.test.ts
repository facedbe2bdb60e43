import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import { createSlots, createSlotsOfEach } from './slots.ts'

/** Work that lasts until it is told to end. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>()
  let begun = false
  return {
    get begun() {
      return begun
    },
    end: resolve,
    run: () => {
      begun = true
      return promise
    },
  }
}

describe('slots', () => {
  it('run so many at once, have the next wait for their turn, and refuse what is beyond', async () => {
    const slots = createSlots(3, 2)
    const [a, b, c] = [work(), work(), work()]
    const [first, , third] = [a, b, c].map((each) => slots.run(each.run))
    await Promise.resolve()
    assert.deepEqual([a.begun, b.begun, c.begun], [true, true, false])
    await assert.rejects(
      slots.run(async () => {}),
      (error) => isFailure(error, 'rate_limited'),
    )
    a.end()
    await first
    await new Promise(setImmediate)
    assert.ok(c.begun)
    c.end()
    await third
    b.end()
    assert.equal(await slots.run(async () => 'again'), 'again')
  })

  it('give a place back also where the work fails', async () => {
    const slots = createSlots(1)
    const failing = () => slots.run(() => Promise.reject(new Error('no')))
    await assert.rejects(failing(), /no/)
    await assert.rejects(failing(), /no/)
  })
})

describe('slots of each', () => {
  it('are taken from one and not from another', async () => {
    const slots = createSlotsOfEach(1)
    const slow = work()
    const first = slots.run('slow', slow.run)
    await assert.rejects(
      slots.run('slow', async () => {}),
      (error) => isFailure(error, 'rate_limited'),
    )
    assert.equal(await slots.run('other', async () => 'served'), 'served')
    slow.end()
    await first
    assert.equal(await slots.run('slow', async () => 'again'), 'again')
  })
})
