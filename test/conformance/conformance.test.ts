import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { type HttpServer, startHttp } from '../../src/http/server.ts'
import { startTestNode, type TestNode } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { complaints, parseNotBuilt } from './not-built.ts'
import { areas, linesOf, missing, play, problems } from './recordings.ts'

const notBuilt = parseNotBuilt(readFileSync(new URL('not-built.txt', import.meta.url), 'utf8'))

describe('recorded conversations with a Vault-compatible server', requires(missing), () => {
  let server: TestNode
  let http: HttpServer
  /** Answers that are not as their routes declare them. */
  const unlike: string[] = []
  before(async () => {
    server = await startTestNode({
      clock: systemClock(),
      prometheus: true,
      unlike: (problem) => unlike.push(problem),
    })
    await server.ask('write', 'sys/mounts/secret', { fields: { type: 'kv', options: { version: '2' } } })
    http = await startHttp({
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback' }],
      handler: server.node.handler,
      ...server.node.web,
    })
  })
  after(async () => {
    await http?.stop(0)
    await server?.stop()
  })

  const all = missing === undefined ? areas() : []

  test('every conversation on the list of those not built yet is a recorded one', () => {
    const recorded = new Set(all.flatMap(linesOf))
    const unknown = [...notBuilt].filter((line) => !recorded.has(line))
    assert.deepEqual(unknown, [])
  })

  for (const area of all) {
    const lines = linesOf(area)
    const due = lines.filter((line) => !notBuilt.has(line)).length
    test(`${area}: ${due} of ${lines.length} answered as recorded, all as declared`, async () => {
      unlike.length = 0
      const address = http.addresses[0]?.url ?? ''
      const { outcomes, output } = await play({ address, token: server.root, caFile: undefined }, area)
      assert.equal(outcomes.length, lines.length, output)
      const wrong = complaints(notBuilt, outcomes)
      assert.ok(wrong.length === 0, [...wrong, '', ...problems(output, notBuilt)].join('\n'))
      assert.deepEqual([...new Set(unlike)].sort(), [])
    })
  }
})
