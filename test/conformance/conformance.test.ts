import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { requires } from '../support/requires.ts'
import { type RunningServer, startDevServer } from '../support/server.ts'
import { complaints, parseNotBuilt } from './not-built.ts'
import { areas, linesOf, missing, play, problems } from './recordings.ts'

const notBuilt = parseNotBuilt(readFileSync(new URL('not-built.txt', import.meta.url), 'utf8'))

describe('recorded conversations with a Vault-compatible server', requires(missing), () => {
  let server: RunningServer
  before(async () => {
    server = await startDevServer()
  })
  after(() => server.stop())

  const all = missing === undefined ? areas() : []

  test('every conversation on the list of those not built yet is a recorded one', () => {
    const recorded = new Set(all.flatMap(linesOf))
    const unknown = [...notBuilt].filter((line) => !recorded.has(line))
    assert.deepEqual(unknown, [])
  })

  for (const area of all) {
    const lines = linesOf(area)
    const due = lines.filter((line) => !notBuilt.has(line)).length
    test(`${area}: ${due} of ${lines.length} answered as recorded`, async () => {
      const { outcomes, output } = await play(server, area)
      assert.equal(outcomes.length, lines.length, output)
      const wrong = complaints(notBuilt, outcomes)
      assert.ok(wrong.length === 0, [...wrong, '', ...problems(output, notBuilt)].join('\n'))
    })
  }
})
