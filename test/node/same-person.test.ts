import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { rootCertificates } from 'node:tls'
import { rsaKey, signToken } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import type { SpacesSettings } from '../../src/core/spaces/settings.ts'
import { example } from '../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider, type TokenOptions } from '../../src/demo/provider/provider.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { eventsFor, idOf, logIn, movableClock, settingsFor, tryLogin } from '../support/spaces.ts'

const alice = idOf('alice')
const secret = `secrets/users/${alice}/db`
const shared = `secrets/vos/${example.vo}/db`

let provider: DemoProvider
/** Whoever runs it can call anybody alice. */
let hostile: DemoProvider
let server: TestNode

before(async () => {
  provider = await startProvider({ port: 0 })
  hostile = await startProvider({ port: 0 })
})
after(async () => {
  await provider.stop()
  await hostile.stop()
})
afterEach(() => server.stop())

const usual = (changes: Partial<SpacesSettings> = {}) => settingsFor(provider.issuer, changes)

async function begin(spaces: SpacesSettings[] = [usual()]): Promise<void> {
  server = await startTestNode({
    spaces,
    clock: movableClock(),
  })
}

const set = async (path: string, fields: JsonObject) =>
  assert.equal(codeOf(await server.ask('write', path, { fields })), undefined, path)

/** A login method that an operator makes; its tokens may do what policies can allow in people's spaces. */
async function method(config: JsonObject, role: JsonObject = {}, path = 'second'): Promise<void> {
  const rules = `path "secrets/users/*" { capabilities = ["create", "read", "update", "delete", "list"] }
    path "sys/spaces/events" { capabilities = ["list"] }`
  await set('sys/policies/acl/people', { policy: rules })
  await set(`sys/auth/${path}`, { type: 'jwt' })
  await set(`auth/${path}/config`, config)
  await set(`auth/${path}/role/r`, { ...usualRole, ...role })
}
const usualRole = {
  role_type: 'jwt',
  user_claim: 'voperson_id',
  bound_audiences: ['coffer'],
  token_policies: ['people'],
}
const honest = () => ({ oidc_discovery_url: provider.issuer })

const bySpaces = (name = 'alice', options: TokenOptions = {}) => logIn(server, provider, name, options)
const bySecond = (name = 'alice', options: TokenOptions & { role?: string } = {}, from = provider) =>
  logIn(server, from, name, { path: 'second', role: 'r', ...options })
/** A token that nobody but the operator has signed. */
async function forged(claims: JsonObject = {}, role = 'r'): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const said = {
    iss: provider.issuer,
    sub: alice,
    voperson_id: alice,
    aud: 'coffer',
    iat: now,
    exp: now + 600,
  }
  const jwt = signToken({ ...said, ...claims })
  return tokenOf(await server.ask('write', 'auth/second/login', { token: '', fields: { role, jwt } }))
}

const self = async (token: string) => dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
const entityOf = async (token: string) => String((await self(token)).entity_id)
const entity = async (id: string) => dataOf(await server.ask('read', `identity/entity/id/${id}`))
const aliasesOf = async (id: string) =>
  ((await entity(id)).aliases as { id: string; name: string; mount_path: string }[])
    .map(({ name, mount_path: path }) => `${path}${name}`)
    .sort()
/** An alias of an entity, by the mount that it is of. */
const aliasOn = async (id: string, mount: string) => {
  const { aliases } = (await entity(id)) as { aliases: { id: string; mount_path: string }[] }
  return aliases.find((alias) => alias.mount_path === mount)?.id ?? assert.fail(`no alias on ${mount}`)
}
const identityRows = async () =>
  (await server.store.scan('ns/root/identity/', { limit: 1000 })).rows.map(({ key }) => key)
const kindsFor = async (token: string) =>
  (await eventsFor(server, token)).map(({ kind, mount }) => (mount === undefined ? kind : `${kind} ${mount}`))
const code = async (...args: Parameters<TestNode['ask']>) => codeOf(await server.ask(...args))
const list = async (token: string) => {
  const reply = await server.ask('list', 'secrets/users/', { token })
  return codeOf(reply) ?? dataOf(reply).keys
}

/** Whoever has this token has nothing of what is alice's. */
async function isNotAlice(token: string, hers: string): Promise<void> {
  assert.notEqual(await entityOf(token), await entityOf(hers))
  for (const verb of ['read', 'write', 'delete'] as const) {
    const fields = verb === 'write' ? { k: 'theirs' } : {}
    assert.equal(await code(verb, secret, { token, fields }), 'policy_denied', verb)
    assert.equal(await code(verb, shared, { token, fields }), 'policy_denied', verb)
  }
  assert.equal(await code('list', `secrets/users/${alice}/`, { token }), 'policy_denied')
  assert.equal(await list(token), 'not_found')
  assert.deepEqual(await eventsFor(server, token), [])
  assert.equal(await code('list', 'sys/spaces/events', { token }), 'not_found')
}

describe('a person who comes by two login methods of one issuer', () => {
  beforeEach(() => begin())
  const both = [`auth/jwt/${alice}`, `auth/second/${alice}`]

  for (const [order, ways] of Object.entries({
    'by that of spaces first': [bySpaces, bySecond],
    'by the other one first': [bySecond, bySpaces],
  })) {
    test(`is one entity with both aliases, ${order}`, async () => {
      await method(honest())
      const [first, second] = [await ways[0]?.(), await ways[1]?.()]
      const id = await entityOf(first ?? '')
      assert.equal(await entityOf(second ?? ''), id)
      assert.deepEqual(await aliasesOf(id), both)
      assert.equal(await entityOf(await bySpaces()), id)
      assert.equal(await entityOf(await bySecond()), id)
      assert.notEqual(await entityOf(await bySecond('bob')), id)
      assert.deepEqual(await aliasesOf(id), both)
    })
  }

  test('is one entity when they come by both at once', async () => {
    await method(honest())
    const tokens = await Promise.all([bySpaces(), bySecond(), bySpaces(), bySecond()])
    const ids = new Set(await Promise.all(tokens.map(entityOf)))
    assert.equal(ids.size, 1)
    assert.deepEqual(await aliasesOf([...ids][0] ?? ''), both)
  })

  test('is one entity however many methods there are', async () => {
    await method(honest())
    await method(honest(), {}, 'third')
    const id = await entityOf(await bySecond())
    assert.equal(await entityOf(await logIn(server, provider, 'alice', { path: 'third', role: 'r' })), id)
    assert.equal(await entityOf(await bySpaces()), id)
    assert.deepEqual(await aliasesOf(id), [...both, `auth/third/${alice}`])
  })

  test('has what their groups and their entity give, and their space, by both', async () => {
    await method(honest())
    const token = await bySpaces()
    assert.equal(await code('write', secret, { token, fields: { k: 'v' } }), undefined)
    const other = await bySecond()
    assert.deepEqual(dataOf(await server.ask('read', secret, { token: other })), { k: 'v' })
    assert.deepEqual(await list(other), [`${alice}/`])
    assert.deepEqual((await self(other)).identity_policies, (await self(token)).identity_policies)
    assert.equal(await code('write', shared, { token: other, fields: { k: 'v' } }), undefined)
  })

  test('keeps an alias that a login has proven, whatever an operator writes', async () => {
    await method(honest())
    const id = await entityOf(await bySpaces())
    await bySecond()
    const other = await entityOf(await bySpaces('bob'))
    for (const mount of ['auth/jwt/', 'auth/second/']) {
      const path = `identity/entity-alias/id/${await aliasOn(id, mount)}`
      const made = dataOf(await server.ask('write', 'identity/entity', { fields: { name: `of ${mount}` } }))
      for (const canonical_id of [String(made.id), other])
        assert.equal(await code('write', path, { fields: { canonical_id } }), 'invalid_request', mount)
    }
    assert.deepEqual(await aliasesOf(id), both)
  })

  test('gets no space by the other one: that is made by the login of spaces', async () => {
    await method(honest())
    const token = await bySecond()
    assert.equal(await code('write', secret, { token, fields: { k: 'v' } }), 'policy_denied')
    assert.equal(await list(token), 'not_found')
    assert.equal(await code('write', secret, { token: await bySpaces(), fields: { k: 'v' } }), undefined)
  })

  test('is suspended in both at once', async () => {
    await method(honest())
    const tokens = [await bySpaces(), await bySecond()]
    const id = await entityOf(tokens[0] ?? '')
    await set(`identity/entity/id/${id}`, { disabled: true })
    for (const token of tokens)
      assert.equal(await code('read', 'auth/token/lookup-self', { token }), 'permission_denied')
    for (const path of ['jwt', 'second']) {
      const role = path === 'second' ? 'r' : ''
      assert.equal(codeOf(await tryLogin(server, provider, 'alice', { path, role })), 'permission_denied')
    }
  })

  test('is suspended in one that they have not used yet', async () => {
    await method(honest())
    await set(`identity/entity/id/${await entityOf(await bySpaces())}`, { disabled: true })
    const reply = await tryLogin(server, provider, 'alice', { path: 'second', role: 'r' })
    assert.equal(codeOf(reply), 'permission_denied')
  })

  test('reads in their events that another alias leads to them, and what becomes of it', async () => {
    const token = await bySpaces()
    await method(honest())
    const second = await bySecond()
    const id = await entityOf(token)
    const added = await aliasOn(id, 'auth/second/')
    const [event, ...more] = await eventsFor(server, token)
    assert.deepEqual(more, [])
    const by = { accessor: (await self(second)).accessor, display_name: `second-${alice}`, entity_id: id }
    const told = { alias: alice, entity: id, mount: 'auth/second/' }
    assert.deepEqual({ ...event, id: '', time: '' }, { ...told, by, id: '', kind: 'alias_created', time: '' })
    await bySecond()
    assert.deepEqual(await eventsFor(server, second), [event], 'once, and to be read by both')
    await set(`identity/entity-alias/id/${added}`, { name: 'somebody' })
    assert.equal(codeOf(await server.ask('delete', `identity/entity-alias/id/${added}`)), undefined)
    const kinds = ['alias_created', 'alias_renamed', 'alias_removed']
    assert.deepEqual(
      await kindsFor(token),
      kinds.map((kind) => `${kind} auth/second/`),
    )
    await server.ask('delete', `identity/entity-alias/id/${await aliasOn(id, 'auth/jwt/')}`)
    assert.equal((await kindsFor(token)).at(-1), 'alias_removed', 'of the name of the space itself')
  })

  test('is found again after an alias was removed, and is somebody new after the entity was', async () => {
    await method(honest())
    await bySpaces('bob')
    const before = await identityRows()
    const id = await entityOf(await bySpaces())
    await bySecond()
    await server.ask('delete', `identity/entity-alias/id/${await aliasOn(id, 'auth/second/')}`)
    assert.deepEqual(await aliasesOf(id), [`auth/jwt/${alice}`])
    assert.equal(await entityOf(await bySecond()), id)
    await server.ask('delete', `identity/entity/id/${id}`)
    assert.deepEqual(await identityRows(), before, 'nothing of it is left')
    const now = await entityOf(await bySecond())
    assert.notEqual(now, id)
    assert.equal(await entityOf(await bySpaces()), now)
  })

  test('is found in the entity that theirs was merged into', async () => {
    await method(honest())
    const before = await identityRows()
    const from = await entityOf(await bySpaces())
    const { id: to } = dataOf(await server.ask('write', 'identity/entity', { fields: { name: 'target' } }))
    await set('identity/entity/merge', { from_entity_ids: [from], to_entity_id: String(to) })
    assert.equal(await entityOf(await bySecond()), to)
    assert.equal(await entityOf(await bySpaces()), to)
    await server.ask('delete', `identity/entity/id/${to}`)
    assert.deepEqual(await identityRows(), before, 'nothing of it is left')
    const now = await entityOf(await bySecond())
    assert.equal(await entityOf(await bySpaces()), now)
  })

  for (const [left, stays] of [
    ['alice', 'bob'],
    ['bob', 'alice'],
  ] as const) {
    test(`is somebody new when a merge of two people kept the alias of the other one, ${stays}`, async () => {
      await method(honest())
      const ids = {
        alice: await entityOf(await bySpaces('alice')),
        bob: await entityOf(await bySpaces('bob')),
      }
      await set('identity/entity/merge', {
        from_entity_ids: [ids.bob],
        to_entity_id: ids.alice,
        conflicting_alias_ids_to_keep: [await aliasOn(ids[stays], 'auth/jwt/')],
      })
      const now = await entityOf(await bySecond(left))
      assert.notEqual(now, ids.alice)
      assert.equal(await entityOf(await bySpaces(left)), now)
      assert.equal(await entityOf(await bySecond(stays)), ids.alice)
    })
  }

  for (const change of ['renamed', 'removed']) {
    test(`is somebody new when the only alias that was proven theirs was ${change}`, async () => {
      await method(honest())
      const id = await entityOf(await bySpaces())
      const path = `identity/entity-alias/id/${await aliasOn(id, 'auth/jwt/')}`
      if (change === 'renamed') await set(path, { name: 'somebody' })
      else await server.ask('delete', path)
      const now = await entityOf(await bySecond())
      assert.notEqual(now, id)
      assert.equal(await entityOf(await bySpaces()), now)
    })
  }

  test('is somebody new on a login where their alias was renamed, and who they were on all others', async () => {
    await method(honest())
    await method(honest(), {}, 'third')
    const id = await entityOf(await bySpaces())
    await bySecond()
    await set(`identity/entity-alias/id/${await aliasOn(id, 'auth/jwt/')}`, { name: 'somebody' })
    assert.notEqual(await entityOf(await bySpaces()), id)
    assert.equal(await entityOf(await bySecond()), id)
    assert.equal(await entityOf(await logIn(server, provider, 'alice', { path: 'third', role: 'r' })), id)
    assert.deepEqual(await aliasesOf(id), [
      'auth/jwt/somebody',
      `auth/second/${alice}`,
      `auth/third/${alice}`,
    ])
  })

  test('comes in by an alias that an operator renamed to them, as anybody would', async () => {
    await method(honest())
    const id = await entityOf(await bySecond('bob'))
    await set(`identity/entity-alias/id/${await aliasOn(id, 'auth/second/')}`, { name: alice })
    assert.equal(await entityOf(await bySecond()), id)
  })

  test('follows an alias that an operator made for them before on the login of spaces', async () => {
    await method(honest())
    const { accessor } = dataOf(await server.ask('read', 'sys/auth/jwt'))
    const made = dataOf(
      await server.ask('write', 'identity/entity-alias', {
        fields: { name: alice, mount_accessor: String(accessor) },
      }),
    )
    assert.equal(await entityOf(await bySpaces()), made.canonical_id)
    assert.equal(await entityOf(await bySecond()), made.canonical_id)
  })

  test('follows an alias that an operator made for them before on another, and by that alone', async () => {
    await method(honest())
    const { accessor } = dataOf(await server.ask('read', 'sys/auth/second'))
    const made = dataOf(
      await server.ask('write', 'identity/entity-alias', {
        fields: { name: alice, mount_accessor: String(accessor) },
      }),
    )
    assert.notEqual(await entityOf(await bySpaces()), made.canonical_id)
    assert.equal(await entityOf(await bySecond()), made.canonical_id)
  })
})

describe('a login method that does not prove what spaces ask for', () => {
  let hers: string
  beforeEach(async () => {
    await begin()
    hers = await bySpaces()
    for (const path of [secret, shared]) await code('write', path, { token: hers, fields: { k: 'v' } })
  })

  /** Nothing that happened has taken anything from alice. */
  async function isUnharmed(): Promise<void> {
    const token = await bySpaces()
    assert.equal(await entityOf(token), await entityOf(hers))
    for (const path of [secret, shared])
      assert.deepEqual(dataOf(await server.ask('read', path, { token })), { k: 'v' })
  }

  const cases: Record<string, () => Promise<string>> = {
    'has another issuer, who calls somebody alice': async () => {
      await method({ oidc_discovery_url: hostile.issuer })
      return bySecond('alice', {}, hostile)
    },
    'says the issuer’s name with keys of its own': async () => {
      await method({ jwt_validation_pubkeys: [rsaKey.pem], bound_issuer: provider.issuer })
      return forged()
    },
    'has the issuer’s keys by another way than discovery': async () => {
      await method({ jwks_url: `${provider.issuer}/jwks`, bound_issuer: provider.issuer })
      return bySecond()
    },
    'trusts an authority of its own for the provider’s address': async () => {
      await method({ ...honest(), oidc_discovery_ca_pem: rootCertificates[0] ?? '' })
      return bySecond()
    },
    'takes the person from another claim': async () => {
      await method(honest(), { user_claim: 'nickname' })
      return bySecond('bob', { claims: { nickname: alice } })
    },
    'takes tokens that were made for another service': async () => {
      await method(honest(), { bound_audiences: ['elsewhere'] })
      return bySecond('alice', { audience: 'elsewhere' })
    },
    'takes tokens that were made for no service': async () => {
      await method(honest(), { bound_audiences: [], bound_subject: alice })
      return bySecond('alice', { claims: { aud: undefined } })
    },
  }
  for (const [what, attempt] of Object.entries(cases)) {
    test(`makes another entity of the same name, and opens nothing, where it ${what}`, async () => {
      const token = await attempt()
      await isNotAlice(token, hers)
      await isUnharmed()
    })
  }

  test('opens nothing when it comes first', async () => {
    await server.stop()
    await begin()
    await method({ jwt_validation_pubkeys: [rsaKey.pem], bound_issuer: provider.issuer })
    const token = await forged()
    hers = await bySpaces()
    await code('write', secret, { token: hers, fields: { k: 'v' } })
    await isNotAlice(token, hers)
  })

  test('opens nothing when it comes first and is honest from then on', async () => {
    await server.stop()
    await begin()
    await method({ jwt_validation_pubkeys: [rsaKey.pem], bound_issuer: provider.issuer })
    const token = await forged()
    await set('auth/second/config', honest())
    assert.equal(await entityOf(await bySecond()), await entityOf(token), 'the alias is theirs who had it')
    hers = await bySpaces()
    await code('write', secret, { token: hers, fields: { k: 'v' } })
    await isNotAlice(token, hers)
  })

  test('opens nothing when it was honest until alice had used it', async () => {
    await method(honest())
    const before = await bySecond()
    assert.equal(await entityOf(before), await entityOf(hers))
    await set('auth/second/config', { jwt_validation_pubkeys: [rsaKey.pem], bound_issuer: provider.issuer })
    await set('auth/second/role/r', usualRole)
    const token = await forged()
    await isNotAlice(token, hers)
    await isNotAlice(await forged(), hers)
    assert.deepEqual(await aliasesOf(await entityOf(hers)), [`auth/jwt/${alice}`])
    assert.deepEqual(await kindsFor(hers), ['alias_created auth/second/', 'alias_removed auth/second/'])
    await isUnharmed()
  })

  test('opens nothing by another role of an honest method', async () => {
    await method(honest())
    await bySecond()
    await set('auth/second/role/nick', { ...usualRole, user_claim: 'nickname' })
    await isNotAlice(await bySecond('bob', { role: 'nick', claims: { nickname: alice } }), hers)
    await set('auth/second/role/other', { ...usualRole, bound_audiences: ['elsewhere'] })
    await isNotAlice(await bySecond('alice', { role: 'other', audience: 'elsewhere' }), hers)
    await isUnharmed()
  })

  test('does not let a suspended person in by a role that proves less', async () => {
    await method(honest())
    await bySecond()
    await set('auth/second/role/other', { ...usualRole, bound_audiences: ['elsewhere'] })
    await set(`identity/entity/id/${await entityOf(hers)}`, { disabled: true })
    const options = { path: 'second', role: 'other', audience: 'elsewhere' }
    assert.equal(codeOf(await tryLogin(server, provider, 'alice', options)), 'permission_denied')
  })

  test('takes with it the groups that it had given alice while it was honest', async () => {
    await method(honest(), { groups_claim: 'groups' })
    const { accessor } = dataOf(await server.ask('read', 'sys/auth/second'))
    const group = dataOf(
      await server.ask('write', 'identity/group', {
        fields: { name: 'g', type: 'external', policies: ['given'] },
      }),
    )
    await set('identity/group-alias', {
      name: 'staff',
      mount_accessor: String(accessor),
      canonical_id: String(group.id),
    })
    const given = async () => ((await self(hers)).identity_policies as string[]).includes('given')
    await bySecond('alice', { claims: { groups: ['staff'] } })
    assert.equal(await given(), true)
    await set('auth/second/config', { jwt_validation_pubkeys: [rsaKey.pem] })
    await forged({ groups: [] })
    assert.equal(await given(), false)
    await isUnharmed()
  })
})

describe('the trust of spaces in an issuer', () => {
  test('counts the clients that they name, in other methods as well', async () => {
    await begin([usual({ clientIds: ['cli'] })])
    await method(honest())
    const hers = await bySpaces('alice', { claims: { azp: 'cli' } })
    await code('write', secret, { token: hers, fields: { k: 'v' } })
    await isNotAliceByPerson(await bySecond('alice', { claims: { azp: 'another' } }), hers)
    await isNotAliceByPerson(await bySecond('alice', { claims: { azp: undefined } }), hers)
    for (const azp of ['another', 'CLI', undefined])
      assert.equal(codeOf(await tryLogin(server, provider, 'alice', { claims: { azp } })), 'invalid_request')
  })

  test('may take any audience, and then other methods may as well', async () => {
    await begin([usual({ boundAudiences: [], allowAnyAudience: true })])
    await method(honest(), { bound_audiences: ['elsewhere'] })
    const id = await entityOf(await bySpaces())
    assert.equal(await entityOf(await bySecond('alice', { audience: 'elsewhere' })), id)
  })

  test('ends with the configuration, for other methods too', async () => {
    await begin()
    await method(honest())
    const hers = await bySpaces()
    await code('write', secret, { token: hers, fields: { k: 'v' } })
    await server.restart([])
    await isNotAliceByPerson(await bySecond(), hers)
    await server.restart([usual()])
    const again = await bySpaces()
    assert.deepEqual(dataOf(await server.ask('read', secret, { token: again })), { k: 'v' })
    assert.equal(await entityOf(again), await entityOf(hers))
  })

  test('alone makes one person of two logins: another issuer or claim does not', async () => {
    await begin()
    const third = (options: TokenOptions = {}, from = provider) =>
      logIn(server, from, 'alice', { path: 'third', role: 'r', ...options })
    for (const path of ['second', 'third']) await method({ oidc_discovery_url: hostile.issuer }, {}, path)
    assert.notEqual(
      await entityOf(await bySecond('alice', {}, hostile)),
      await entityOf(await third({}, hostile)),
    )
    for (const path of ['second', 'third']) {
      await set(`auth/${path}/config`, honest())
      await set(`auth/${path}/role/r`, { ...usualRole, user_claim: 'nickname' })
    }
    const claims = { nickname: 'al' }
    assert.notEqual(
      await entityOf(await bySecond('alice', { claims })),
      await entityOf(await third({ claims })),
    )
  })

  test('ends so on a node that has not heard of the change yet', async () => {
    await begin()
    await method(honest())
    const hers = await bySpaces()
    await code('write', secret, { token: hers, fields: { k: 'v' } })
    const other = await server.another()
    await server.restart([])
    const jwt = await provider.mintAccessToken('alice')
    const token = tokenOf(
      await other.ask('write', 'auth/second/login', { token: '', fields: { role: 'r', jwt } }),
    )
    await other.node.stop()
    await isNotAliceByPerson(token, hers)
  })

  test('has one entity for each of two people whom two providers call the same', async () => {
    await begin([usual({ authoritative: true }), settingsFor(hostile.issuer, { name: 'other', vos: [] })])
    await method(honest())
    await method({ oidc_discovery_url: hostile.issuer }, {}, 'third')
    const mine = await entityOf(await bySpaces())
    const theirs = await entityOf(await logIn(server, hostile, 'alice'))
    assert.notEqual(mine, theirs)
    assert.equal(await entityOf(await bySecond()), mine)
    assert.equal(await entityOf(await logIn(server, hostile, 'alice', { path: 'third', role: 'r' })), theirs)
    assert.deepEqual(await aliasesOf(theirs), [`auth/jwt/${alice}=other`, `auth/third/${alice}`])
  })

  /** Another entity, to whom the space is closed. */
  async function isNotAliceByPerson(token: string, hers: string): Promise<void> {
    assert.equal(await code('read', secret, { token }), 'policy_denied')
    assert.equal(await list(token), 'not_found')
    const { data } = (await server.ask('read', `identity/entity/id/${await entityOf(token)}`)) as {
      data: { aliases: { mount_path: string }[] }
    }
    assert.ok(data.aliases.every(({ mount_path: path }) => path === 'auth/second/'))
    assert.notEqual(await entityOf(token), await entityOf(hers).catch(() => ''))
  }
})
