import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Bench, barrierBench } from '../../barrier/barrier-for-tests.ts'
import { type ManualClock, manualClock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { begin, type Ground } from '../../transaction/transaction.ts'
import { type CheckOutcome, checkDuty } from './check.ts'
import { createDuties } from './duties.ts'
import { showStoreCheck } from './view.ts'

const hour = 3600_000
const day = 24 * hour

type Options = {
  readonly clock?: ManualClock
  readonly process?: string
  /** Where in the day the first check is, from 0 to 1. */
  readonly offset?: number
  readonly check?: () => Promise<readonly string[]>
}

async function checking(bench: Bench, options: Options = {}) {
  const { clock = manualClock(), process = 'only', offset = 0.5, check = async () => [] } = options
  const ground: Ground = {
    store: bench.store,
    barrier: await bench.open(),
    cache: createRecordCache(1_000_000),
  }
  const reports: string[] = []
  const outcomes: CheckOutcome[] = []
  const random = {
    ...systemRandom,
    bytes: (length: number) => {
      const bytes = Buffer.alloc(length)
      bytes.writeUInt32BE(Math.floor(offset * 2 ** 32))
      return bytes
    },
  }
  const duty = checkDuty({
    clock,
    random,
    check,
    report: (text, level) => reports.push(`${level}: ${text}`),
    checked: (outcome) => outcomes.push(outcome),
  })
  const duties = createDuties({
    ground: () => ground,
    clock,
    process,
    duties: [duty],
    failed: (_name, error) => assert.fail(String(error)),
  })
  return {
    clock,
    duties,
    reports,
    outcomes,
    show: () => showStoreCheck(begin(ground)),
    /** Lets time pass, looking after the duty four times an hour. */
    async pass(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= hour / 4) {
        clock.advance(hour / 4)
        await duties.tend()
        await duties.settled()
      }
    },
  }
}

const single = async (t: TestContext, options: Options = {}) => checking(await barrierBench(t), options)

describe('the full check of the store', () => {
  test('runs once a day, first at a random moment of the first day', async (t) => {
    const early = await single(t, { offset: 0.25 })
    await early.pass(5 * hour)
    assert.equal(early.outcomes.length, 0)
    await early.pass(2 * hour)
    assert.equal(early.outcomes.length, 1)
    await early.pass(10 * day)
    assert.equal(early.outcomes.length, 11)
    const late = await single(t, { offset: 0.9 })
    await late.pass(20 * hour)
    assert.equal(late.outcomes.length, 0)
    await late.pass(4 * hour)
    assert.equal(late.outcomes.length, 1)
  })

  test('runs once a day though no process lives for a day', async (t) => {
    const bench = await barrierBench(t)
    const clock = manualClock()
    let outcomes = 0
    for (let i = 0; i < 12; i++) {
      const some = await checking(bench, { clock, process: `process ${i}` })
      await some.pass(8 * hour)
      await some.duties.stop()
      outcomes += some.outcomes.length
    }
    assert.equal(outcomes, 4)
  })

  test('tells what it found in the log, to metrics, and to whoever asks', async (t) => {
    const good = await single(t)
    assert.deepEqual(await good.show(), {
      healthy: null,
      findings: [],
      started: null,
      finished: null,
      next: null,
    })
    await good.pass(13 * hour)
    assert.deepEqual(good.reports, ['info: the store was checked in full; nothing is wrong'])
    const shown = await good.show()
    assert.equal(shown.healthy, true)
    assert.equal(shown.finished, new Date(good.outcomes[0]?.finished ?? 0).toISOString())
    assert.equal(shown.next, new Date((good.outcomes[0]?.finished ?? 0) + day).toISOString())

    const bad = await single(t, { check: async () => ['2 rows are torn'] })
    await bad.pass(13 * hour)
    assert.deepEqual(bad.reports, [
      'error: the check of the store found: 2 rows are torn; restore the backup where data is damaged',
    ])
    assert.deepEqual((await bad.show()).findings, ['2 rows are torn'])
    assert.equal((await bad.show()).healthy, false)
    assert.deepEqual(bad.outcomes[0]?.findings, ['2 rows are torn'])
  })

  test('of a store too damaged to be read is a finding as well', async (t) => {
    const bad = await single(t, { check: async () => fail('corrupt', 'a page does not add up') })
    await bad.pass(13 * hour)
    assert.deepEqual((await bad.show()).findings, ['the store cannot be read in full'])
  })

  test('is not put off for years by a clock that was ahead once', async (t) => {
    const bench = await barrierBench(t)
    const wrong = await checking(bench, { clock: manualClock(Date.UTC(2060, 0, 1)), process: 'wrong' })
    await wrong.pass(13 * hour)
    await wrong.duties.stop()
    const right = await checking(bench, { process: 'right' })
    await right.pass(2 * day)
    assert.equal(right.outcomes.length, 1)
  })

  test('does not keep a process from stopping', async (t) => {
    const begun = Promise.withResolvers<void>()
    const endless = await single(t, {
      offset: 0,
      check: () => {
        begun.resolve()
        return new Promise(() => {})
      },
    })
    await endless.duties.tend()
    endless.clock.advance(hour)
    await endless.duties.tend()
    await begun.promise
    await endless.duties.stop()
    assert.deepEqual(endless.outcomes, [])
  })
})
