import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { example, membership } from '../../../src/demo/provider/people.ts'
import type { DemoProvider } from '../../../src/demo/provider/provider.ts'
import { startProvider } from '../../../src/demo/provider/provider.ts'
import type { StorageKey } from '../../../src/storage/store.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { idOf, settingsFor } from '../../support/spaces.ts'

const alice = idOf('alice')
const bob = idOf('bob')

describe('spaces', () => {
  let provider: DemoProvider
  let server: TestNode

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({
      spaces: [settingsFor(provider.issuer)],
    })
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const login = async (name: string) => {
    const jwt = await provider.mintAccessToken(name)
    return tokenOf(await server.ask('write', 'auth/jwt/login', { token: '', fields: { role: '', jwt } }))
  }

  test('a person logs in without registering, and finds a space of their own that is not there for others', async () => {
    const token = await login('alice')
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/users/', { token })), { keys: [`${alice}/`] })
    const other = await login('bob')
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/users/', { token: other })), {
      keys: [`${bob}/`],
    })
    assert.equal(codeOf(await server.ask('list', 'secrets/users/')), 'not_found')
  })

  test('a mount with spaces cannot begin to keep versions, where no guard would stand before data/users', async () => {
    const fields = { options: { version: '2' } }
    assert.equal(codeOf(await server.ask('write', 'sys/mounts/secrets/tune', { fields })), 'invalid_request')
    const token = await login('alice')
    await server.ask('write', `secrets/users/${alice}/a`, { token, fields: { v: 1 } })
    assert.equal(codeOf(await server.ask('read', `secrets/data/users/${alice}/a`)), 'not_found')
    assert.equal(codeOf(await server.ask('read', `secrets/users/${alice}/a`)), 'policy_denied')
  })

  test('the display name of the token is the mount, one dash and the person', async () => {
    const token = await login('alice')
    const data = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    assert.equal(data.display_name, `jwt-${alice}`)
  })

  test('nobody but the owner reads, lists, writes or deletes in a space, root included', async () => {
    const token = await login('alice')
    const path = `secrets/users/${alice}/db`
    assert.equal(codeOf(await server.ask('write', path, { token, fields: { password: 'x' } })), undefined)
    assert.deepEqual(dataOf(await server.ask('read', path, { token })), { password: 'x' })
    const other = await login('bob')
    for (const intruder of [other, server.root]) {
      assert.equal(codeOf(await server.ask('read', path, { token: intruder })), 'policy_denied')
      assert.equal(
        codeOf(await server.ask('list', `secrets/users/${alice}/`, { token: intruder })),
        'policy_denied',
      )
      assert.equal(
        codeOf(await server.ask('write', path, { token: intruder, fields: { a: 1 } })),
        'policy_denied',
      )
      assert.equal(codeOf(await server.ask('delete', path, { token: intruder })), 'policy_denied')
    }
    assert.deepEqual(dataOf(await server.ask('read', path, { token })), { password: 'x' })
  })

  test('the usage of what lies in a space is its owner’s to see, and nobody else’s, root included', async () => {
    const token = await login('alice')
    const path = `secrets/users/${alice}/watched`
    await server.ask('write', path, { token, fields: { v: 1 } })
    await server.ask('read', path, { token })
    const usage = dataOf(await server.ask('read', `sys/usage/${path}`, { token }))
    const last = usage.last_read as { display_name: string; entity_id: string }
    assert.equal(last.display_name, `jwt-${alice}`)
    assert.match(last.entity_id, /^[0-9a-f-]{36}$/)
    for (const intruder of [await login('bob'), server.root]) {
      assert.equal(
        codeOf(await server.ask('read', `sys/usage/${path}`, { token: intruder })),
        'policy_denied',
      )
    }
  })

  test('what is unused in a space is its owner’s to see, and no folder of people shows in it', async () => {
    const token = await login('alice')
    const path = `secrets/users/${alice}/unread`
    await server.ask('write', path, { token, fields: { v: 1 } })
    const unused = (where: string, asking: string) =>
      server.ask('read', `sys/usage/unused/${where}`, { token: asking, fields: { limit: 1000 } })
    const { secrets } = dataOf(await unused(`secrets/users/${alice}`, token))
    assert.ok((secrets as { path: string }[]).some((one) => one.path === path))
    for (const intruder of [await login('bob'), server.root]) {
      assert.equal(codeOf(await unused(`secrets/users/${alice}`, intruder)), 'policy_denied')
    }
    // More folders of people than one answer looks at: none is where the next one goes on.
    const { uuid } = dataOf(await server.ask('read', 'sys/mounts/secrets'))
    const put = Array.from({ length: 600 }, (_, i) => ({
      key: `ns/root/mount/${String(uuid)}/data/users/person-${i}/x` as StorageKey,
      value: Buffer.alloc(8),
    }))
    assert.equal((await server.store.commit({ put })).ok, true)
    const whole = dataOf(await unused('secrets', server.root))
    await server.store.commit({ delete: put.map(({ key }) => key) })
    assert.equal(whole.next, null)
    assert.doesNotMatch(JSON.stringify(whole), /person-|users/)
  })

  test('a policy of somebody else that names all spaces opens none', async () => {
    const rules = 'path "secrets/*" { capabilities = ["create","read","update","delete","list","sudo"] }'
    await server.ask('write', 'sys/policies/acl/greedy', { fields: { policy: rules } })
    const greedy = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['greedy'] } }),
    )
    assert.equal(
      codeOf(await server.ask('read', `secrets/users/${alice}/db`, { token: greedy })),
      'policy_denied',
    )
    assert.equal(codeOf(await server.ask('list', 'secrets/users/', { token: greedy })), 'not_found')
  })

  test('an alias that an administrator makes with a person’s name is not that person', async () => {
    const { data } = (await server.ask('read', 'sys/auth/jwt')) as { data: { accessor: string } }
    const made = dataOf(await server.ask('write', 'identity/entity', { fields: { name: 'impostor' } }))
    const claim = await server.ask('write', 'identity/entity-alias', {
      fields: { name: alice, mount_accessor: data.accessor, canonical_id: String(made.id) },
    })
    // The name is alice's already, and stays with her entity.
    assert.equal(codeOf(claim), 'invalid_request')
  })

  test('a login method that takes another claim for the person’s name opens no space', async () => {
    await login('alice')
    await server.ask('write', `secrets/users/${alice}/kept`, {
      token: await login('alice'),
      fields: { v: 1 },
    })
    await server.ask('write', 'sys/policies/acl/all', {
      fields: { policy: 'path "*" { capabilities = ["read", "list", "sudo"] }' },
    })
    await server.ask('write', 'sys/auth/evil', { fields: { type: 'jwt' } })
    const config = { oidc_discovery_url: provider.issuer }
    assert.equal(codeOf(await server.ask('write', 'auth/evil/config', { fields: config })), undefined)
    const role = {
      role_type: 'jwt',
      user_claim: 'nickname',
      bound_audiences: ['coffer'],
      token_policies: ['all'],
    }
    assert.equal(codeOf(await server.ask('write', 'auth/evil/role/r', { fields: role })), undefined)
    const jwt = await provider.mintAccessToken('bob', { claims: { nickname: alice } })
    const token = tokenOf(
      await server.ask('write', 'auth/evil/login', { token: '', fields: { role: 'r', jwt } }),
    )
    assert.equal(codeOf(await server.ask('read', `secrets/users/${alice}/kept`, { token })), 'policy_denied')
    await server.ask('delete', 'sys/auth/evil')
  })

  test('the login and the mounts of spaces follow from the configuration alone', async () => {
    const config = { jwt_validation_pubkeys: ['x'] }
    assert.equal(codeOf(await server.ask('write', 'auth/jwt/config', { fields: config })), 'forbidden')
    assert.equal(
      codeOf(await server.ask('write', 'auth/jwt/role/default', { fields: { user_claim: 'email' } })),
      'forbidden',
    )
    assert.equal(codeOf(await server.ask('delete', 'sys/mounts/secrets')), 'invalid_request')
    assert.equal(codeOf(await server.ask('delete', 'sys/auth/jwt')), 'invalid_request')
    const move = { from: 'secrets', to: 'elsewhere' }
    assert.equal(codeOf(await server.ask('write', 'sys/remount', { fields: move })), 'invalid_request')
  })

  test('a member of a VO reads its folder, a manager writes it, and others see neither', async () => {
    const manager = await login('alice')
    const member = await login('bob')
    const path = `secrets/vos/${example.vo}/shared`
    assert.equal(codeOf(await server.ask('write', path, { token: manager, fields: { key: 'v' } })), undefined)
    assert.deepEqual(dataOf(await server.ask('read', path, { token: member })), { key: 'v' })
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/vos/', { token: member })), {
      keys: [`${example.vo}/`],
    })
    assert.equal(
      codeOf(await server.ask('write', path, { token: member, fields: { key: 'w' } })),
      'policy_denied',
    )
  })

  test('a former member loses the folder at the next login, for the tokens of before as well', async () => {
    const before = await login('bob')
    const path = `secrets/vos/${example.vo}/shared`
    assert.equal(codeOf(await server.ask('read', path, { token: before })), undefined)
    provider.change('bob', { entitlements: [] })
    const now = await login('bob')
    assert.equal(codeOf(await server.ask('read', path, { token: now })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', path, { token: before })), 'policy_denied')
    assert.equal(codeOf(await server.ask('list', 'secrets/vos/', { token: now })), 'not_found')
    provider.change('bob', { entitlements: membership('member') })
  })

  test('a person’s locker is a token of few uses with a cubbyhole that ends with it', async () => {
    const token = await login('alice')
    const made = await server.ask('write', 'auth/token/create', {
      token,
      fields: { policies: ['default'], ttl: '24h', num_uses: 3, renewable: false },
    })
    const locker = tokenOf(made)
    assert.equal(
      codeOf(await server.ask('write', 'cubbyhole/a', { token: locker, fields: { k: 'v' } })),
      undefined,
    )
    assert.deepEqual(dataOf(await server.ask('list', 'cubbyhole/', { token: locker })), { keys: ['a'] })
    assert.deepEqual(dataOf(await server.ask('read', 'cubbyhole/a', { token: locker })), { k: 'v' })
    assert.equal(codeOf(await server.ask('read', 'cubbyhole/a', { token: locker })), 'permission_denied')
  })

  test('a locker opens nothing of its maker’s, and outlives the login that made it, but not the person', async () => {
    const token = await login('alice')
    const vo = `secrets/vos/${example.vo}/for-lockers`
    assert.equal(codeOf(await server.ask('write', vo, { token, fields: { v: 1 } })), undefined)
    const own = `secrets/users/${alice}/for-lockers`
    assert.equal(codeOf(await server.ask('write', own, { token, fields: { v: 1 } })), undefined)
    const made = await server.ask('write', 'auth/token/create', {
      token,
      fields: { policies: ['default'], ttl: '24h' },
    })
    const locker = tokenOf(made)
    for (const path of [vo, own]) {
      assert.equal(codeOf(await server.ask('read', path, { token: locker })), 'policy_denied')
      assert.equal(
        codeOf(await server.ask('write', path, { token: locker, fields: { v: 2 } })),
        'policy_denied',
      )
    }
    for (const fields of [{ token: locker }, { accessor: ('auth' in made && made.auth?.accessor) || '' }]) {
      const route = `sys/capabilities${'token' in fields ? '' : '-accessor'}`
      const told = dataOf(await server.ask('write', route, { fields: { ...fields, paths: [vo] } }))
      assert.deepEqual(told[vo], ['deny'])
    }
    const auth = 'auth' in made ? made.auth : undefined
    assert.deepEqual([auth?.policies, auth?.identity_policies, auth?.orphan], [['default'], undefined, true])
    const data = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: locker }))
    const maker = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    assert.deepEqual(
      [data.orphan, data.identity_policies, data.entity_id],
      [true, undefined, maker.entity_id],
    )
    const renewed = await server.ask('write', 'auth/token/renew-self', { token: locker, fields: {} })
    assert.deepEqual('auth' in renewed ? renewed.auth?.policies : undefined, ['default'])

    await server.ask('write', 'auth/token/revoke-self', { token })
    const put = () => server.ask('write', 'cubbyhole/a', { token: locker, fields: { k: 'v' } })
    assert.equal(codeOf(await put()), undefined)
    const entity = `identity/entity/id/${String(maker.entity_id)}`
    await server.ask('write', entity, { fields: { disabled: true } })
    assert.equal(codeOf(await put()), 'permission_denied')
    await server.ask('write', entity, { fields: { disabled: false } })
    assert.equal(codeOf(await put()), undefined)
  })

  test('a token that somebody makes with more than the policy default is a child, and has their groups and space', async () => {
    const token = await login('alice')
    const { policies } = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    for (const fields of [{}, { policies: policies as string[] }]) {
      const child = tokenOf(await server.ask('write', 'auth/token/create', { token, fields }))
      const data = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: child }))
      assert.equal(data.orphan, false)
      assert.ok((data.identity_policies as string[]).length > 0)
      const own = { token: child, fields: { v: 1 } }
      assert.equal(codeOf(await server.ask('write', `secrets/users/${alice}/by-a-child`, own)), undefined)
    }
    const child = tokenOf(await server.ask('write', 'auth/token/create', { token, fields: {} }))
    await server.ask('write', 'auth/token/revoke-self', { token })
    assert.equal(
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token: child })),
      'permission_denied',
    )
  })
})
