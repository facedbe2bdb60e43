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
})
