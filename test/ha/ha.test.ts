import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { randomFrom } from '../storage/history/work.ts'
import { requires } from '../support/requires.ts'
import { missingChecker } from './check.ts'
import { type RunResult, runFault } from './run.ts'
import { type Standing, suites } from './suites.ts'

/** The short form of `npm run test:ha`: some of its faults, once each. */
const short: Readonly<Record<string, readonly string[]>> = { sqlite: ['node killed', 'node paused'] }

for (const [name, faults] of Object.entries(short)) {
  describe(`three nodes on ${name}`, { ...requires(missingChecker()), timeout: 180_000 }, () => {
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
      return runFault({ cluster, run, fault, random: randomFrom(3), patience, calm: 1000 })
    }

    for (const fault of faults) {
      test(`lose nothing and answer nothing wrong with: ${fault}`, async (t) => {
        const { lost, wrong, operations, objects, ...noticed } = await struckBy(fault)
        t.diagnostic(`${operations} operations on ${objects} objects; ${JSON.stringify(noticed)}`)
        assert.deepEqual({ lost, wrong }, { lost: 0, wrong: [] })
        assert.ok(operations > 200, `only ${operations} operations`)
        if (fault === 'node killed') {
          const { readsFailed, writesFailed } = noticed
          assert.deepEqual({ readsFailed, writesFailed }, { readsFailed: 0, writesFailed: 0 })
        }
      })
    }
  })
}
