import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../base/clock.ts'
import { createLimiter, maxClients } from './limiter.ts'
import type { RateLimit } from './table.ts'

const limit: RateLimit = {
  name: 'q',
  id: 'q1',
  mount: '',
  inside: '',
  rate: 2,
  interval: 2,
  blockInterval: 0,
  groupBy: 'ip',
}

function start() {
  const clock = manualClock()
  const limiter = createLimiter(clock)
  const take = (address = '192.0.2.1', of = limit) => limiter.take(of, address)
  return { clock, limiter, take }
}

describe('a rate limit', () => {
  it('allows so many requests in an interval, and says where the client stands', () => {
    const { clock, take } = start()
    assert.deepEqual(take(), { allowed: true, limit: 2, remaining: 1, reset: 2 })
    clock.advance(500)
    assert.deepEqual(take(), { allowed: true, limit: 2, remaining: 0, reset: 2 })
    clock.advance(600)
    assert.deepEqual(take(), { allowed: false, limit: 2, remaining: 0, reset: 1 })
    clock.advance(900)
    assert.deepEqual(take(), { allowed: true, limit: 2, remaining: 1, reset: 2 })
  })

  it('is each address its own, unless all count together', () => {
    const { take } = start()
    const together = { ...limit, id: 'q2', groupBy: 'none' } as const
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      assert.equal(take(address).allowed, true)
      assert.equal(take(address, together).allowed, address !== '192.0.2.3')
    }
  })

  it('counts all addresses of a /64 of IPv6 as one', () => {
    const { take } = start()
    for (const address of ['2001:db8::1', '2001:db8::2:1']) assert.equal(take(address).allowed, true)
    assert.equal(take('2001:db8:0:0:ffff:1:2:3').allowed, false)
    assert.equal(take('2001:db8:0:1::1').allowed, true)
    assert.equal(take('::1').allowed, true)
  })

  it('refuses a client for its block interval, however often it asks', () => {
    const { clock, take } = start()
    const blocking = { ...limit, blockInterval: 10 }
    for (let i = 0; i < 3; i++) take('192.0.2.1', blocking)
    for (let second = 10; second > 0; second--) {
      assert.deepEqual(take('192.0.2.1', blocking), { allowed: false, limit: 2, remaining: 0, reset: second })
      clock.advance(1000)
    }
    assert.equal(take('192.0.2.1', blocking).allowed, true)
  })

  it('allows at least one request, whatever fraction is asked for', () => {
    const { take } = start()
    assert.deepEqual(take('192.0.2.1', { ...limit, rate: 0.2 }).limit, 1)
  })

  it('is shared among the processes, so that all together allow no more than one', () => {
    const { limiter } = start()
    const fraction = (rate: number, processes: number) =>
      limiter.take({ ...limit, id: `${rate}/${processes}`, rate }, '', processes).limit
    assert.deepEqual([fraction(9, 1), fraction(9, 2), fraction(9, 3), fraction(9, 10)], [9, 4, 3, 1])
  })

  it('remembers a bounded number of clients, and forgets the oldest first', () => {
    const { limiter, take } = start()
    for (let i = 0; i < maxClients + 10; i++) take(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    assert.equal(limiter.size, maxClients)
    const last = maxClients + 9
    assert.equal(take(`10.${last >> 16}.${(last >> 8) & 255}.${last & 255}`).remaining, 0)
    assert.equal(take('10.0.0.0').remaining, 1)
  })
})
