import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Bench, barrierBench } from '../../barrier/barrier-for-tests.ts'
import { highWaterClock, manualClock } from '../../base/clock.ts'
import { type CofferError, isFailure } from '../../base/errors.ts'
import { takeTime } from '../../lease/cluster-time.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { transact } from '../../transaction/transaction.ts'
import { createRegistry } from './registry.ts'
import { nodeKey } from './rows.ts'

const minute = 60_000

/** Nodes on machines of their own, all of which begin at the same time. */
async function machines(t: TestContext) {
  const bench: Bench = await barrierBench(t)
  const start = bench.clock.now()
  /** @param pause what passes while it waits */
  return async (name: string, ahead = 0, pause: () => Promise<unknown> = async () => {}, process = 0) => {
    const below = manualClock(start + ahead)
    const clock = highWaterClock(below)
    const ground = { store: bench.store, barrier: await bench.open(), cache: createRecordCache(1_000_000) }
    const ended: CofferError[] = []
    const registry = createRegistry({
      ...{ ground, clock, wall: below.now, key: nodeKey({ node: name, process }), apart: true, pause },
      about: {
        id: `${name} ${ahead}`,
        hostname: name,
        apiAddress: '',
        clusterAddress: '',
        version: '1',
        formats: { oldest: 1, newest: 1 },
      },
      report: () => {},
      ahead: (error) => ended.push(error),
    })
    const mark = () =>
      transact(
        () => ground,
        (tx) => takeTime(tx, highWaterClock(below)),
      )
    return { registry, below, clock, ended, mark: async () => (await mark()) - start }
  }
}
type Machine = Awaited<ReturnType<Awaited<ReturnType<typeof machines>>>>

/** Seconds pass on all of them; each looks around every second. */
async function pass(seconds: number, ...all: readonly Machine[]): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    for (const { below } of all) below.advance(1_000)
    for (const { registry } of all)
      await registry.tend().catch((error) => isFailure(error, 'clock_ahead') || assert.fail(error))
  }
}

const isAhead = {
  code: 'clock_ahead',
  message: /the clock of this machine is \d+ seconds ahead of (one|two)/,
}

describe('a node whose clock is far ahead of those of the others', () => {
  test('does not join, and leaves the time of the cluster as it is', async (t) => {
    const start = await machines(t)
    const one = await start('one')
    await pass(6, one)
    const wrong = await start('wrong', 10 * minute, () => pass(1, one))
    await assert.rejects(wrong.registry.join(), isAhead)
    assert.ok((await one.mark()) < minute)
    // One that is a little ahead joins at once.
    const right = await start('right', 50_000, async () => assert.fail('it waits'))
    await right.registry.join()
  })

  test('joins where nobody else lives any more', async (t) => {
    const start = await machines(t)
    const one = await start('one')
    await pass(6, one)
    let waited = 0
    const later = await start('later', 10 * minute, async () => {
      waited++
      later.below.advance(500)
    })
    await later.registry.join()
    assert.ok(waited > 12, `${waited}`)
    await later.registry.tend()
    assert.ok((await later.mark()) >= 10 * minute)
  })

  test('serves nothing from the moment that its clock jumps, stores no time, and ends', async (t) => {
    const start = await machines(t)
    const [one, two] = [await start('one'), await start('two')]
    await pass(20, one, two)
    one.registry.check()
    one.below.jump(10 * minute)
    assert.throws(() => one.registry.check(), isAhead)
    await pass(1, one, two)
    assert.equal(one.ended.length, 0)
    await pass(6, one, two)
    assert.match(one.ended[0]?.message ?? '', isAhead.message)
    two.registry.check()
    assert.deepEqual(two.ended, [])
    assert.ok((await two.mark()) < minute)
  })

  test('is not excused by the other processes of its machine', async (t) => {
    const start = await machines(t)
    const one = [await start('one'), await start('one', 0, undefined, 1)]
    const all = [...one, await start('two')]
    await pass(20, ...all)
    for (const { below } of one) below.jump(10 * minute)
    await pass(7, ...all)
    for (const { registry, ended, mark } of one) {
      assert.throws(() => registry.check(), isAhead)
      assert.ok(ended.length > 0)
      assert.ok((await mark()) < minute)
    }
    const more = await start('one', 10 * minute, () => pass(1, ...all), 2)
    await assert.rejects(more.registry.join(), isAhead)
  })

  test('follows its clock where the others’ have jumped as well, or nobody else lives', async (t) => {
    const start = await machines(t)
    const [one, two] = [await start('one'), await start('two')]
    await pass(20, one, two)
    for (const { below } of [one, two]) below.jump(60 * minute)
    assert.throws(() => one.registry.check(), isAhead)
    await pass(7, one, two)
    for (const { registry, ended } of [one, two]) {
      registry.check()
      assert.deepEqual(ended, [])
    }
    await pass(35, one)
    one.below.jump(60 * minute)
    await pass(1, one)
    one.registry.check()
    assert.deepEqual(one.ended, [])
  })

  test('is right beside one whose clock is far behind, if it has served before', async (t) => {
    const start = await machines(t)
    const one = await start('one')
    await one.registry.join()
    await pass(6, one)
    const two = await start('two', -10 * minute)
    await two.registry.join()
    await pass(20, one, two)
    for (const { registry, ended } of [one, two]) {
      registry.check()
      assert.deepEqual(ended, [])
    }
  })
})
