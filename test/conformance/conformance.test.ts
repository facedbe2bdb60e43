import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { startHttp } from '../../src/http/server.ts'
import { startTestNode } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { complaints, parseNotBuilt } from './not-built.ts'
import { areas, linesOf, missing, play, problems } from './recordings.ts'

const notBuilt = parseNotBuilt(readFileSync(new URL('not-built.txt', import.meta.url), 'utf8'))

describe('recorded conversations with a Vault-compatible server', {
  ...requires(missing),
  concurrency: 4,
}, () => {
  // Those with most to say first: they wait for most, and the others go beside them.
  const all = missing === undefined ? areas().sort((a, b) => linesOf(b).length - linesOf(a).length) : []

  test('every conversation on the list of those not built yet is a recorded one', () => {
    const recorded = new Set(all.flatMap(linesOf))
    const unknown = [...notBuilt].filter((line) => !recorded.has(line))
    assert.deepEqual(unknown, [])
  })

  for (const area of all) {
    const lines = linesOf(area)
    const due = lines.filter((line) => !notBuilt.has(line)).length
    test(`${area}: ${due} of ${lines.length} answered as recorded, all as declared`, async (t) => {
      /** Answers that are not as their routes declare them. */
      const unlike = new Set<string>()
      const target = await startTarget(t, unlike)
      const { outcomes, output } = await play({ ...target, caFile: undefined }, area)
      assert.equal(outcomes.length, lines.length, output)
      const wrong = complaints(notBuilt, outcomes)
      assert.ok(wrong.length === 0, [...wrong, '', ...problems(output, notBuilt)].join('\n'))
      assert.deepEqual([...unlike].sort(), [])
    })
  }
})

/** A server of its own, as the recorded one was set up. */
async function startTarget(t: TestContext, unlike: Set<string>) {
  const server = await startTestNode({
    clock: systemClock(),
    prometheus: true,
    unlike: (problem) => unlike.add(problem),
  })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/secret', { fields: { type: 'kv', options: { version: '2' } } })
  const http = await startHttp({
    listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback' }],
    handler: server.node.handler,
    ...server.node.web,
  })
  t.after(() => http.stop(0))
  return { address: http.addresses[0]?.url ?? assert.fail('nothing listens'), token: server.root }
}
