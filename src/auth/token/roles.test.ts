import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'
import type { JsonObject } from '../../base/json.ts'

async function start(t: TestContext) {
  const method = await tokenMethod(t)
  const { server } = method
  return {
    ...method,
    write: (fields: JsonObject, name = 'r') => server.ask('write', `auth/token/roles/${name}`, { fields }),
    read: async (name = 'r') => dataOf(await server.ask('read', `auth/token/roles/${name}`)),
  }
}

describe('a token role', () => {
  it('is written, read, listed and deleted, and keeps what a later write does not name', async (t) => {
    const { write, read, server } = await start(t)
    await write({ allowed_policies: 'B, a,a', orphan: true, token_period: '1h' })
    await write({ path_suffix: 'x' })
    const role = await read()
    assert.deepEqual(role.allowed_policies, ['a', 'b'])
    assert.deepEqual([role.orphan, role.token_period, role.path_suffix, role.name], [true, 3600, 'x', 'r'])
    assert.deepEqual(dataOf(await server.ask('list', 'auth/token/roles')), { keys: ['r'] })
    await server.ask('delete', 'auth/token/roles/r')
    assert.equal(codeOf(await server.ask('read', 'auth/token/roles/r')), 'not_found')
    assert.equal(codeOf(await server.ask('list', 'auth/token/roles')), 'not_found')
  })

  it('is refused with what cannot hold', async (t) => {
    const { write } = await start(t)
    refused(await write({ token_period: -1 }), "'token_period' cannot be negative")
    refused(await write({ token_num_uses: -1 }), "'token_num_uses' cannot be negative")
    refused(await write({ token_type: 'other' }), 'invalid \'token_type\' value "other"')
    for (const path_suffix of ['a/b', '.', '..', 'x'.repeat(65), 'a b', 'ä']) {
      refused(await write({ path_suffix }), /^path_suffix may hold/)
    }
    refused(await write({ token_type: 'batch' }), /non-orphan/)
    refused(await write({ token_type: 'batch', orphan: true }), /renewable/)
    refused(await write({ token_type: 'batch', orphan: true, renewable: false, token_period: 5 }), /periodic/)
    refused(
      await write({ token_type: 'batch', orphan: true, renewable: false, token_num_uses: 5 }),
      /limited use count/,
    )
  })

  it('is refused with networks that are none', async (t) => {
    const { write, server } = await start(t)
    for (const network of ['nonsense', '10.0.0.0/33', '::/129', '10.0.0.0/8/9', '10.0.0.0/x']) {
      refused(await write({ token_bound_cidrs: [network] }), /^error parsing address/)
      refused(await write({ bound_cidrs: [network] }), /^error parsing address/)
    }
    refused(
      await write({ token_bound_cidrs: Array.from({ length: 257 }, () => '10.0.0.1') }),
      /^more than 256/,
    )
    assert.equal(codeOf(await server.ask('read', 'auth/token/roles/r')), 'not_found')
  })

  it('that is unknown makes nothing', async (t) => {
    const { ask } = await start(t)
    refused(await ask('create/none'), 'unknown role none')
  })
})

describe('a token that a role makes', () => {
  it('has policies within the lists of the role, whatever the parent has', async (t) => {
    const { write, ask, auth, withPolicy } = await start(t)
    const parent = await withPolicy('path "auth/token/create/r" { capabilities = ["update"] }')
    await write({ allowed_policies: ['a'], allowed_policies_glob: ['team-*'] })
    const policiesOf = async (policies: string[]) => (await auth('create/r', { policies }, parent)).policies
    assert.deepEqual(await policiesOf([]), ['a', 'default'])
    assert.deepEqual(await policiesOf(['team-x']), ['default', 'team-x'])
    refused(
      await ask('create/r', { policies: ['c'] }, parent),
      /must be subset of the role's allowed policies/,
    )
    await write({ disallowed_policies: ['team-x'], disallowed_policies_glob: ['*-secret'] })
    for (const name of ['team-x', 'TEAM-X', 'team-secret']) {
      refused(await ask('create/r', { policies: [name] }, parent), /is disallowed by this role$/)
    }
  })

  it('is never root, however the lists are written, unless its parent is', async (t) => {
    const { write, ask, withPolicy } = await start(t)
    const parent = await withPolicy('path "auth/token/create/r" { capabilities = ["update", "sudo"] }')
    for (const lists of [{ allowed_policies: ['root'] }, { allowed_policies_glob: ['*'] }]) {
      await write(lists)
      for (const root of ['root', 'ROOT', ' root']) {
        refused(
          await ask('create/r', { policies: [root] }, parent),
          'root tokens may not be created without parent token being root',
        )
      }
    }
  })

  it('has the lesser of the limits of role and request', async (t) => {
    const { write, auth, lookup } = await start(t)
    await write({ token_explicit_max_ttl: 100, token_num_uses: 5 })
    const made = async (fields: JsonObject) => {
      const { num_uses, explicit_max_ttl } = await lookup((await auth('create/r', fields)).client_token)
      return [num_uses, explicit_max_ttl]
    }
    assert.deepEqual(await made({}), [5, 100])
    assert.deepEqual(await made({ num_uses: 9, explicit_max_ttl: 900 }), [5, 100])
    assert.deepEqual(await made({ num_uses: 2, explicit_max_ttl: 50 }), [2, 50])
  })

  it('is no batch token where the role limits its uses', async (t) => {
    const { write, ask } = await start(t)
    await write({ token_type: 'default-batch', token_num_uses: 5 })
    refused(await ask('create/r', { policies: ['a'], ttl: '1h' }), 'batch tokens cannot have "num_uses" set')
  })

  it('is of the kind that the role says', async (t) => {
    const { write, auth } = await start(t)
    const kind = async (token_type: string, fields: JsonObject = {}) => {
      await write({ token_type, orphan: true, renewable: false })
      return (await auth('create/r', { policies: ['a'], ttl: '1h', ...fields })).token_type
    }
    assert.equal(await kind('batch', { type: 'service' }), 'batch')
    assert.equal(await kind('service', { type: 'batch' }), 'service')
    assert.equal(await kind('default-batch'), 'batch')
    assert.equal(await kind('default-batch', { type: 'service' }), 'service')
    assert.equal(await kind('default'), 'service')
  })

  it('is an orphan, not renewable and at a path of its own where the role says so', async (t) => {
    const { write, auth, lookup } = await start(t)
    await write({ orphan: true, renewable: false, path_suffix: 'ci' })
    const made = await auth('create/r', { ttl: '1h', renewable: true })
    const shown = await lookup(made.client_token)
    assert.deepEqual([shown.orphan, shown.renewable, shown.path], [true, false, 'auth/token/create/r/ci'])
    assert.equal(shown.role, 'r')
  })

  it('is bound to the networks of the role, or else to those of its parent', async (t) => {
    const { write, auth, server } = await start(t)
    await write({ token_bound_cidrs: ['10.0.0.0/8'] })
    await write({}, 'unbound')
    await write({ token_bound_cidrs: ['192.0.2.0/24'] }, 'other')
    const parent = (await auth('create/r', { policies: ['root'] })).client_token
    const cidrs = async (path: string) => {
      const made = await server.ask('write', path, {
        token: parent,
        fields: { ttl: '1h' },
        address: '10.1.1.1',
      })
      assert.ok('auth' in made)
      const token = made.auth?.client_token ?? ''
      return dataOf(await server.ask('write', 'auth/token/lookup', { fields: { token } })).bound_cidrs
    }
    assert.deepEqual(await cidrs('auth/token/create'), ['10.0.0.0/8'])
    assert.deepEqual(await cidrs('auth/token/create/unbound'), ['10.0.0.0/8'])
    assert.deepEqual(await cidrs('auth/token/create/other'), ['192.0.2.0/24'])
  })

  it('is for an entity alias that the role allows, found without regard to case', async (t) => {
    const { write, auth, ask } = await start(t)
    await write({ allowed_entity_aliases: ['ci-*', 'Bot'] })
    const first = (await auth('create/r', { entity_alias: 'CI-one' })).entity_id
    assert.notEqual(first, '')
    assert.equal((await auth('create/r', { entity_alias: 'ci-ONE' })).entity_id, first)
    assert.notEqual((await auth('create/r', { entity_alias: 'bot' })).entity_id, first)
    refused(await ask('create/r', { entity_alias: 'other' }), "invalid 'entity_alias' value")
    refused(
      await ask('create', { entity_alias: 'bot' }),
      "'entity_alias' is only allowed in combination with token role",
    )
  })
})
