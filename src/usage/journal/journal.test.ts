import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Bench, barrierBench } from '../../barrier/barrier-for-tests.ts'
import { manualClock } from '../../base/clock.ts'
import { chaosStore } from '../../storage/contract/chaos.ts'
import type { Store } from '../../storage/store.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { createJournal } from './journal.ts'
import {
  type JournalEntry,
  joinEntries,
  journalDays,
  journalPrefix,
  maxEntries,
  ofPerson,
  rowWith,
} from './record.ts'

const day = 24 * 3600_000
const start = Date.UTC(2030, 0, 1, 12)
const alice = ofPerson('a1111111-1111-4111-8111-111111111111')
const bob = ofPerson('b2222222-2222-4222-8222-222222222222')

type Options = {
  readonly process?: string
  readonly wrap?: (store: Store) => Store
  readonly clock?: ReturnType<typeof manualClock>
  readonly capacity?: number
}

/** One process on the store of `bench`. */
async function join(bench: Bench, options: Options = {}) {
  const { process = 'one', wrap = (store: Store) => store, clock = manualClock(start), capacity } = options
  const reports: string[] = []
  const ground = {
    store: wrap(bench.store),
    barrier: await bench.open(),
    cache: createRecordCache(1_000_000),
  }
  const report = (text: string) => void reports.push(text)
  const journal = createJournal({
    ground,
    clock,
    process,
    report,
    ...(capacity === undefined ? {} : { capacity }),
  })
  return {
    ...journal,
    clock,
    reports,
    did: (path: string, operation = 'read', owner = alice, address = '192.0.2.1') =>
      journal.note(owner, {
        mount: 'm',
        path,
        use: { at: clock.now(), operation, displayName: 'alice', entityId: 'a', address },
      }),
    /** What is in a journal, the newest first. */
    lines: async (owner = alice) =>
      (await journal.of(owner)).map(
        ({ path, operation, times, address }) => `${operation} ${path} ${times} ${address}`,
      ),
  }
}

const entry = (path: string, at: number): JournalEntry => ({
  mount: 'm',
  path,
  operation: 'read',
  address: '192.0.2.1',
  since: at,
  at,
  times: 1,
  displayName: 'alice',
  entityId: 'a',
})

describe('a journal', () => {
  test('has what was done, the newest first, before and after it is written', async (t) => {
    const one = await join(await barrierBench(t))
    one.did('a')
    one.clock.advance(1000)
    one.did('b', 'update')
    one.clock.advance(1000)
    one.did('a')
    const lines = ['read a 2 192.0.2.1', 'update b 1 192.0.2.1']
    assert.deepEqual(await one.lines(), lines)
    await one.flush()
    assert.deepEqual(await one.lines(), lines)
    one.clock.advance(1000)
    one.did('a', 'read', alice, '192.0.2.7')
    assert.deepEqual(await one.lines(), ['read a 1 192.0.2.7', ...lines])
    assert.deepEqual(await one.lines(bob), [])
  })

  test('tells days apart, with the first time and the last of each', async (t) => {
    const one = await join(await barrierBench(t))
    one.did('a')
    one.clock.advance(60_000)
    one.did('a')
    one.clock.advance(day)
    one.did('a')
    assert.deepEqual(
      (await one.of(alice)).map(({ since, at, times }) => [since - start, at - start, times]),
      [
        [day + 60_000, day + 60_000, 1],
        [0, 60_000, 2],
      ],
    )
  })

  test('adds up what several processes saw, each flush once', async (t) => {
    const bench = await barrierBench(t)
    let lose = false
    const one = await join(bench, {
      wrap: (store) =>
        chaosStore(store, () => {
          const mischief = lose ? 'lost answer' : 'none'
          lose = false
          return mischief
        }),
    })
    const two = await join(bench, { process: 'two' })
    one.did('a')
    two.did('a')
    two.did('b')
    lose = true
    // The answer of the commit is lost: it has landed, and is not added again.
    await one.flush().catch(() => undefined)
    await Promise.all([one.flush(), two.flush()])
    for (const each of [one, two]) {
      assert.deepEqual((await each.lines()).sort(), ['read a 2 192.0.2.1', 'read b 1 192.0.2.1'])
    }
  })

  test('keeps the last hundred, of thirty days', async (t) => {
    const one = await join(await barrierBench(t))
    for (let i = 0; i < 3 * maxEntries; i++) {
      one.did(`s${i}`)
      one.clock.advance(1)
    }
    const newest = Array.from({ length: maxEntries }, (_, i) => `read s${3 * maxEntries - 1 - i} 1 192.0.2.1`)
    assert.deepEqual(await one.lines(), newest)
    await one.flush()
    assert.deepEqual(await one.lines(), newest)
    one.clock.advance(journalDays * day)
    assert.deepEqual(await one.lines(), [])
  })

  test('takes no more memory and no larger row than it may, and says what it left out', async (t) => {
    const bench = await barrierBench(t)
    const one = await join(bench, { capacity: 20_000 })
    for (let i = 0; i < 100; i++) one.did('x'.repeat(1000) + i)
    await one.flush()
    await one.flush()
    assert.match(one.reports.join(), /^9\d uses of secrets are in nobody’s journal/)
    const many = Array.from({ length: maxEntries }, (_, i) => entry('x'.repeat(2000) + i, start + i))
    const row = rowWith(undefined, many, { process: 'one', flush: 1, end: 0 })
    assert.equal(row.entries[0]?.at, start + maxEntries - 1)
    assert.ok(row.entries.length > 5 && row.entries.length < 20, `${row.entries.length}`)
  })

  test('stands in one row for each person', async (t) => {
    const bench = await barrierBench(t)
    const one = await join(bench)
    for (const owner of [alice, bob]) for (const path of ['a', 'b', 'c']) one.did(path, 'read', owner)
    await one.flush()
    assert.deepEqual((await bench.store.list(journalPrefix)).names, [alice, bob])
  })

  test('is the same in whatever order its parts are joined', () => {
    const parts = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 40 })), { maxLength: 60 })
    fc.assert(
      fc.property(parts, fc.nat({ max: 60 }), (all, cut) => {
        const entries = all.map(([name, hours]) => entry(`s${name}`, start + hours * 3600_000))
        const sum = (some: readonly JournalEntry[]) =>
          some.reduce<JournalEntry[]>((before, one) => joinEntries(before, [one], 0), [])
        const joined = joinEntries(sum(entries.slice(0, cut)), sum(entries.slice(cut)), 0)
        const byName = (list: readonly JournalEntry[]) =>
          list.map(({ path, at, since, times }) => `${path} ${since} ${at} ${times}`).sort()
        assert.deepEqual(byName(joined), byName(sum([...entries].reverse())))
        assert.equal(
          joined.reduce((times, one) => times + one.times, 0),
          entries.length,
        )
      }),
    )
  })
})
