import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import { keysOf, sweepAll } from '../../../test/support/rows.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { parseJson } from '../../base/json/json.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const { ask } = server
  return {
    server,
    create: async (fields: JsonObject = {}, token = server.root) =>
      tokenOf(await ask('write', 'auth/token/create', { token, fields: { ttl: '1h', ...fields } })),
    write: (token: string, path: string, fields: JsonObject = { k: 'v' }) =>
      ask('write', `cubbyhole/${path}`, { token, fields }),
    read: (token: string, path: string) => ask('read', `cubbyhole/${path}`, { token }),
  }
}

describe('a cubbyhole', () => {
  it('keeps objects, lists them and forgets them', async (t) => {
    const { server, create, write, read } = await start(t)
    const token = await create({ policies: ['default'] })
    await write(token, 'a/b', { x: 1 })
    await write(token, 'a/b', { y: parseJson('12345678901234567890') })
    assert.equal(
      JSON.stringify(((await read(token, 'a/b')) as { data: unknown }).data),
      '{"y":12345678901234567890}',
    )
    assert.deepEqual(dataOf(await server.ask('list', 'cubbyhole/', { token })).keys, ['a/'])
    assert.deepEqual(dataOf(await server.ask('list', 'cubbyhole/a/', { token })).keys, ['b'])
    await server.ask('delete', 'cubbyhole/a/b', { token })
    assert.equal(codeOf(await read(token, 'a/b')), 'not_found')
    assert.equal(codeOf(await server.ask('list', 'cubbyhole/', { token })), 'not_found')
  })

  it('tells writes that make something from writes that change it', async (t) => {
    const { server, create, write } = await start(t)
    const policy = 'path "cubbyhole/*" { capabilities = ["create"] }'
    await server.ask('write', 'sys/policies/acl/make', { fields: { policy } })
    const token = await create({ policies: ['make'], no_default_policy: true })
    assert.equal(codeOf(await write(token, 'a')), undefined)
    assert.equal(codeOf(await write(token, 'a')), 'policy_denied')
  })

  it('is seen by its token alone: not by its parent, its children or root', async (t) => {
    const { server, create, write, read } = await start(t)
    const parent = await create()
    const token = await create({}, parent)
    const child = await create({}, token)
    await write(token, 'x')
    for (const other of [parent, child, server.root, await create()]) {
      assert.equal(codeOf(await read(other, 'x')), 'not_found')
      assert.equal(codeOf(await server.ask('list', 'cubbyhole/', { token: other })), 'not_found')
      await server.ask('delete', 'cubbyhole/x', { token: other })
    }
    assert.deepEqual(dataOf(await read(token, 'x')), { k: 'v' })
  })

  it('refuses an object without fields, a folder as a path, and batch tokens', async (t) => {
    const { create, write, read } = await start(t)
    const token = await create()
    assert.equal(codeOf(await write(token, 'x', {})), 'invalid_request')
    assert.equal(codeOf(await write(token, 'x/')), 'invalid_request')
    const batch = await create({ type: 'batch', policies: ['default'] })
    for (const reply of [await write(batch, 'x'), await read(batch, 'x')]) {
      assert.equal(codeOf(reply), 'invalid_request')
      assert.match(String(reply), /cubbyhole operations are only supported by 'service' type tokens/)
    }
  })

  it('cannot be mounted elsewhere, moved or removed', async (t) => {
    const { server } = await start(t)
    assert.equal(
      codeOf(await server.ask('write', 'sys/mounts/c', { fields: { type: 'cubbyhole' } })),
      'invalid_request',
    )
    assert.equal(codeOf(await server.ask('delete', 'sys/mounts/cubbyhole')), 'invalid_request')
    const move = { from: 'cubbyhole', to: 'elsewhere' }
    assert.equal(codeOf(await server.ask('write', 'sys/remount', { fields: move })), 'invalid_request')
  })
})

describe('a locker', () => {
  const ends: Record<string, (own: Awaited<ReturnType<typeof start>>, token: string) => Promise<unknown>> = {
    'is revoked': ({ server }, token) => server.ask('write', 'auth/token/revoke', { fields: { token } }),
    'is revoked alone': ({ server }, token) =>
      server.ask('write', 'auth/token/revoke-orphan', { fields: { token } }),
    'ran out of time': async ({ server }) => server.clock.advance(3_700_000),
    'ran out of uses': async ({ read }, token) => {
      for (let i = 0; i < 4; i++) await read(token, 'none')
    },
  }
  for (const [how, end] of Object.entries(ends)) {
    it(`is closed for everybody when its token ${how}, and nothing of it is left after the sweep`, async (t) => {
      const own = await start(t)
      const before = await keysOf(own.server.store)
      const token = await own.create({ id: 'chosen', num_uses: 5 })
      await own.write(token, 'deep/down')
      await end(own, token)
      assert.equal(codeOf(await own.read(token, 'deep/down')), 'permission_denied')
      const again = await own.create({ id: 'chosen' }).catch(() => undefined)
      if (again !== undefined) assert.equal(codeOf(await own.read(again, 'deep/down')), 'not_found')
      if (again !== undefined)
        await own.server.ask('write', 'auth/token/revoke', { fields: { token: again } })
      own.server.clock.advance(3_700_000)
      await sweepAll(own.server)
      assert.deepEqual(await keysOf(own.server.store), before)
    })
  }

  it('is good for so many uses, and for what its few policies allow', async (t) => {
    const { server, create, write, read } = await start(t)
    const token = await create({ policies: ['default'], num_uses: 3, ttl: '1m', renewable: false })
    assert.equal(codeOf(await write(token, 'secret')), undefined)
    assert.equal(codeOf(await server.ask('read', 'sys/mounts', { token })), 'policy_denied')
    assert.deepEqual(dataOf(await read(token, 'secret')), { k: 'v' })
    assert.equal(codeOf(await read(token, 'secret')), 'permission_denied')
  })
})
