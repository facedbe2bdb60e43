import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'
import type { JsonObject } from '../../base/json/json.ts'

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

  it('is no batch role with an explicit maximum', async (t) => {
    const { write } = await start(t)
    const batch = { token_type: 'batch', orphan: true, renewable: false }
    refused(await write({ ...batch, token_explicit_max_ttl: '1h' }), /with an explicit max TTL$/)
    refused(await write({ ...batch, explicit_max_ttl: '1h' }), /with an explicit max TTL$/)
  })

  it('shows a setting under its older name until the newer one is written, which counts where both are', async (t) => {
    const { write, read } = await start(t)
    await write({ period: '1h', bound_cidrs: ['10.0.0.0/8'], explicit_max_ttl: '2h' })
    const before = await read()
    assert.deepEqual(
      [before.period, before.token_period, before.explicit_max_ttl, before.bound_cidrs],
      [3600, 3600, 7200, ['10.0.0.0/8']],
    )
    const reply = await write({ period: '5h', token_period: '2h', token_explicit_max_ttl: '3h' })
    assert.ok('warnings' in reply)
    assert.deepEqual(reply.warnings, [
      "Both 'token_period' and deprecated 'period' value supplied, ignoring the deprecated value",
    ])
    const now = await read()
    assert.deepEqual([now.period, now.token_period, now.explicit_max_ttl], [0, 7200, 0])
  })

  it('warns of an explicit maximum that no token of it reaches', async (t) => {
    const { write } = await start(t)
    const reply = await write({ token_explicit_max_ttl: '100000h' })
    assert.ok('warnings' in reply)
    assert.match(reply.warnings?.[0] ?? '', /^Given explicit max TTL of 360000000 is greater/)
    assert.deepEqual(await write({ token_explicit_max_ttl: '1h' }), {})
  })

  it('is read and changed by those alone whose policy says so', async (t) => {
    const { write, withPolicy, server } = await start(t)
    await write({})
    const token = await withPolicy('path "auth/token/create/*" { capabilities = ["update"] }')
    const asks = [
      ['read', 'roles/r'],
      ['list', 'roles'],
      ['write', 'roles/r'],
      ['delete', 'roles/r'],
    ] as const
    for (const [verb, path] of asks) {
      assert.equal(codeOf(await server.ask(verb, `auth/token/${path}`, { token })), 'policy_denied', verb)
    }
    assert.equal(codeOf(await server.ask('write', 'auth/token/create/r', { token })), undefined)
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
    await write({ disallowed_policies: ['other'] }, 'free')
    const free = await withPolicy('path "auth/token/create/free" { capabilities = ["update"] }')
    assert.deepEqual((await auth('create/free', {}, free)).policies, ['default', 'made-2'])
    await write({ disallowed_policies: ['made-2'] }, 'free')
    refused(await ask('create/free', {}, free), 'token policy "made-2" is disallowed by this role')
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

  it('works from the networks of the role alone', async (t) => {
    const { write, auth, server } = await start(t)
    await write({ token_bound_cidrs: ['10.0.0.0/8', '2001:db8::/32'] })
    const { client_token: token } = await auth('create/r', { ttl: '1h' })
    const from = async (address: string) =>
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token, address }))
    for (const address of ['10.1.1.1', '::ffff:10.1.1.1', '2001:db8::1']) {
      assert.equal(await from(address), undefined, address)
    }
    for (const address of ['127.0.0.1', '11.0.0.1', '2001:db9::1']) {
      assert.equal(await from(address), 'permission_denied', address)
    }
  })

  it('has the period of the role, also where it asks for another, and renews to it', async (t) => {
    const { write, auth, ask, lookup, server, withPolicy } = await start(t)
    await write({ token_period: '1h', allowed_policies: ['a'] })
    const parent = await withPolicy('path "auth/token/create/r" { capabilities = ["update"] }')
    const { client_token, lease_duration } = await auth('create/r', { ttl: '5h' }, parent)
    assert.equal(lease_duration, 3600)
    server.clock.advance(1_800_000)
    const renewed = await ask('renew', { token: client_token, increment: '9h' })
    assert.ok('auth' in renewed)
    assert.equal(renewed.auth?.lease_duration, 3600)
    assert.equal((await lookup(client_token)).ttl, 3600)
  })

  it('ends at the explicit maximum of the role, whatever is renewed', async (t) => {
    const { write, auth, ask, alive, server } = await start(t)
    await write({ token_explicit_max_ttl: '1h' })
    const { client_token } = await auth('create/r', { ttl: '50m' })
    server.clock.advance(40 * 60_000)
    const renewed = await ask('renew', { token: client_token, increment: '50m' })
    assert.ok('auth' in renewed)
    assert.equal(renewed.auth?.lease_duration, 20 * 60)
    server.clock.advance(20 * 60_000)
    assert.equal(await alive(client_token), false)
  })

  it('has no policy default where the role leaves it out or refuses it', async (t) => {
    const { write, auth } = await start(t)
    const policies = async () => (await auth('create/r', { policies: ['a'], ttl: '1h' })).policies
    await write({ token_no_default_policy: true })
    assert.deepEqual(await policies(), ['a'])
    await write({ token_no_default_policy: false, disallowed_policies: ['default'] })
    assert.deepEqual(await policies(), ['a'])
    await write({ disallowed_policies: [] })
    assert.deepEqual(await policies(), ['a', 'default'])
  })

  it('ends together with the others of its path', async (t) => {
    const { write, auth, alive, server } = await start(t)
    await write({ path_suffix: 'ci' })
    await write({}, 'other')
    const made = async (role: string) => (await auth(`create/${role}`, { ttl: '1h' })).client_token
    const tokens = [await made('r'), await made('r'), await made('other')]
    await server.ask('write', 'sys/leases/revoke-prefix/auth/token/create/r/ci')
    assert.deepEqual(await Promise.all(tokens.map(alive)), [false, false, true])
  })

  it('is for an entity alias that the role allows, found without regard to case', async (t) => {
    const { write, auth, ask } = await start(t)
    await write({ allowed_entity_aliases: ['ci-*', 'Bot'] })
    const first = (await auth('create/r', { entity_alias: 'CI-one' })).entity_id
    assert.notEqual(first, '')
    assert.equal((await auth('create/r', { entity_alias: 'ci-ONE' })).entity_id, first)
    assert.notEqual((await auth('create/r', { entity_alias: 'bot' })).entity_id, first)
    // Children are of the same entity, orphans of none.
    const parent = (await auth('create/r', { entity_alias: 'ci-one', policies: ['root'] })).client_token
    const made = async (path: string, fields: JsonObject) => (await auth(path, fields, parent)).entity_id
    assert.equal(await made('create', {}), first)
    assert.equal(await made('create', { no_parent: true }), '')
    assert.equal(await made('create-orphan', {}), '')
    refused(await ask('create/r', { entity_alias: 'other' }), "invalid 'entity_alias' value")
    refused(
      await ask('create', { entity_alias: 'bot' }),
      "'entity_alias' is only allowed in combination with token role",
    )
  })
})
