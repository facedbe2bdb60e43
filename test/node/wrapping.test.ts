import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Json, type JsonObject, parseJson } from '../../src/base/json/json.ts'
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

describe('looking at a wrapping token', () => {
  it('takes no token beside it and spends nothing, and tells nothing of the answer', async (t) => {
    const { server } = await start(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'kv/a', { fields: { k: 'secret' } })
    const reply = await server.ask('read', 'kv/a', { wrapTtl: 90 })
    assert.ok('wrap' in reply && reply.wrap !== undefined)
    const { token, creation_time } = reply.wrap
    const told = { creation_path: 'kv/a', creation_time, creation_ttl: 90 }
    const looks = [{ token: '', fields: { token } }, { token }, { token: 'hvs.unknown', fields: { token } }]
    for (const ask of looks) {
      assert.deepEqual(dataOf(await server.ask('write', 'sys/wrapping/lookup', ask)), told)
      assert.deepEqual(dataOf(await server.ask('read', 'sys/wrapping/lookup', ask)), told)
    }
    assert.deepEqual(dataOf(await server.ask('write', 'sys/wrapping/unwrap', { token })), { k: 'secret' })
    for (const ask of looks) {
      assert.equal(codeOf(await server.ask('write', 'sys/wrapping/lookup', ask)), 'invalid_request')
    }
  })

  it('is refused when its time is over, and so is its answer', async (t) => {
    const { server, wrap } = await start(t)
    const token = await wrap({ a: 'b' })
    server.clock.advance(59_999)
    assert.equal(codeOf(await server.ask('write', 'sys/wrapping/lookup', { token })), undefined)
    server.clock.advance(1)
    for (const path of ['lookup', 'unwrap', 'rewrap']) {
      assert.equal(codeOf(await server.ask('write', `sys/wrapping/${path}`, { token })), 'invalid_request')
    }
  })
})

describe('a rewrapped answer', () => {
  it('has a token of its own for the same time, with its first path and time; the old one is over', async (t) => {
    const { server, wrap } = await start(t)
    const first = await wrap({ a: 'b' })
    const before = dataOf(await server.ask('write', 'sys/wrapping/lookup', { token: first }))
    server.clock.advance(50_000)
    const reply = await server.ask('write', 'sys/wrapping/rewrap', { token: first })
    assert.ok('wrap' in reply && reply.wrap !== undefined)
    const { token: second, ttl, creation_path, creation_time } = reply.wrap
    assert.deepEqual({ creation_ttl: ttl, creation_path, creation_time }, before)
    assert.notEqual(second, first)
    for (const path of ['lookup', 'unwrap', 'rewrap']) {
      const late = await server.ask('write', `sys/wrapping/${path}`, { token: first })
      assert.equal(codeOf(late), 'invalid_request', path)
    }
    server.clock.advance(50_000)
    const unwrapped = await server.ask('write', 'sys/wrapping/unwrap', { token: second })
    assert.deepEqual(dataOf(unwrapped), { a: 'b' })
  })

  it('is none where the token is no wrapping token or was spent', async (t) => {
    const { server, wrap } = await start(t)
    const spent = await wrap({ a: 'b' })
    await server.ask('write', 'sys/wrapping/unwrap', { token: spent })
    for (const token of [spent, server.root, 'hvs.unknown']) {
      for (const path of ['lookup', 'unwrap', 'rewrap']) {
        const reply = await server.ask('write', `sys/wrapping/${path}`, { fields: { token } })
        assert.equal(codeOf(reply), 'invalid_request', path)
      }
    }
  })
})

describe('the time of wrapping', () => {
  it('is within what the policy says, which may ask for wrapping at all', async (t) => {
    const { server } = await start(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'kv/a', { fields: { k: 'v' } })
    const policy = 'path "kv/*" { capabilities = ["read"] min_wrapping_ttl = "10s" max_wrapping_ttl = "1m" }'
    await server.ask('write', 'sys/policies/acl/wraps', { fields: { policy } })
    const token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['wraps'], ttl: '1h' } }),
    )
    for (const wrapTtl of [10, 60]) {
      const reply = await server.ask('read', 'kv/a', { token, wrapTtl })
      assert.ok('wrap' in reply && reply.wrap?.ttl === wrapTtl)
    }
    for (const wrapTtl of [9, 61]) {
      assert.equal(codeOf(await server.ask('read', 'kv/a', { token, wrapTtl })), 'policy_denied')
    }
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), 'policy_denied')
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
