import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf, startTestNode } from '../../../test/support/node.ts'

describe('counters', () => {
  it('count tokens and entities, and nothing that nobody counts', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const counters = async (name: string) =>
      dataOf(await server.ask('read', `sys/internal/counters/${name}`)).counters
    assert.deepEqual(await counters('tokens'), { service_tokens: { total: 1 } })
    assert.deepEqual(await counters('entities'), { entities: { total: 0 } })
    for (const name of ['alice', 'bob']) {
      await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } })
      await server.ask('write', 'identity/entity', { fields: { name } })
    }
    assert.deepEqual(await counters('tokens'), { service_tokens: { total: 3 } })
    assert.deepEqual(await counters('entities'), { entities: { total: 2 } })
    for (const name of ['activity/export', 'config']) {
      const reply = await server.ask('read', `sys/internal/counters/${name}`)
      assert.equal(codeOf(reply), 'unsupported_path', name)
      assert.match(String(reply), /counted by month, always and without their names/)
    }
  })
})
