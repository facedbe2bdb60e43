import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Json, type JsonObject, parseJson } from '../../src/base/json.ts'
import { standardTtl } from '../../src/core/server.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const wrap = async (fields: JsonObject) => {
    const reply = await server.ask('write', 'sys/wrapping/wrap', { wrapTtl: 60, fields })
    assert.ok('wrap' in reply && reply.wrap !== undefined)
    return reply.wrap.token
  }
  return { server, wrap }
}

const responseOf = async (server: TestNode, token: string) =>
  JSON.parse(String(dataOf(await server.ask('read', 'cubbyhole/response', { token })).response)) as JsonObject

describe('a wrapping token', () => {
  it('reads its whole answer at cubbyhole/response, once', async (t) => {
    const { server, wrap } = await start(t)
    const token = await wrap({ a: 'b' })
    const { data, auth, wrap_info } = await responseOf(server, token)
    assert.deepEqual([data, auth, wrap_info], [{ a: 'b' }, null, null])
    assert.equal(codeOf(await server.ask('read', 'cubbyhole/response', { token })), 'permission_denied')
    const unwrapped = await server.ask('write', 'sys/wrapping/unwrap', { token })
    assert.equal(codeOf(unwrapped), 'invalid_request')
  })

  it('lives no longer than tokens of the mount or of the server do', async (t) => {
    const { server } = await start(t)
    const lives = async (path: string) => {
      const reply = await server.ask('read', path, { wrapTtl: 9_000_000_000 })
      assert.ok('wrap' in reply && reply.wrap !== undefined)
      const { token, ttl } = reply.wrap
      const found = dataOf(await server.ask('read', 'sys/wrapping/lookup', { token }))
      return { ttl, stored: found.creation_ttl, warnings: reply.warnings }
    }
    const warning = (seconds: number) => [
      `the wrapping token lives ${seconds} seconds instead of 9000000000: the longest TTL here`,
    ]
    const max = standardTtl.max
    assert.deepEqual(await lives('sys/mounts'), { ttl: max, stored: max, warnings: warning(max) })
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv', config: { max_lease_ttl: '1h' } } })
    await server.ask('write', 'kv/a', { fields: { k: 'v' } })
    assert.deepEqual(await lives('kv/a'), { ttl: 3600, stored: 3600, warnings: warning(3600) })
  })

  it('that holds a token shows it there too', async (t) => {
    const { server } = await start(t)
    const made = await server.ask('write', 'auth/token/create', { wrapTtl: 60, fields: { ttl: '1h' } })
    assert.ok('wrap' in made)
    const { auth } = await responseOf(server, made.wrap?.token ?? '')
    const inner = String((auth as JsonObject).client_token)
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token: inner })), undefined)
  })

  it('gives its answer once, however many ask at once and by whichever way', async (t) => {
    const { server, wrap } = await start(t)
    for (let round = 0; round < 10; round++) {
      const token = await wrap({ a: 'b' })
      const replies = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          i % 2 === 0
            ? server.ask('read', 'cubbyhole/response', { token })
            : server.ask('write', 'sys/wrapping/unwrap', { token }),
        ),
      )
      assert.equal(replies.filter((reply) => codeOf(reply) === undefined).length, 1)
    }
  })

  it('finds nothing there once its answer was unwrapped', async (t) => {
    const { server, wrap } = await start(t)
    const token = await wrap({ a: 'b' })
    assert.deepEqual(dataOf(await server.ask('write', 'sys/wrapping/unwrap', { token })), { a: 'b' })
    assert.equal(codeOf(await server.ask('read', 'cubbyhole/response', { token })), 'permission_denied')
  })

  it('gives numbers back as they were spelled, and deep values whole', async (t) => {
    const { server, wrap } = await start(t)
    let deep: Json = 1
    for (let i = 0; i < 990; i++) deep = [deep]
    const fields = parseJson(
      `{"big":12345678901234567890,"exact":1.50,"deep":${JSON.stringify(deep)}}`,
    ) as JsonObject
    const token = await wrap(fields)
    // From the store, and not from memory.
    await server.ask('write', 'sys/seal')
    await server.node.keeper.unseal(server.unsealKey)
    const reply = await server.ask('write', 'sys/wrapping/unwrap', { token })
    assert.ok('data' in reply)
    assert.equal(JSON.stringify(reply.data), JSON.stringify(fields))
  })
})

describe('unwrapping with a token beside the wrapping token', () => {
  const both = (server: TestNode, token: string, wrapped: string, path = 'unwrap') =>
    server.ask('write', `sys/wrapping/${path}`, { token, fields: { token: wrapped } })

  it('is for callers whom every other route takes', async (t) => {
    const { server, wrap } = await start(t)
    const make = async (fields: JsonObject) =>
      tokenOf(await server.ask('write', 'auth/token/create', { fields: { ttl: '1h', ...fields } }))
    const entity = dataOf(await server.ask('write', 'identity/entity', { fields: { name: 'alice' } })).id
    const { accessor } = dataOf(await server.ask('read', 'sys/auth'))['token/'] as JsonObject
    await server.ask('write', 'identity/entity-alias', {
      fields: { name: 'alice', canonical_id: String(entity), mount_accessor: String(accessor) },
    })
    await server.ask('write', 'auth/token/roles/r', { fields: { allowed_entity_aliases: ['alice'] } })
    const ofAlice = tokenOf(
      await server.ask('write', 'auth/token/create/r', { fields: { entity_alias: 'alice' } }),
    )
    await server.ask('write', `identity/entity/id/${entity}`, { fields: { disabled: true } })
    await server.ask('write', 'auth/token/roles/far', { fields: { token_bound_cidrs: ['10.0.0.0/8'] } })
    const elsewhere = tokenOf(await server.ask('write', 'auth/token/create/far'))
    assert.equal(
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token: elsewhere, address: '10.0.0.1' })),
      undefined,
    )
    const spent = await make({ num_uses: 1 })
    await server.ask('read', 'auth/token/lookup-self', { token: spent })
    const denied = (path: string) => `path "sys/wrapping/${path}" { capabilities = ["deny"] }\n`
    const deny = denied('unwrap') + denied('rewrap')
    await server.ask('write', 'sys/policies/acl/no', { fields: { policy: deny } })

    for (const [what, token, code] of [
      ['none', '', 'permission_denied'],
      ['unknown', 'hvs.unknown', 'permission_denied'],
      ['bound to another network', elsewhere, 'permission_denied'],
      ['of a disabled entity', ofAlice, 'permission_denied'],
      ['without a use left', spent, 'permission_denied'],
      ['that policies refuse', await make({ policies: ['no'] }), 'policy_denied'],
    ] as const) {
      const wrapped = await wrap({ a: 'b' })
      for (const path of ['unwrap', 'rewrap'] as const) {
        assert.equal(codeOf(await both(server, token, wrapped, path)), code, `${what}, ${path}`)
      }
      assert.deepEqual(dataOf(await both(server, server.root, wrapped)), { a: 'b' }, what)
    }
  })

  it('takes one use of a token that counts them', async (t) => {
    const { server, wrap } = await start(t)
    const made = await server.ask('write', 'auth/token/create', { fields: { num_uses: 2, ttl: '1h' } })
    const token = tokenOf(made)
    assert.deepEqual(dataOf(await both(server, token, await wrap({ a: 'b' }))), { a: 'b' })
    assert.deepEqual(dataOf(await both(server, token, await wrap({ a: 'c' }))), { a: 'c' })
    assert.equal(codeOf(await both(server, token, await wrap({ a: 'd' }))), 'permission_denied')
  })

  it('is the same as without where both are one', async (t) => {
    const { server, wrap } = await start(t)
    const token = await wrap({ a: 'b' })
    assert.deepEqual(dataOf(await both(server, token, token)), { a: 'b' })
  })
})

describe('the name response in the cubbyhole', () => {
  it('is an ordinary one for every other token', async (t) => {
    const { server } = await start(t)
    assert.equal(codeOf(await server.ask('read', 'cubbyhole/response')), 'not_found')
    await server.ask('write', 'cubbyhole/response', { fields: { k: 'v' } })
    assert.deepEqual(dataOf(await server.ask('read', 'cubbyhole/response')), { k: 'v' })
  })
})
