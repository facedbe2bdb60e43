import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startWithKv } from '../../support/kv.ts'
import { codeOf, dataOf } from '../../support/node.ts'

describe('sys/kv/move, asked by who means harm or did not think', () => {
  it('loses no secret of a folder that holds one of its own name', async (t) => {
    const server = await startWithKv(t)
    for (const [path, v] of [
      ['kv/a/x', 'outer'],
      ['kv/a/a/x', 'inner'],
    ] as const) {
      assert.equal(codeOf(await server.ask('write', path, { fields: { v } })), undefined)
    }
    const fields = { from: 'kv/a/', to: 'kv/', overwrite: true }
    const reply = await server.ask('write', 'sys/kv/move', { fields })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/kv/')).keys, ['a/a/x', 'a/x'])
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a/a/x')), { v: 'inner' })
    assert.equal(codeOf(await server.ask('delete', 'kv/a/a/x')), undefined)
    assert.equal(dataOf(await server.ask('write', 'sys/kv/move', { fields })).moved, 1)
  })
})
