import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Bench, barrierBench, watchedStore } from '../../barrier/barrier-for-tests.ts'
import { type ManualClock, manualClock } from '../../base/clock.ts'
import { chaosStore, type Mischief } from '../../storage/contract/chaos.ts'
import type { StorageKey, Store } from '../../storage/store.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { begin, type Ground } from '../../transaction/transaction.ts'
import { createDuties, type Duties } from './duties.ts'
import { type Duty, TakenOver, type Turn } from './duty.ts'
import { reencryptionDuty } from './reencryption.ts'
import { epochKey, epochs } from './rows.ts'
import { beatEvery, deadAfter } from './tenure.ts'

const row = 'ns/root/marker' as StorageKey
const markers = jsonRecord<{ readonly by: string }>('marker')

type Member = {
  readonly duties: Duties
  readonly ground: Ground
  readonly clock: ManualClock
  readonly failures: string[]
}

/** One process on the store of `bench`, with a clock of its own. */
async function join(
  bench: Bench,
  process: string,
  duties: readonly Duty[],
  wrap: (store: Store) => Store = (store) => store,
): Promise<Member> {
  const store = wrap(bench.store)
  const ground = { store, barrier: await bench.open({ store }), cache: createRecordCache(1_000_000) }
  const clock = manualClock(bench.clock.now())
  const failures: string[] = []
  const failed = (duty: string, error: unknown) => failures.push(`${duty}: ${error}`)
  return {
    duties: createDuties({ ground: () => ground, clock, process, duties, failed }),
    ground,
    clock,
    failures,
  }
}

/** A duty that counts its runs. */
function counting(name = 'work', every = 1_000): Duty & { runs: number; epochs: number[] } {
  const duty = {
    name,
    every,
    runs: 0,
    epochs: [] as number[],
    run: async ({ epoch }: Turn): Promise<'done'> => {
      duty.runs++
      duty.epochs.push(epoch)
      return 'done'
    },
  }
  return duty
}

async function pass(member: Member, milliseconds: number): Promise<void> {
  member.clock.advance(milliseconds)
  await member.duties.tend()
  await member.duties.settled()
}

/** Time for both, in steps in which each looks after its duties. */
async function passTogether(members: readonly Member[], milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 5_000) {
    for (const member of members) await pass(member, Math.min(5_000, left))
  }
}

async function pair(t: TestContext, duty = () => counting()) {
  const bench = await barrierBench(t)
  const [a, b] = [duty(), duty()]
  return { bench, a, b, first: await join(bench, 'first', [a]), second: await join(bench, 'second', [b]) }
}

async function markOf({ ground }: Member): Promise<string | undefined> {
  const tx = begin(ground)
  return (await tx.get(markers, row))?.by
}

describe('a duty', () => {
  test('is done by one process at a time', async (t) => {
    const { a, b, first, second } = await pair(t)
    await passTogether([first, second], 300_000)
    assert.ok(a.runs > 50)
    assert.equal(b.runs, 0)
    assert.deepEqual(new Set(a.epochs), new Set([1]))
  })

  test('goes to one alone of two who want it in the same moment', async (t) => {
    const { a, b, first, second } = await pair(t)
    await Promise.all([first.duties.tend(), second.duties.tend()])
    await Promise.all([pass(first, 5_000), pass(second, 5_000)])
    assert.equal(a.runs + b.runs, 1)
  })

  test('runs at its interval and not at the start, and soon when asked', async (t) => {
    const bench = await barrierBench(t)
    const duty = counting('work', 60_000)
    const only = await join(bench, 'only', [duty])
    await passTogether([only], 60_000)
    assert.equal(duty.runs, 0)
    await pass(only, 5_000)
    assert.equal(duty.runs, 1)
    only.duties.soon('work')
    await only.duties.tend()
    await only.duties.settled()
    assert.equal(duty.runs, 2)
    await pass(only, 59_999)
    assert.equal(duty.runs, 2)
    await pass(only, 1)
    assert.equal(duty.runs, 3)
  })

  test('that has more to do goes on the next time its process looks', async (t) => {
    const bench = await barrierBench(t)
    let left = 3
    const duty: Duty = { name: 'work', every: 60_000, run: async () => (--left > 0 ? 'more' : 'done') }
    const only = await join(bench, 'only', [duty])
    only.duties.soon('work')
    for (let i = 0; i < 5; i++) await pass(only, 0)
    assert.equal(left, 0)
  })

  test('that fails is told of once, and again after it had worked, and tried again each time', async (t) => {
    const bench = await barrierBench(t)
    let runs = 0
    const duty: Duty = {
      name: 'work',
      every: 1_000,
      run: async () => {
        if (++runs < 4 || runs === 5) throw new Error('no luck')
        return 'done'
      },
    }
    const only = await join(bench, 'only', [duty])
    for (const seconds of [10, 5, 5]) await passTogether([only], seconds * 1_000)
    // An outage does not fill the log.
    assert.deepEqual([runs, only.failures], [3, ['work: Error: no luck']])
    for (const seconds of [5, 5]) await passTogether([only], seconds * 1_000)
    assert.deepEqual([runs, only.failures], [5, ['work: Error: no luck', 'work: Error: no luck']])
  })
})

describe('a process that stops to beat', () => {
  test('loses its duties after their time, and not before', async (t) => {
    const { a, b, first, second } = await pair(t)
    await passTogether([first, second], 20_000)
    await passTogether([second], deadAfter - 5_000)
    assert.equal(b.runs, 0)
    await passTogether([second], 10_000)
    assert.ok(a.runs > 0)
    assert.deepEqual(b.epochs.slice(0, 1), [2])
  })

  test('keeps them when it is heard of again in time', async (t) => {
    const { b, first, second } = await pair(t)
    await pass(first, 0)
    for (let i = 0; i < 20; i++) {
      await passTogether([second], deadAfter - 5_000)
      await pass(first, beatEvery)
      await pass(second, 0)
    }
    assert.equal(b.runs, 0)
  })

  test('gives its duties back when it stops in good order', async (t) => {
    const { b, first, second } = await pair(t)
    await pass(first, 0)
    await pass(second, 0)
    await first.duties.stop()
    await pass(second, 0)
    await pass(second, 1_000)
    assert.deepEqual(b.epochs, [2])
  })

  test('and comes back knows that its duties are another’s now, and takes them back one day', async (t) => {
    const { a, b, first, second } = await pair(t)
    await passTogether([first], 10_000)
    await passTogether([second], deadAfter + 10_000)
    const runs = a.runs
    await passTogether([first, second], 120_000)
    assert.equal(a.runs, runs)
    await passTogether([first], deadAfter + 10_000)
    assert.ok(a.runs > runs)
    assert.equal(a.epochs.at(-1), 3)
    assert.deepEqual([...first.failures, ...second.failures], [])
    assert.ok(b.runs > 0)
  })
})

describe('a process that was paused while another took its duty over', () => {
  /** A duty that writes a row, and stands still at some point until it is let go. */
  function pausing(process: string) {
    const reached = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const result = Promise.withResolvers<unknown>()
    const stand = async () => {
      reached.resolve()
      await goOn.promise
    }
    const duty = (before: () => Promise<void>, inside: () => Promise<void>): Duty => ({
      name: 'work',
      every: 1_000,
      run: async (turn) => {
        await before()
        await turn
          .transact(async (tx) => {
            await inside()
            tx.put(markers, row, { by: process })
          })
          .then(result.resolve, result.resolve)
        return 'done'
      },
    })
    return { reached: reached.promise, goOn: goOn.resolve, result: result.promise, stand, duty }
  }

  const nothing = async () => {}

  /** Has `first` stand still in its run, and `second` take over and do its own. */
  async function overtake(paused: ReturnType<typeof pausing>, first: Member, second: Member): Promise<void> {
    await first.duties.tend()
    first.clock.advance(1_000)
    await first.duties.tend()
    await paused.reached
    await passTogether([second], deadAfter + 10_000)
    assert.equal(await markOf(second), 'second')
    paused.goOn()
    assert.ok((await paused.result) instanceof TakenOver)
    await first.duties.settled()
    assert.equal(await markOf(second), 'second')
    assert.deepEqual(first.failures, [])
  }

  const writing = (process: string) => pausing(process).duty(nothing, nothing)

  test('cannot begin a transaction', async (t) => {
    const bench = await barrierBench(t)
    const paused = pausing('first')
    const first = await join(bench, 'first', [paused.duty(paused.stand, nothing)])
    await overtake(paused, first, await join(bench, 'second', [writing('second')]))
  })

  test('cannot end one that it has begun', async (t) => {
    const bench = await barrierBench(t)
    const paused = pausing('first')
    const first = await join(bench, 'first', [paused.duty(nothing, paused.stand)])
    await overtake(paused, first, await join(bench, 'second', [writing('second')]))
  })

  test('cannot land a commit that was under way', async (t) => {
    const bench = await barrierBench(t)
    const paused = pausing('first')
    let held = 0
    const wrap = (store: Store) =>
      watchedStore(store, async ({ put = [] }) => {
        if (put.some(({ key }) => key === row) && held++ === 0) await paused.stand()
      })
    const first = await join(bench, 'first', [paused.duty(nothing, nothing)], wrap)
    await overtake(paused, first, await join(bench, 'second', [writing('second')]))
    assert.equal(held, 1)
  })
})

describe('a clock that jumps', () => {
  const years = 10 * 366 * 24 * 3600_000

  test('changes nothing about who has a duty, nor when it runs', async (t) => {
    for (const jump of [years, -years]) {
      const { a, b, first, second } = await pair(t)
      await passTogether([first, second], 20_000)
      second.clock.jump(jump)
      await passTogether([first, second], 60_000)
      first.clock.jump(jump)
      const runs = a.runs
      await passTogether([first, second], 60_000)
      assert.equal(a.runs, runs + 12)
      assert.equal(b.runs, 0)
    }
  })
})

describe('duties on a store that is as difficult as a store may be', () => {
  test('are had by one process, whatever collides or is lost', async (t) => {
    const bench = await barrierBench(t)
    const list: readonly Mischief[] = ['conflict', 'none', 'lost answer', 'delay', 'none', 'conflict']
    let at = 0
    let difficult = false
    const wrap = (store: Store) =>
      chaosStore(store, () => (difficult ? (list[at++ % list.length] ?? 'none') : 'none'))
    const [a, b] = [counting(), counting()]
    const first = await join(bench, 'first', [a], wrap)
    const second = await join(bench, 'second', [b], wrap)
    difficult = true
    await passTogether([first, second], 300_000)
    assert.ok(a.runs + b.runs > 20)
    // Each epoch was one process's alone.
    assert.deepEqual(
      a.epochs.filter((epoch) => b.epochs.includes(epoch)),
      [],
    )
  })
})

describe('the re-encryption as a duty', () => {
  test('stops when another process has taken it over, before it writes anything', async (t) => {
    const bench = await barrierBench(t)
    const barrier = await bench.open()
    const ground: Ground = { store: bench.store, barrier, cache: createRecordCache(1_000_000) }
    const tx = begin(ground)
    tx.put(markers, row, { by: 'someone' })
    await tx.commit()
    await barrier.rotate()
    const [before] = await bench.store.read([row])
    const gone = { key: epochKey('reencryption'), version: null }
    const takeover = begin(ground)
    takeover.put(epochs, gone.key, { number: 2, process: 'second', since: 0 })
    await takeover.commit()
    const turn: Turn = {
      epoch: 1,
      signal: new AbortController().signal,
      fence: async () => gone,
      transact: () => assert.fail('it makes no transactions'),
    }
    await assert.rejects(reencryptionDuty({ barrier, report: assert.fail }).run(turn), { code: 'conflict' })
    assert.deepEqual(await bench.store.read([row]), [before])
  })

  test('leaves the rows of duties alone, so that nobody loses a duty by it', async (t) => {
    const bench = await barrierBench(t)
    const barrier = await bench.open()
    const ground: Ground = { store: bench.store, barrier, cache: createRecordCache(1_000_000) }
    const clock = manualClock()
    const duties = createDuties({
      ground: () => ground,
      clock,
      process: 'only',
      duties: [reencryptionDuty({ barrier, report: assert.fail })],
      failed: (_duty, error) => assert.fail(String(error)),
    })
    await duties.tend()
    const [before] = await bench.store.read([epochKey('reencryption')])
    await barrier.rotate()
    for (let i = 0; i < 5; i++) {
      clock.advance(20_000)
      await duties.tend()
      await duties.settled()
    }
    assert.equal((await barrier.reencrypt()).done, true)
    assert.deepEqual(await bench.store.read([epochKey('reencryption')]), [before])
  })
})
