import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import { rsaKey, signToken } from '../../auth/jwt/tokens-for-tests.ts'
import { CofferError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/auth/jwt', { fields: { type: 'jwt' } })
  await server.ask('write', 'auth/jwt/config', { fields: { jwt_validation_pubkeys: [rsaKey.pem] } })
  return {
    server,
    async login(role: JsonObject, address = '127.0.0.1') {
      const settings = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'], ...role }
      assert.equal(codeOf(await server.ask('write', 'auth/jwt/role/r', { fields: settings })), undefined)
      const now = Math.floor(server.clock.now() / 1000)
      const jwt = signToken({ sub: 'alice', aud: 'coffer', iat: now, exp: now + 600 })
      return server.ask('write', 'auth/jwt/login', { token: '', address, fields: { role: 'r', jwt } })
    },
  }
}

describe('the token of a login', () => {
  it('is an orphan with the times, uses and policies of the role, and default', async (t) => {
    const { login, server } = await start(t)
    const reply = await login({
      token_policies: ['B', 'a'],
      token_ttl: '10m',
      token_explicit_max_ttl: '20m',
      token_num_uses: 5,
    })
    const data = dataOf(await server.ask('write', 'auth/token/lookup', { fields: { token: tokenOf(reply) } }))
    assert.deepEqual(data.policies, ['a', 'b', 'default'])
    assert.deepEqual([data.orphan, data.ttl, data.explicit_max_ttl, data.num_uses], [true, 600, 1200, 5])
    assert.deepEqual([data.display_name, data.path], ['jwt-alice', 'auth/jwt/login'])
  })

  it('is never root, in any spelling, nor has the policy of wrapping tokens', async (t) => {
    const { login } = await start(t)
    for (const name of ['root', 'ROOT', ' Root ']) {
      const reply = await login({ token_policies: [name] })
      assert.ok(reply instanceof CofferError)
      assert.equal(reply.message, 'auth methods cannot create root tokens')
    }
    const wrapping = await login({ token_policies: ['Response-Wrapping'] })
    assert.ok(wrapping instanceof CofferError)
    assert.equal(wrapping.message, 'cannot assign policy "response-wrapping"')
  })

  it('is no root through its entity or its groups either', async (t) => {
    const { server, login } = await start(t)
    const token = tokenOf(await login({}))
    const { entity_id: entity } = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    await server.ask('write', `identity/entity/id/${entity}`, { fields: { policies: ['root'] } })
    const group = { name: 'g', policies: ['root'], member_entity_ids: [String(entity)] }
    await server.ask('write', 'identity/group', { fields: group })
    for (const holder of [token, tokenOf(await login({}))]) {
      assert.equal(codeOf(await server.ask('read', 'sys/mounts', { token: holder })), 'policy_denied')
    }
  })

  it('is refused from outside the networks of the role, and good only from inside', async (t) => {
    const { login, server } = await start(t)
    const role = { token_bound_cidrs: ['10.0.0.0/8'] }
    for (const address of ['192.0.2.1', '11.0.0.1', '::1', '::ffff:192.0.2.1', '2001:db8::1', '']) {
      assert.equal(codeOf(await login(role, address)), 'permission_denied', address)
    }
    assert.equal(codeOf(await server.ask('list', 'identity/entity/id')), 'not_found', 'nobody was made')
    const token = tokenOf(await login(role, '10.1.2.3'))
    const seen = async (address: string) =>
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token, address }))
    assert.deepEqual([await seen('10.9.9.9'), await seen('192.0.2.1')], [undefined, 'permission_denied'])
  })

  it('is of the kind that the role says, else the mount, unless the mount leaves no choice', async (t) => {
    const { login, server } = await start(t)
    const kind = async (mount: string, role: string) => {
      await server.ask('write', 'sys/auth/jwt/tune', { fields: { token_type: mount } })
      const reply = await login({ token_type: role })
      return 'auth' in reply ? reply.auth?.token_type : reply
    }
    assert.equal(await kind('default-service', 'default'), 'service')
    assert.equal(await kind('default-batch', 'default'), 'batch')
    assert.equal(await kind('default-batch', 'service'), 'service')
    assert.equal(await kind('batch', 'service'), 'batch')
    assert.equal(await kind('service', 'batch'), 'service')
  })

  it('is refused where the role limits its uses and the mount makes it a batch token, which has no limit', async (t) => {
    const { login, server } = await start(t)
    await server.ask('write', 'sys/auth/jwt/tune', { fields: { token_type: 'default-batch' } })
    const reply = await login({ token_num_uses: 5 })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.match(String(reply), /limits the uses of its tokens/)
  })
})
