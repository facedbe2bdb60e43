import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { barrierBench } from '../barrier/barrier-for-tests.ts'
import type { StorageKey } from '../storage/store.ts'
import { createRecordCache } from '../transaction/cache.ts'
import { type Ground, type Transaction, transact } from '../transaction/transaction.ts'
import {
  bucketMilliseconds,
  bucketOf,
  dropLease,
  duePrefix,
  issueLease,
  type Lease,
  leaseKey,
  leasePrefix,
  leases,
  meetEntry,
  renewLease,
  secondsLeft,
} from './lease.ts'

const id = 'auth/token/create/h1'

async function bench(t: TestContext) {
  const { store, clock, open } = await barrierBench(t)
  const ground: Ground = { store, barrier: await open(), cache: createRecordCache(100_000) }
  const run = <T>(work: (tx: Transaction) => Promise<T>) => transact(() => ground, work)
  const now = () => clock.now()
  const lease = (seconds: number): Lease => ({
    issued: now(),
    expires: now() + seconds * 1000,
    ttl: seconds,
    renewed: null,
    renewable: true,
  })
  const rows = async (prefix: string) =>
    (await store.scan(prefix, { limit: 1000 })).rows.map(({ key }) => key)
  return {
    clock,
    now,
    lease,
    run,
    entries: () => rows(duePrefix),
    leaseRows: () => rows(leasePrefix),
    issue: (seconds: number) => run(async (tx) => issueLease(tx, id, lease(seconds))),
    renew: (seconds: number) =>
      run(async (tx) => {
        const before = await tx.get(leases, leaseKey(id))
        if (before !== undefined) renewLease(tx, id, before, { ...lease(seconds), renewed: now() })
      }),
    drop: () =>
      run(async (tx) => {
        const lease = await tx.get(leases, leaseKey(id))
        if (lease !== undefined) dropLease(tx, id, lease.expires)
      }),
    /** Meets the entries whose bucket is over, as the sweep does. @returns leases that ended */
    async sweep() {
      const ended: string[] = []
      for (const key of await rows(duePrefix)) {
        if ((key.slice(duePrefix.length).split('/')[0] ?? '') >= bucketOf(now())) break
        const lease = await run((tx) => meetEntry(tx, key, now()))
        if (lease !== undefined) ended.push(lease)
      }
      return ended
    },
  }
}

describe('a lease', () => {
  it('is met by the sweep in the minute after it ended', async (t) => {
    const { issue, sweep, clock } = await bench(t)
    await issue(90)
    clock.advance(90_000)
    assert.deepEqual(await sweep(), [], 'its minute is not over')
    clock.advance(bucketMilliseconds)
    assert.deepEqual(await sweep(), [id])
  })

  it('that was renewed is met when its new time is over, and not before', async (t) => {
    const { issue, renew, sweep, clock, entries } = await bench(t)
    await issue(60)
    await renew(3600)
    clock.advance(3 * bucketMilliseconds)
    assert.deepEqual(await sweep(), [])
    assert.equal((await entries()).length, 1)
    clock.advance(3600_000)
    assert.deepEqual(await sweep(), [id])
    assert.deepEqual(await entries(), [])
  })

  it('that now ends earlier is met earlier', async (t) => {
    const { issue, renew, sweep, clock } = await bench(t)
    await issue(3600)
    await renew(60)
    clock.advance(3 * bucketMilliseconds)
    assert.deepEqual(await sweep(), [id])
  })

  it('leaves nothing when it is dropped', async (t) => {
    const { issue, renew, drop, entries, leaseRows } = await bench(t)
    await issue(60)
    await renew(3600)
    await drop()
    assert.deepEqual([...(await entries()), ...(await leaseRows())], [])
  })

  it('has one entry, which is met only when nothing is left of it, whatever happens to it', async (t) => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('renew' as const), seconds: fc.integer({ min: 1, max: 1000 }) }),
      fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 500 }) }),
      fc.record({ kind: fc.constant('sweep' as const) }),
    )
    const own = await bench(t)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        await own.issue(300)
        let ends = own.now() + 300_000
        for (const step of steps) {
          if (step.kind === 'wait') own.clock.advance(step.seconds * 1000)
          // Nobody renews what is over.
          else if (step.kind === 'renew' && own.now() < ends) {
            await own.renew(step.seconds)
            ends = own.now() + step.seconds * 1000
          } else if (step.kind === 'sweep') {
            const ended = await own.sweep()
            if (ended.length > 0) {
              assert.ok(ends <= own.now(), 'nothing is ended before its time')
              await own.drop()
              assert.deepEqual(await own.entries(), [])
              return
            }
          }
          assert.equal((await own.entries()).length, 1)
        }
        own.clock.advance(2_000_000)
        await own.sweep()
        own.clock.advance(2_000_000)
        await own.sweep()
        await own.drop()
        assert.deepEqual(await own.entries(), [])
      }),
      { numRuns: 60 },
    )
  })

  it('of an id that is used again is not touched by what is left of the one before', async (t) => {
    const { issue, run, clock, now, entries } = await bench(t)
    await issue(60)
    const [old] = await entries()
    // The lease alone is gone, however that came about.
    await run(async (tx) => tx.delete(leaseKey(id)))
    await issue(3600)
    clock.advance(2 * bucketMilliseconds)
    assert.equal(await run((tx) => meetEntry(tx, old as StorageKey, now())), undefined)
    assert.equal((await entries()).length, 1)
  })

  it('has whole seconds left, never below zero', async (t) => {
    const { lease, now } = await bench(t)
    const some = lease(10)
    assert.equal(secondsLeft(some, now()), 10)
    assert.equal(secondsLeft(some, now() + 400), 10)
    assert.equal(secondsLeft(some, now() + 600), 9)
    assert.equal(secondsLeft(some, now() + 60_000), 0)
  })
})

describe('the buckets of the sweep', () => {
  it('are in the order of time, and none is over before all in it is', () => {
    const time = fc.integer({ min: 0, max: 4_102_444_800_000 })
    fc.assert(
      fc.property(time, time, (expires, now) => {
        if (bucketOf(expires) < bucketOf(now)) assert.ok(expires < now)
        if (expires + bucketMilliseconds <= now) assert.ok(bucketOf(expires) < bucketOf(now))
      }),
    )
  })
})
