import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'

describe('the lease of a token', () => {
  it('is listed below the path that made the token, looked up and revoked, and the token with it', async (t) => {
    const { server, create, alive } = await tokenMethod(t)
    const token = await create({ ttl: 100 })
    const folder = 'sys/leases/lookup/auth/token/create'
    const [name] = dataOf(await server.ask('list', folder)).keys as string[]
    const lease_id = `auth/token/create/${name}`
    assert.ok(!lease_id.includes(token))
    const { ttl, renewable, id } = dataOf(
      await server.ask('write', 'sys/leases/lookup', { fields: { lease_id } }),
    )
    assert.deepEqual([ttl, renewable, id], [100, true, lease_id])
    await server.ask('write', 'sys/leases/revoke', { fields: { lease_id } })
    assert.equal(await alive(token), false)
    refused(await server.ask('write', 'sys/leases/lookup', { fields: { lease_id } }), 'invalid lease')
    assert.equal(codeOf(await server.ask('list', folder)), 'not_found')
  })

  it('is not there any more when its time is over, swept or not', async (t) => {
    const { server, create } = await tokenMethod(t)
    await create({ ttl: 10 })
    const [name] = dataOf(await server.ask('list', 'sys/leases/lookup/auth/token/create')).keys as string[]
    server.clock.advance(10_000)
    const lease_id = `auth/token/create/${name}`
    refused(await server.ask('write', 'sys/leases/lookup', { fields: { lease_id } }), 'invalid lease')
  })

  it('is not renewed as a lease', async (t) => {
    const { server, create } = await tokenMethod(t)
    await create()
    const [name] = dataOf(await server.ask('list', 'sys/leases/lookup/auth/token/create')).keys as string[]
    const renew = (lease_id: string) => server.ask('write', 'sys/leases/renew', { fields: { lease_id } })
    refused(await renew(`auth/token/create/${name}`), 'tokens cannot be renewed through this endpoint')
    refused(await renew('none/x'), 'lease not found')
    refused(await renew(''), 'lease_id must be specified')
  })

  it('is revoked with all others below a prefix, and with none beside it', async (t) => {
    const { server, ask, alive, create, auth } = await tokenMethod(t)
    for (const name of ['ci', 'ci2']) await server.ask('write', `auth/token/roles/${name}`, { fields: {} })
    const ci = (await auth('create/ci', { ttl: '1h' })).client_token
    const child = await create({}, ci)
    const ci2 = (await auth('create/ci2', { ttl: '1h' })).client_token
    await server.ask('write', 'sys/leases/revoke-prefix/auth/token/create/ci')
    assert.deepEqual([await alive(ci), await alive(child), await alive(ci2)], [false, false, true])
    await ask('revoke', { token: ci2 })
  })

  it('is looked after by those alone who may: lists and prefixes need sudo', async (t) => {
    const { server, withPolicy } = await tokenMethod(t)
    const rules = 'path "sys/leases/*" { capabilities = ["create", "read", "update", "list"] }'
    const token = await withPolicy(rules)
    assert.equal(codeOf(await server.ask('list', 'sys/leases/lookup/auth', { token })), 'policy_denied')
    assert.equal(
      codeOf(await server.ask('write', 'sys/leases/revoke-prefix/auth', { token })),
      'policy_denied',
    )
  })

  it('of another token is neither renewed nor ended by who only knows its id', async (t) => {
    const { server, create, withPolicy, alive } = await tokenMethod(t)
    const victim = await create({ ttl: 100, policies: ['default'] })
    const [name] = dataOf(await server.ask('list', 'sys/leases/lookup/auth/token/create')).keys as string[]
    const lease_id = `auth/token/create/${name}`
    const { ttl } = dataOf(await server.ask('write', 'sys/leases/lookup', { fields: { lease_id } }))
    const plain = await create({ policies: ['default'] })
    const own = 'path "sys/leases/+/auth/token/create-orphan/*" { capabilities = ["update"] }'
    const narrow = await withPolicy(own)
    const fields = { lease_id, token: victim, increment: '9h' }
    const ask = (path: string, token: string) => server.ask('write', path, { token, fields })
    for (const path of ['sys/leases/renew', 'sys/renew', `sys/leases/renew/${lease_id}`]) {
      assert.notEqual(codeOf(await ask(path, plain)), undefined, path)
    }
    for (const path of ['sys/leases/revoke', 'sys/revoke', `sys/leases/revoke/${lease_id}`]) {
      for (const token of [plain, narrow]) assert.equal(codeOf(await ask(path, token)), 'policy_denied', path)
    }
    for (const path of ['auth/token/renew', 'auth/token/revoke']) {
      assert.equal(codeOf(await ask(path, plain)), 'policy_denied', path)
    }
    assert.equal(await alive(victim), true)
    assert.equal(dataOf(await server.ask('write', 'sys/leases/lookup', { fields: { lease_id } })).ttl, ttl)
  })

  it('is the one in the path, that the policy was asked about, and not one in the body', async (t) => {
    const { server, auth, create, withPolicy, alive } = await tokenMethod(t)
    const victim = await create({ ttl: 100 })
    const folder = 'sys/leases/lookup/auth/token'
    const [theirs] = dataOf(await server.ask('list', `${folder}/create`)).keys as string[]
    const mine = (await auth('create-orphan', { ttl: 100 })).client_token
    const [own] = dataOf(await server.ask('list', `${folder}/create-orphan`)).keys as string[]
    const token = await withPolicy(
      'path "sys/leases/revoke/auth/token/create-orphan/*" { capabilities = ["update"] }',
    )
    const fields = { lease_id: `auth/token/create/${theirs}`, url_lease_id: `auth/token/create/${theirs}` }
    const path = `sys/leases/revoke/auth/token/create-orphan/${own}`
    assert.equal(codeOf(await server.ask('write', path, { token, fields })), undefined)
    assert.deepEqual([await alive(mine), await alive(victim)], [false, true])
  })
})
