import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../../test/support/node.ts'
import { rsaKey, signToken } from '../../../auth/jwt/tokens-for-tests.ts'
import { fromBoundAddress } from '../../../backend/logins/networks.ts'
import type { JsonObject } from '../../../base/json/json.ts'

describe('the networks that a token is bound to', () => {
  it('are any when there are none', () => {
    assert.equal(fromBoundAddress([], '203.0.113.9'), true)
    assert.equal(fromBoundAddress([], 'not an address'), true)
  })

  it('hold addresses of both families, alone and as networks', () => {
    const networks = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']
    for (const address of ['10.255.0.1', '192.0.2.7', '::ffff:10.1.1.1', '2001:db8:1::5', '::1']) {
      assert.equal(fromBoundAddress(networks, address), true, address)
    }
    for (const address of [
      '11.0.0.1',
      '192.0.2.8',
      '::ffff:11.0.0.1',
      '2001:db9::1',
      '::2',
      '',
      'x',
      '10.0.0.1/8',
    ]) {
      assert.equal(fromBoundAddress(networks, address), false, address)
    }
  })

  it('let nobody in when what is written there is no network', () => {
    assert.equal(fromBoundAddress(['nonsense'], '10.0.0.1'), false)
  })

  it('hold exactly the addresses with the same first bits', () => {
    const byte = fc.nat(255)
    const address = fc.tuple(byte, byte, byte, byte)
    const number = (bytes: readonly number[]) => bytes.reduce((sum, part) => sum * 256 + part, 0)
    fc.assert(
      fc.property(address, address, fc.nat(32), (base, other, bits) => {
        const size = 2 ** (32 - bits)
        const same = Math.floor(number(base) / size) === Math.floor(number(other) / size)
        assert.equal(fromBoundAddress([`${base.join('.')}/${bits}`], other.join('.')), same)
      }),
    )
  })
})

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const create = async (fields: JsonObject, path = 'auth/token/create') =>
    tokenOf(await server.ask('write', path, { fields: { ttl: '1h', ...fields } }))
  const seen = async (token: string, address?: string) =>
    codeOf(
      await server.ask('read', 'auth/token/lookup-self', {
        token,
        ...(address === undefined ? {} : { address }),
      }),
    )
  return { server, create, seen }
}

describe('a caller is refused', () => {
  it('without a token, and with one that was never made', async (t) => {
    const { seen } = await start(t)
    for (const token of ['', 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA', 'hvb.AAAA', 'x', 'hvs.']) {
      assert.equal(await seen(token), 'permission_denied', token)
    }
  })

  it('from outside the networks of the token', async (t) => {
    const { server, create, seen } = await start(t)
    await server.ask('write', 'auth/token/roles/r', { fields: { token_bound_cidrs: ['10.0.0.0/8'] } })
    const token = await create({}, 'auth/token/create/r')
    assert.equal(await seen(token, '10.2.3.4'), undefined)
    assert.equal(await seen(token, '::ffff:10.2.3.4'), undefined)
    assert.equal(await seen(token, '192.0.2.1'), 'permission_denied')
    assert.equal(await seen(token, '2001:db8::1'), 'permission_denied')
  })

  it('while their entity is disabled, and let in again when it is not any more', async (t) => {
    const { server, create, seen } = await start(t)
    await server.ask('write', 'auth/token/roles/r', { fields: { allowed_entity_aliases: ['someone'] } })
    const token = await create({ entity_alias: 'someone' }, 'auth/token/create/r')
    const id = String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
    assert.equal(await seen(token), undefined)
    await server.ask('write', `identity/entity/id/${id}`, { fields: { disabled: true } })
    assert.equal(await seen(token), 'permission_denied')
    const login = await server.ask('write', 'auth/token/create/r', { fields: { entity_alias: 'someone' } })
    assert.equal(codeOf(login), 'permission_denied')
    const told = await server.ask('write', 'sys/capabilities', { fields: { token, path: 'a' } })
    assert.equal(codeOf(told), 'invalid_request_wrapped')
    await server.ask('write', `identity/entity/id/${id}`, { fields: { disabled: false } })
    assert.equal(await seen(token), undefined)
    await server.ask('delete', `identity/entity/id/${id}`)
    assert.equal(await seen(token), 'permission_denied')
  })

  it('when the auth method that made the token, or one that it descends from, was disabled', async (t) => {
    const { server, seen } = await start(t)
    await server.ask('write', 'sys/auth/jwt', { fields: { type: 'jwt' } })
    await server.ask('write', 'auth/jwt/config', { fields: { jwt_validation_pubkeys: [rsaKey.pem] } })
    const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'] }
    await server.ask('write', 'auth/jwt/role/r', { fields: { ...role, token_policies: ['maker'] } })
    const policy = 'path "auth/token/create" { capabilities = ["update"] }'
    await server.ask('write', 'sys/policies/acl/maker', { fields: { policy } })
    const now = Math.floor(server.clock.now() / 1000)
    const jwt = signToken({ sub: 'alice', aud: 'coffer', iat: now, exp: now + 600 })
    const login = { token: '', fields: { role: 'r', jwt } }
    const token = tokenOf(await server.ask('write', 'auth/jwt/login', login))
    const childOf = async (parent: string, type: string) =>
      tokenOf(await server.ask('write', 'auth/token/create', { token: parent, fields: { type, ttl: '1h' } }))
    const child = await childOf(token, 'service')
    const all = [token, child, await childOf(child, 'service'), await childOf(child, 'batch')]
    const accessor = String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).accessor)
    await server.ask('delete', 'sys/auth/jwt')
    for (const one of all) {
      assert.equal(await seen(one), 'permission_denied')
      // Nor does anybody else find it alive.
      const told = async (path: string) =>
        codeOf(await server.ask('write', path, { fields: { token: one, path: 'a' } }))
      assert.equal(await told('auth/token/lookup'), 'bad_token')
      assert.equal(await told('auth/token/renew'), 'invalid_request')
      assert.equal(await told('sys/capabilities'), 'invalid_request_wrapped')
    }
    for (const path of [
      'auth/token/lookup-accessor',
      'auth/token/renew-accessor',
      'sys/capabilities-accessor',
    ]) {
      const reply = await server.ask('write', path, { fields: { accessor, path: 'a' } })
      assert.equal(codeOf(reply), 'invalid_request_wrapped', path)
    }
  })
})
