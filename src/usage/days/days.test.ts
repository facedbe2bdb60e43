import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Bench, barrierBench } from '../../barrier/barrier-for-tests.ts'
import { manualClock } from '../../base/clock.ts'
import { chaosStore, type Mischief } from '../../storage/contract/chaos.ts'
import type { Store } from '../../storage/store.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import type { Ground } from '../../transaction/transaction.ts'
import { dayOf } from '../record.ts'
import { createDays } from './days.ts'
import { maxSize, others, type People } from './people.ts'
import { daysPrefix, shards } from './record.ts'

const day = 24 * 3600_000
const start = Date.UTC(2030, 0, 1)
const alice = 'a1111111-1111-4111-8111-111111111111'
const bob = 'b2222222-2222-4222-8222-222222222222'
const mount = '11111111-1111-4111-8111-111111111111'
const method = '22222222-2222-4222-8222-222222222222'

type Options = {
  readonly process?: string
  readonly wrap?: (store: Store) => Store
  readonly clock?: ReturnType<typeof manualClock>
}

/** One process on the store of `bench`. */
async function join(bench: Bench, options: Options = {}) {
  const { process = 'one', wrap = (store: Store) => store, clock = manualClock(start) } = options
  const ground: Ground = {
    store: wrap(bench.store),
    barrier: await bench.open(),
    cache: createRecordCache(1_000_000),
  }
  const days = createDays({ ground, clock, process })
  return {
    ...days,
    clock,
    ask: (entityId: string, kind: 'reads' | 'writes' | 'failed' = 'reads', where = mount) =>
      days.count({ kind, mount: where, method, entityId }),
    /** Reads, writes and failures of the first days of 2030, those without any left out. */
    sums: async (count = 8) => {
      const names = Array.from({ length: count }, (_, i) => dayOf(start + i * day))
      const found = await days.of(names)
      return Object.fromEntries(
        names
          .map((name, i) => [name, sumOf(found[i] ?? [])] as const)
          .filter(([, sum]) => sum.some((n) => n > 0)),
      )
    },
  }
}

function sumOf(parts: readonly People[]): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0]
  for (const { persons } of parts) {
    for (const { cells } of persons.values()) {
      for (const { reads, writes, failed } of cells.values()) {
        sum[0] += reads
        sum[1] += writes
        sum[2] += failed
      }
    }
  }
  return sum
}

const idOf = (n: number) => `${shards[n % 16]}${String(n).padStart(7, '0')}-0000-4000-8000-000000000000`

const alone = async (t: TestContext, options?: Options) => join(await barrierBench(t), options)

describe('requests by day', () => {
  test('are counted by person, mount and login method, with when each last read and wrote', async (t) => {
    const one = await alone(t)
    one.ask(alice)
    one.clock.advance(1_000)
    one.ask(alice, 'writes')
    one.ask(bob, 'failed')
    for (const flushed of [false, true]) {
      if (flushed) await one.flush()
      const [found] = await one.ofPerson(['2030-01-01'], alice)
      assert.deepEqual(
        [...(found?.persons ?? [])],
        [
          [
            alice,
            {
              lastRead: start,
              lastWrite: start + 1_000,
              cells: new Map([[`${mount}/${method}`, { reads: 1, writes: 1, failed: 0 }]]),
            },
          ],
        ],
      )
      assert.deepEqual(await one.sums(), { '2030-01-01': [1, 1, 1] })
    }
  })

  test('belong to the day in UTC on which they came, and one that is flushed after midnight to that before', async (t) => {
    const one = await alone(t)
    one.clock.advance(day - 1)
    one.ask(alice)
    one.clock.advance(1)
    one.ask(alice)
    one.ask(alice)
    await one.flush()
    assert.deepEqual(await one.sums(), { '2030-01-01': [1, 0, 0], '2030-01-02': [2, 0, 0] })
  })

  test('count on the day that a clock that was set back tells, and nothing is lost or counted twice', async (t) => {
    const one = await alone(t)
    one.clock.advance(2 * day)
    one.ask(alice)
    await one.flush()
    one.clock.jump(-2 * day)
    one.ask(alice)
    await one.flush()
    const [, , third] = await one.ofPerson(['2030-01-01', '2030-01-02', '2030-01-03'], alice)
    assert.deepEqual(await one.sums(), { '2030-01-01': [1, 0, 0], '2030-01-03': [1, 0, 0] })
    assert.equal(third?.persons.get(alice)?.lastRead, start + 2 * day)
  })

  test('write nothing until the next flush', async (t) => {
    const bench = await barrierBench(t)
    let commits = 0
    const wrap = (store: Store) =>
      chaosStore(store, () => {
        commits++
        return 'none'
      })
    const one = await join(bench, { wrap })
    for (let i = 0; i < 1_000; i++) one.ask(alice)
    assert.equal(commits, 0)
    await one.flush()
    await one.flush()
    assert.equal(commits, 1)
  })

  test('take bounded room whatever the number of people and mounts: the rest is counted, and not told apart', async (t) => {
    const bench = await barrierBench(t)
    const one = await join(bench)
    for (let i = 0; i < 40_000; i++) one.ask(idOf(i), 'reads', `mount ${i}`)
    assert.deepEqual(await one.sums(), { '2030-01-01': [40_000, 0, 0] })
    await one.flush()
    assert.deepEqual(await one.sums(), { '2030-01-01': [40_000, 0, 0] })
    const [parts = []] = await one.of(['2030-01-01'])
    for (const { persons, size } of parts.filter(({ persons }) => persons.size > 0)) {
      assert.ok(persons.has(others))
      assert.ok(size <= maxSize)
      assert.ok((persons.get(others)?.cells.size ?? 0) <= 501)
    }
    const { rows } = await bench.store.scan(daysPrefix)
    assert.ok(rows.length === 16 && rows.every(({ value }) => value.length < 300_000))
  })

  test('of a person who is known stay theirs when there is no room for more people', async (t) => {
    const one = await alone(t)
    one.ask(alice)
    for (let i = 0; i < 40_000; i++) one.ask(idOf(i))
    one.ask(alice)
    const [found] = await one.ofPerson(['2030-01-01'], alice)
    assert.deepEqual(sumOf(found === undefined ? [] : [found]), [2, 0, 0])
  })

  test('are what was done, whatever the store does, over processes and restarts', async (t) => {
    const steps = fc.array(
      fc.record({
        process: fc.integer({ min: 0, max: 2 }),
        does: fc.constantFrom('read', 'write', 'flush', 'day', 'back', 'stop'),
        by: fc.constantFrom(alice, bob, ''),
      }),
      { maxLength: 40 },
    )
    const mischief = fc.array(fc.constantFrom<Mischief>('none', 'conflict', 'delay', 'lost answer'), {
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(mischief, steps, async (mischief, steps) => {
        const bench = await barrierBench(t)
        let at = 0
        let runs = 0
        const wrap = (store: Store) => chaosStore(store, () => mischief[at++] ?? 'none')
        const clock = manualClock(start)
        const begin = () => join(bench, { wrap, clock, process: `run ${++runs}` })
        const processes = [await begin(), await begin(), await begin()]
        const wanted: Record<string, [number, number, number]> = {}
        for (const { process, does, by } of steps) {
          const one = processes[process]
          if (one === undefined) continue
          if (does === 'read' || does === 'write') {
            one.ask(by, does === 'read' ? 'reads' : 'writes')
            const name = dayOf(clock.now())
            const sum = wanted[name] ?? [0, 0, 0]
            wanted[name] = sum
            sum[does === 'read' ? 0 : 1]++
          } else if (does === 'flush') await one.flush().catch(() => undefined)
          else if (does === 'day') clock.advance(clock.now() < start + 6 * day ? day / 2 : 0)
          else if (does === 'back') clock.jump(clock.now() > start + day ? -day / 3 : 0)
          else {
            // As a server that stops in good order: what a flush could not write is tried again.
            for (let i = 0; i < 40; i++) await one.flush().catch(() => undefined)
            processes[process] = await begin()
          }
        }
        for (let i = 0; i < 40; i++) {
          for (const one of processes) await one.flush().catch(() => undefined)
        }
        assert.deepEqual(await processes[0]?.sums(), Object.fromEntries(Object.entries(wanted).sort()))
      }),
      { numRuns: 40 },
    )
  })
})
