import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf, startTestNode } from '../../../test/support/node.ts'

describe('the catalogue of plugins', () => {
  it('shows what can be mounted', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const { auth, secret, detailed } = dataOf(await server.ask('read', 'sys/plugins/catalog'))
    assert.ok(Array.isArray(auth) && auth.includes('jwt') && !auth.includes('token'))
    assert.ok(Array.isArray(secret) && secret.includes('kv') && !secret.includes('system'))
    assert.ok(Array.isArray(detailed) && detailed.length >= auth.length + secret.length)
    assert.deepEqual(dataOf(await server.ask('list', 'sys/plugins/catalog/auth')), { keys: auth })
    assert.equal(codeOf(await server.ask('list', 'sys/plugins/catalog/none')), 'invalid_request')
    const kv = dataOf(await server.ask('read', 'sys/plugins/catalog/secret/kv'))
    assert.deepEqual([kv.name, kv.builtin], ['kv', true])
    assert.equal(codeOf(await server.ask('read', 'sys/plugins/catalog/secret/none')), 'not_found')
  })

  it('takes nothing in and gives nothing up', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const fields = { sha256: '00', command: 'x' }
    for (const [verb, path] of [
      ['write', 'catalog/secret/x'],
      ['delete', 'catalog/secret/kv'],
      ['write', 'reload/backend'],
    ] as const) {
      const reply = await server.ask(verb, `sys/plugins/${path}`, { fields })
      assert.equal(codeOf(reply), 'invalid_request')
      assert.match(String(reply), /plugins are not loaded/)
    }
  })
})
