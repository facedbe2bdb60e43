import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestNode } from '../../../test/support/node.ts'
import type { Json } from '../../base/json.ts'

describe('the lease duration of a KV v1 secret', () => {
  it('is what its own ttl or lease says when that is a span, else the default of the mount', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    await server.ask('write', 'sys/mounts/kv', {
      fields: { type: 'kv', config: { default_lease_ttl: '2h' } },
    })
    const durationOf = async (fields: Record<string, Json>) => {
      await server.ask('write', 'kv/a', { fields })
      const reply = await server.ask('read', 'kv/a')
      return 'leaseDuration' in reply ? reply.leaseDuration : undefined
    }
    for (const said of ['1h', 3600, '3600', '60m']) {
      assert.equal(await durationOf({ ttl: said }), 3600)
      assert.equal(await durationOf({ lease: said }), 3600)
    }
    assert.equal(await durationOf({ ttl: '1m', lease: '1h' }), 60)
    for (const said of ['-5', -5, '-1h', '-1ns', 0, '0', '0s', '', 'soon', true, null, ['1h'], { a: '1h' }]) {
      assert.equal(await durationOf({ ttl: said }), 7200, JSON.stringify(said))
    }
    assert.equal(await durationOf({ other: '1h' }), 7200)
  })
})
