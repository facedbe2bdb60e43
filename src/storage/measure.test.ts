import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLook } from './measure.ts'

describe('a look at a store', () => {
  it('is shared by all who want to know meanwhile and soon afterwards', async () => {
    let now = 0
    let asked = 0
    const look = createLook(async () => ++asked, { freshFor: 100, now: () => now })
    assert.deepEqual(await Promise.all([look(), look()]), [1, 1])
    now = 99
    assert.equal(await look(), 1)
    now = 100
    assert.equal(await look(), 2)
  })

  it('answers nothing where the store does not answer, and does not ask it twice at once', async () => {
    let now = 0
    let asked = 0
    const { promise, resolve } = Promise.withResolvers<string>()
    const look = createLook(() => (++asked === 1 ? promise : Promise.resolve('new')), {
      freshFor: 100,
      patience: 1,
      now: () => now,
    })
    assert.equal(await look(), undefined)
    now = 1000
    assert.equal(await look(), undefined)
    assert.equal(asked, 1)
    resolve('late')
    await promise
    assert.equal(await look(), 'new')
  })

  it('answers nothing where the question fails, and asks again', async () => {
    let now = 0
    let fails = true
    const look = createLook(async () => (fails ? assert.fail('refused') : 'well'), {
      freshFor: 100,
      now: () => now,
    })
    assert.equal(await look(), undefined)
    fails = false
    now = 100
    assert.equal(await look(), 'well')
  })
})
