import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '../../src/base/clock.ts'
import { type HttpServer, startHttp } from '../../src/http/server.ts'
import { startTestNode, type TestNode } from '../support/node.ts'
import { requires } from '../support/requires.ts'
import { areas, missing, play } from './recordings.ts'

describe('what routes declare of their answers', requires(missing), () => {
  let server: TestNode
  let http: HttpServer
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
    })
  })
  after(async () => {
    await http?.stop(0)
    await server?.stop()
  })

  for (const area of missing === undefined ? areas() : []) {
    test(`holds for every answer of the recorded conversations of ${area}`, async () => {
      unlike.length = 0
      const { outcomes } = await play(
        { address: http.addresses[0]?.url ?? '', token: server.root, caFile: undefined },
        area,
      )
      assert.ok(outcomes.length > 0)
      assert.deepEqual([...new Set(unlike)].sort(), [])
    })
  }
})
