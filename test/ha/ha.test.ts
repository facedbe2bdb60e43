import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { randomFrom } from '../storage/history/work.ts'
import { requires } from '../support/requires.ts'
import { isAnswer } from './ask.ts'
import { missingChecker } from './check.ts'
import { type RunResult, runFault } from './run.ts'
import { type Standing, suites } from './suites.ts'
import { type Context, newWorker, setUp } from './work/context.ts'
import { type Right, rights } from './work/rights.ts'

/** The short form of `npm run test:ha`: some of its faults, once each. */
const short: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['node killed', 'node paused'],
  etcd: ['node killed', 'etcd leader killed'],
}

for (const [name, faults] of Object.entries(short)) {
  const missing = missingChecker() ?? suites[name]?.missing()
  describe(`three nodes on ${name}`, { ...requires(missing), timeout: 180_000 }, () => {
    let standing: Standing | undefined
    before(async () => {
      standing = await suites[name]?.start({ apart: false })
    })
    after(() => standing?.stop())

    async function struckBy(name: string): Promise<RunResult> {
      const fault = standing?.faults.find((one) => one.name === name)
      assert.ok(standing !== undefined && fault !== undefined)
      const run = name.replaceAll(' ', '-')
      // Other tests keep the machine busy, so that nobody may conclude from a slow answer that there is none.
      const patience = fault.name.endsWith('paused') ? 1000 : 10_000
      const { cluster } = standing
      return runFault({ cluster, run, fault, random: randomFrom(3), patience, pacing: 30, calm: 1000 })
    }

    test('all refuse what one of them has revoked, deleted, removed or destroyed, once that was answered', async () => {
      assert.ok(standing !== undefined)
      const { root, addresses } = standing.cluster
      const context: Context = {
        ...{ run: 'at-once', root, addresses, patience: 10_000, pacing: 0, random: randomFrom(5) },
        record: () => {},
        stopped: () => false,
        strange: assert.fail,
      }
      const workers = addresses.map((_, home) => newWorker(context, home))
      for (const [kind, right] of Object.entries<Right>(rights)) {
        for (const [home, worker] of [...workers, ...workers].entries()) {
          const made = await right.make(context, worker, `at-once-${kind}${home}`)
          const gone = made?.changes.gone
          assert.ok(made !== undefined && gone !== undefined)
          const { path, ask, seen } = made.look
          const look = () =>
            Promise.all(
              workers.map(async (other) => {
                const answer = await other.ask(path, ask)
                return isAnswer(answer) ? seen(answer) : answer
              }),
            )
          assert.deepEqual(await look(), ['there', 'there', 'there'], kind)
          const { status } = (await setUp(context, worker, gone.path, gone.ask)) ?? {}
          assert.ok(status === 200 || status === 204, `${kind}: ${status}`)
          assert.deepEqual(await look(), ['gone', 'gone', 'gone'], kind)
        }
      }
    })

    for (const fault of faults) {
      test(`lose nothing and answer nothing wrong with: ${fault}`, async (t) => {
        const { lost, wrong, histories, operations, objects, ...noticed } = await struckBy(fault)
        t.diagnostic(`${operations} operations on ${objects} objects; ${JSON.stringify(noticed)}`)
        assert.deepEqual({ lost, wrong }, { lost: 0, wrong: [] }, JSON.stringify(histories))
        assert.ok(operations > 200, `only ${operations} operations`)
        if (fault === 'node killed') {
          const { readsFailed, writesFailed } = noticed
          assert.deepEqual({ readsFailed, writesFailed }, { readsFailed: 0, writesFailed: 0 })
        }
      })
    }
  })
}
