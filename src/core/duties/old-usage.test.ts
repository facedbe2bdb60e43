import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { barrierBench } from '../../barrier/barrier-for-tests.ts'
import { manualClock } from '../../base/clock.ts'
import { chaosStore, type Mischief } from '../../storage/contract/chaos.ts'
import type { StorageKey, Store } from '../../storage/store.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'
import { createJournal } from '../../usage/journal/journal.ts'
import { journalDays, journalPrefix, ofPerson } from '../../usage/journal/record.ts'
import { type Lasting, lastingPrefix } from '../../usage/lasting.ts'
import { keptDays, usagePrefix, usageRows } from '../../usage/record.ts'
import { createUsage } from '../../usage/usage.ts'
import type { Turn } from './duty.ts'
import { oldUsageDuty } from './old-usage.ts'

const mount = '11111111-1111-4111-8111-111111111111'
const day = 24 * 3600_000

async function start(t: TestContext, next: () => Mischief = () => 'none') {
  const bench = await barrierBench(t)
  const barrier = await bench.open()
  const ground: Ground = { store: bench.store, barrier, cache: createRecordCache(1_000_000) }
  let looks = 0
  const store: Store = {
    ...chaosStore(bench.store, next),
    list(prefix, options) {
      if (prefix === lastingPrefix) looks++
      return bench.store.list(prefix, options)
    },
  }
  const chaos: Ground = { ...ground, store, cache: createRecordCache(1_000_000) }
  const clock = manualClock()
  const processes = ['one', 'two'].map((process) => createUsage({ ground, process, report: assert.fail }))
  const turn: Turn = {
    epoch: 1,
    transact: (work) => transact(() => chaos, work),
    fence: () => assert.fail(),
    signal: new AbortController().signal,
  }
  return {
    ground,
    clock,
    duty: oldUsageDuty({ ground: () => chaos, clock, secretsOf: () => undefined }),
    turn,
    looks: () => looks,
    names: async (prefix: string) => (await bench.store.list(prefix)).names,
    use: (by: string, path: string, process = 0) =>
      processes[process]?.note(mount, path, 'read', {
        at: clock.now(),
        operation: 'read',
        displayName: by,
        entityId: by,
        address: '192.0.2.1',
      }),
    // Without the fields that are not there.
    of: async (path: string): Promise<Partial<Lasting>> =>
      JSON.parse(JSON.stringify((await processes[0]?.of(mount, path)) ?? {})),
    /** Writes what was noted; `unnamed` as earlier versions did, without names and people. */
    async flush(unnamed: boolean) {
      for (const process of processes) await process.flush()
      if (!unnamed) return
      const { rows } = await bench.store.scan(usagePrefix)
      for (const { key } of rows) await forgetName(ground, key)
    },
  }
}

const forgetName = (ground: Ground, key: StorageKey) =>
  transact(
    () => ground,
    async (tx) => {
      const row = await tx.get(usageRows, key)
      if (row === undefined) return
      const { mount: _, path: __, people: ___, ...rest } = row
      tx.put(usageRows, key, rest)
    },
  )

describe('the duty that adds up old usage', () => {
  test('changes no answer, whatever the store does, also of rows of earlier versions', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Mischief>('none', 'conflict', 'delay', 'lost answer'), { maxLength: 20 }),
        fc.array(fc.tuple(fc.nat({ max: 1 }), fc.constantFrom('a', 'b'), fc.nat({ max: 20 })), {
          maxLength: 20,
        }),
        async (mischief, uses) => {
          let at = 0
          const { clock, duty, turn, use, of, flush, names } = await start(t, () => mischief[at++] ?? 'none')
          for (const [process, path, days] of uses) {
            use(`p${days}`, path, process)
            await flush(true)
            clock.advance(days * day)
          }
          const before = [await of('a'), await of('b')]
          clock.advance(keptDays * day)
          for (let i = 0; i < 30; i++) await duty.run(turn).catch(() => undefined)
          assert.deepEqual([await of('a'), await of('b')], before)
          assert.deepEqual(await names(usagePrefix), [])
          assert.equal((await names(lastingPrefix)).length, new Set(uses.map(([, path]) => path)).size)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('gives rows of earlier versions their name with the next use, and knows then that the secret is gone', async (t) => {
    const { clock, duty, turn, use, flush, names } = await start(t)
    use('alice', 'a')
    use('alice', 'b')
    await flush(true)
    clock.advance(keptDays * day)
    assert.equal(await duty.run(turn), 'done')
    assert.equal((await names(lastingPrefix)).length, 2)
    use('alice', 'a')
    await flush(false)
    clock.advance(keptDays * day)
    assert.equal(await duty.run(turn), 'done')
    assert.equal((await names(lastingPrefix)).length, 1)
  })

  test('steps past a row that does not open', async (t) => {
    const { ground, clock, duty, turn, use, of, flush, names } = await start(t)
    for (const path of ['a', 'b', 'c']) use('alice', path)
    await flush(true)
    const { rows } = await ground.store.scan(usagePrefix)
    const [damaged] = rows
    assert.ok(damaged)
    await ground.store.commit({ put: [{ key: damaged.key, value: Buffer.alloc(damaged.value.length, 1) }] })
    clock.advance(keptDays * day)
    assert.equal(await duty.run(turn), 'done')
    assert.deepEqual(await names(usagePrefix), [])
    const reads = await Promise.all(['a', 'b', 'c'].map(async (path) => (await of(path)).reads ?? 0))
    assert.deepEqual(reads.sort(), [0, 1, 1])
  })

  test('finds all secrets that are gone where they are more than one look takes, and again on a later day', async (t) => {
    const { clock, duty, turn, use, flush, names } = await start(t)
    for (let i = 0; i < 250; i++) use('alice', `many/${i}`)
    await flush(false)
    clock.advance(keptDays * day)
    assert.equal(await duty.run(turn), 'done')
    // No mount of theirs is there.
    assert.deepEqual(await names(lastingPrefix), [])
    use('alice', 'late')
    await flush(false)
    clock.advance(keptDays * day)
    assert.equal(await duty.run(turn), 'done')
    assert.deepEqual(await names(lastingPrefix), [])
  })

  test('looks for secrets that are gone once a day', async (t) => {
    const { clock, duty, turn, looks } = await start(t)
    await duty.run(turn)
    const first = looks()
    assert.ok(first > 0)
    clock.advance(day - 1)
    await duty.run(turn)
    assert.equal(looks(), first)
    clock.advance(1)
    await duty.run(turn)
    assert.equal(looks(), 2 * first)
  })

  test('removes the journals of those who did nothing for thirty days, and no others', async (t) => {
    const { ground, clock, duty, turn, names } = await start(t)
    const journal = createJournal({ ground, clock, process: 'one', report: assert.fail })
    const read = (person: string) =>
      journal.note(ofPerson(person), {
        mount,
        path: 'a',
        use: {
          at: clock.now(),
          operation: 'read',
          displayName: person,
          entityId: person,
          address: '192.0.2.1',
        },
      })
    read('alice')
    clock.advance(day)
    read('bob')
    await journal.flush()
    clock.advance((journalDays - 1) * day)
    await duty.run(turn)
    assert.deepEqual(await names(journalPrefix), [ofPerson('bob')])
    clock.advance(day)
    await duty.run(turn)
    assert.deepEqual(await names(journalPrefix), [])
  })
})
