import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Bench, barrierBench } from '../barrier/barrier-for-tests.ts'
import { manualClock } from '../base/clock.ts'
import { chaosStore, type Mischief } from '../storage/contract/chaos.ts'
import type { Store } from '../storage/store.ts'
import { createRecordCache } from '../transaction/cache.ts'
import type { Ground } from '../transaction/transaction.ts'
import { monthAt } from './lasting.ts'
import { type Counts, dayOf, type Use, usagePrefix } from './record.ts'
import { createUsage } from './usage.ts'

const mount = '11111111-1111-4111-8111-111111111111'
const day = 24 * 3600_000

type Options = {
  readonly process?: string
  readonly wrap?: (store: Store) => Store
  readonly capacity?: number
  readonly clock?: ReturnType<typeof manualClock>
}

/** One process on the store of `bench`. */
async function join(bench: Bench, options: Options = {}) {
  const { process = 'one', wrap = (store: Store) => store, clock = manualClock() } = options
  const store = wrap(bench.store)
  const ground: Ground = { store, barrier: await bench.open(), cache: createRecordCache(1_000_000) }
  const reports: string[] = []
  const usage = createUsage({
    ground,
    process,
    report: (text) => reports.push(text),
    ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
  })
  const use = (by: string, operation = 'read'): Use => ({
    at: clock.now(),
    operation,
    displayName: by,
    entityId: `entity of ${by}`,
    address: '192.0.2.1',
  })
  return {
    ...usage,
    clock,
    reports,
    use,
    read: (by: string, path = 'a') => usage.note(mount, path, 'read', use(by)),
    write: (by: string, path = 'a') => usage.note(mount, path, 'write', use(by, 'update')),
  }
}

/** Lets what is under way go on a little. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const single = async (t: TestContext, options: Options = {}) => join(await barrierBench(t), options)

const short = (counts: Counts | undefined) =>
  counts && [counts.reads, counts.writes, counts.lastRead?.displayName, counts.lastWrite?.displayName]

describe('the usage of a secret', () => {
  test('is who read and who wrote it last, when, from where, and how often it was used since when', async (t) => {
    const one = await single(t)
    const since = one.clock.now()
    one.write('alice')
    one.clock.advance(1_000)
    one.read('alice')
    one.clock.advance(1_000)
    one.read('bob')
    const person = (name: string) => ({
      displayName: name,
      entityId: `entity of ${name}`,
      address: '192.0.2.1',
    })
    const expected = {
      reads: 2,
      writes: 1,
      since,
      lastRead: one.use('bob'),
      lastWrite: { ...one.use('alice', 'update'), at: since },
      months: [[monthAt(dayOf(since)), 2, 1]],
      people: [
        { ...person('alice'), reads: 1, writes: 1, lastRead: since + 1_000, lastWrite: since },
        { ...person('bob'), reads: 1, writes: 0, lastRead: since + 2_000 },
      ],
    }
    assert.deepEqual(await one.of(mount, 'a'), expected)
    await one.flush()
    assert.deepEqual(await one.of(mount, 'a'), expected)
  })

  test('is nothing where nobody used it, and is not mixed up with another’s', async (t) => {
    const one = await single(t)
    one.read('alice', 'a')
    for (const flushed of [false, true]) {
      if (flushed) await one.flush()
      assert.equal(await one.of(mount, 'b'), undefined)
      assert.equal(await one.of(mount, 'a/b'), undefined)
      // A new mount at the same path has another UUID.
      assert.equal(await one.of('22222222-2222-4222-8222-222222222222', 'a'), undefined)
    }
  })

  test('adds up over processes and days', async (t) => {
    const bench = await barrierBench(t)
    const one = await join(bench)
    const two = await join(bench, { process: 'two' })
    one.read('alice')
    await one.flush()
    for (const { clock } of [one, two]) clock.advance(day)
    two.read('bob')
    two.write('bob')
    await two.flush()
    one.clock.advance(1_000)
    one.read('carol')
    await one.flush()
    assert.deepEqual(short(await two.of(mount, 'a')), [3, 1, 'carol', 'bob'])
    assert.deepEqual(short(await one.of(mount, 'a')), [3, 1, 'carol', 'bob'])
  })

  test('is told by month, years later as well', async (t) => {
    const one = await single(t)
    const since = one.clock.now()
    one.read('alice')
    await one.flush()
    one.clock.advance(3 * 365 * day)
    assert.deepEqual(short(await one.of(mount, 'a')), [1, 0, 'alice', undefined])
    one.read('bob')
    one.write('bob')
    const { months } = (await one.of(mount, 'a')) ?? {}
    const monthOf = (at: number) => monthAt(dayOf(at))
    assert.deepEqual(months, [
      [monthOf(since), 1, 0],
      [monthOf(one.clock.now()), 1, 1],
    ])
  })

  test('is not to be read off the store by who does not have its keys', async (t) => {
    const bench = await barrierBench(t)
    const one = await join(bench)
    one.read('alice', 'very/telling/name')
    await one.flush()
    const { rows } = await bench.store.scan(usagePrefix)
    assert.equal(rows.length, 1)
    const text = rows.map(({ key, value }) => `${key} ${Buffer.from(value).toString('latin1')}`).join()
    assert.doesNotMatch(text, /telling|alice|192\.0/)
  })
})

describe('a use that is noted', () => {
  test('writes nothing until the next flush, which writes one row for many uses', async (t) => {
    const bench = await barrierBench(t)
    let commits = 0
    const wrap = (store: Store) =>
      chaosStore(store, () => {
        commits++
        return 'none'
      })
    const one = await join(bench, { wrap })
    for (let i = 0; i < 1_000; i++) one.read('alice')
    assert.equal(commits, 0)
    await one.flush()
    assert.equal(commits, 1)
    await one.flush()
    assert.equal(commits, 1)
    assert.equal((await bench.store.scan(usagePrefix)).rows.length, 1)
  })

  test('counts once when it is asked about in the midst of a flush', async (t) => {
    const one = await single(t)
    for (let i = 0; i < 500; i++) one.read('alice', `many/${i}`)
    one.read('alice')
    const flushing = one.flush()
    const answers: Promise<Counts | undefined>[] = []
    for (let i = 0; i < 30; i++) {
      answers.push(one.of(mount, 'a'))
      await turn()
    }
    for (const counts of await Promise.all(answers)) {
      assert.deepEqual(short(counts), [1, 0, 'alice', undefined])
    }
    await flushing
    assert.deepEqual(short(await one.of(mount, 'a')), [1, 0, 'alice', undefined])
  })

  test('counts once whatever the store does', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Mischief>('none', 'conflict', 'delay', 'lost answer'), { maxLength: 30 }),
        fc.array(fc.constantFrom('read', 'write', 'flush', 'day'), { maxLength: 40 }),
        async (mischief, steps) => {
          const bench = await barrierBench(t)
          let at = 0
          const one = await join(bench, {
            wrap: (store) => chaosStore(store, () => mischief[at++] ?? 'none'),
          })
          const wanted = { reads: 0, writes: 0 }
          for (const step of steps) {
            if (step === 'read') wanted.reads++
            if (step === 'write') wanted.writes++
            if (step === 'read') one.read('alice')
            else if (step === 'write') one.write('alice')
            else if (step === 'flush') await one.flush().catch(() => undefined)
            else if (wanted.reads + wanted.writes === 0) one.clock.advance(day)
            else one.clock.advance(day / 4)
            const { reads, writes } = (await one.of(mount, 'a')) ?? { reads: 0, writes: 0 }
            assert.deepEqual({ reads, writes }, wanted)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('is kept when the store cannot write, and written when it can again', async (t) => {
    const bench = await barrierBench(t)
    let broken = true
    const wrap = (store: Store): Store => ({
      ...store,
      commit: (commit) => (broken ? Promise.reject(new Error('the disk is full')) : store.commit(commit)),
    })
    const one = await join(bench, { wrap })
    one.read('alice')
    await assert.rejects(one.flush())
    one.read('bob')
    await assert.rejects(one.flush())
    assert.deepEqual(short(await one.of(mount, 'a')), [2, 0, 'bob', undefined])
    broken = false
    await one.flush()
    const other = await join(bench, { process: 'two' })
    assert.deepEqual(short(await other.of(mount, 'a')), [2, 0, 'bob', undefined])
  })

  test('takes bounded room: beyond it, uses of further secrets are not counted, and the operator is told', async (t) => {
    const bench = await barrierBench(t)
    let broken = true
    const wrap = (store: Store): Store => ({
      ...store,
      commit: (commit) => (broken ? Promise.reject(new Error('the disk is full')) : store.commit(commit)),
    })
    const one = await join(bench, { wrap, capacity: 100_000 })
    for (let i = 0; i < 5_000; i++) one.read('alice', `secret/${i}`)
    await assert.rejects(one.flush())
    for (let i = 0; i < 5_000; i++) one.read('alice', `secret/${i}`)
    broken = false
    await one.flush()
    await one.flush()
    const { rows } = await bench.store.scan(usagePrefix, { limit: 1_000 })
    assert.ok(rows.length > 100 && rows.length < 2 * (100_000 / 500) + 1, `${rows.length} rows`)
    assert.ok(one.reports.length > 0)
    assert.match(one.reports[0] ?? '', /^\d+ uses of secrets were not counted/)
  })

  test('makes room by itself before there is none left', async (t) => {
    const one = await single(t, { capacity: 100_000 })
    for (let i = 0; i < 2_000; i++) {
      one.read('alice', `secret/${i}`)
      if (i % 20 === 0) await turn()
    }
    await one.flush()
    assert.deepEqual(one.reports, [])
    assert.deepEqual(short(await one.of(mount, 'secret/0')), [1, 0, 'alice', undefined])
    assert.deepEqual(short(await one.of(mount, 'secret/1999')), [1, 0, 'alice', undefined])
  })
})

test('a day is one of UTC', () => {
  assert.equal(dayOf(Date.UTC(2030, 0, 31, 23, 59, 59, 999)), '2030-01-31')
  assert.equal(dayOf(Date.UTC(2030, 1, 1)), '2030-02-01')
})

describe('the usage of a secret that moves', () => {
  test('goes along once, whatever the store does, and stays with what is written at the old name later', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Mischief>('none', 'conflict', 'delay', 'lost answer'), { maxLength: 30 }),
        fc.array(fc.constantFrom('read', 'other', 'flush', 'move', 'month'), { maxLength: 30 }),
        async (mischief, steps) => {
          const bench = await barrierBench(t)
          let at = 0
          const one = await join(bench, {
            wrap: (store) => chaosStore(store, () => mischief[at++] ?? 'none'),
          })
          let reads = 0
          let name = 0
          const others: number[] = []
          for (const step of steps) {
            if (step === 'other') {
              // Of a secret that is new under the last name that was left.
              if (name === 0) continue
              others[name - 1] = (others[name - 1] ?? 0) + 1
              one.read('bob', `name/${name - 1}`)
              assert.ok(await one.of(mount, `name/${name - 1}`))
            } else if (step === 'read') {
              reads++
              one.read('alice', `name/${name}`)
            } else if (step === 'flush') await one.flush().catch(() => undefined)
            else if (step === 'month') one.clock.advance(31 * day)
            else {
              const to = { mount, path: `name/${name + 1}` }
              one.moved({ mount, path: `name/${name++}` }, to)
            }
          }
          // What the store does ends, so that one of these succeeds.
          for (let i = 0; i < 40; i++) await one.flush().catch(() => undefined)
          assert.equal((await one.of(mount, `name/${name}`))?.reads ?? 0, reads)
          for (let old = 0; old < name; old++) {
            assert.equal((await one.of(mount, `name/${old}`))?.reads, others[old])
          }
          one.read('bob', 'name/0')
          const first = [(others[0] ?? 0) + 1, 0, 'bob', undefined]
          if (name > 0) assert.deepEqual(short(await one.of(mount, 'name/0')), first)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('takes along what another process wrote, for more days than one commit takes', async (t) => {
    const bench = await barrierBench(t)
    const wrap = (store: Store): Store => ({ ...store, limits: { ...store.limits, keysPerCommit: 24 } })
    const one = await join(bench, { wrap })
    const two = await join(bench, { process: 'two' })
    for (let i = 0; i < 12; i++) {
      two.read('bob')
      await two.flush()
      two.clock.advance(day)
    }
    one.moved({ mount, path: 'a' }, { mount, path: 'b' })
    await one.flush()
    assert.deepEqual(short(await two.of(mount, 'b')), [12, 0, 'bob', undefined])
    assert.equal(await two.of(mount, 'a'), undefined)
  })

  test('takes along nothing of a new secret under the old name, also before it has moved', async (t) => {
    const one = await single(t)
    const both = async () => [short(await one.of(mount, 'a')), short(await one.of(mount, 'b'))]
    one.read('alice', 'a')
    one.moved({ mount, path: 'a' }, { mount, path: 'b' })
    one.note(mount, 'a', 'write', one.use('alice', 'delete'))
    one.write('bob', 'a')
    one.note(mount, 'a', 'write', one.use('bob', 'delete'))
    await one.flush()
    const expected = [
      [0, 2, undefined, 'bob'],
      [1, 1, 'alice', 'alice'],
    ]
    assert.deepEqual(await both(), expected)
    await one.flush()
    assert.deepEqual(await both(), expected)
  })

  test('moves with its secret although that of another one does not open', async (t) => {
    const bench = await barrierBench(t)
    const one = await join(bench)
    one.read('alice', 'a')
    await one.flush()
    const { rows } = await bench.store.scan(usagePrefix)
    const [damaged] = rows
    assert.ok(damaged)
    await bench.store.commit({ put: [{ key: damaged.key, value: Buffer.alloc(damaged.value.length, 1) }] })
    one.read('bob', 'b')
    for (const path of ['a', 'b']) one.moved({ mount, path }, { mount, path: `${path}/new` })
    await one.flush()
    assert.deepEqual(short(await one.of(mount, 'b/new')), [1, 0, 'bob', undefined])
    assert.deepEqual(one.reports, ['the usage of 1 secrets did not move with them: it does not open'])
    await one.flush()
    assert.equal(one.reports.length, 1)
  })
})
