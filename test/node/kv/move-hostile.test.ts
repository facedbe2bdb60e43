import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startWithKv, tokenWith } from '../../support/kv.ts'
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

  it('tells nobody without rights at the target whether there is a secret', async (t) => {
    const server = await startWithKv(t)
    await server.ask('write', 'v2/data/from/a', { fields: { data: { v: '1' } } })
    await server.ask('write', 'v2/data/hidden/there', { fields: { data: { v: '1' } } })
    const token = await tokenWith(
      server,
      'path "v2/metadata/from/*" { capabilities = ["delete"] } path "v2/data/from/*" { capabilities = ["read"] }',
    )
    const refusals = []
    for (const name of ['there', 'none']) {
      const fields = { from: 'v2/from/a', to: `v2/hidden/${name}`, overwrite: true }
      const { denied } = (await server.ask('write', 'sys/kv/move', { token, fields })) as {
        denied?: { path: string }
      }
      refusals.push(denied?.path.replace(name, ''))
    }
    assert.deepEqual(refusals, ['v2/data/hidden/', 'v2/data/hidden/'])
  })
})
