import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { manualClock, systemClock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { startHostileProvider } from '../../demo/provider/hostile.ts'
import { example, membership } from '../../demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../demo/provider/provider.ts'
import { mountForTests } from './mount-for-tests.ts'
import { jwkOf, otherRsaKey, rsaKey, signToken } from './tokens-for-tests.ts'

const now = 1_900_000_000
const claims = { iss: 'https://issuer.example', sub: 'alice', aud: 'coffer', iat: now, exp: now + 600 }
const plain = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'] }

async function setUp(role: JsonObject = {}, config: JsonObject = {}) {
  const mount = mountForTests(manualClock(now * 1000), { slots: 2 })
  await mount.write('config', { jwt_validation_pubkeys: [rsaKey.pem], ...config })
  await mount.write('role/r', { ...plain, ...role })
  const refused = (token: string, message: string | RegExp, name: string | undefined = 'r') =>
    assert.rejects(mount.login(token, name), { code: 'invalid_request', message })
  return { mount, refused }
}

describe('a login with a token', () => {
  it('says who it is, and what the role grants', async () => {
    const { mount } = await setUp({ token_policies: ['p1'], token_ttl: '10m' })
    const login = await mount.login(signToken(claims), 'R')
    assert.equal(login.displayName, 'alice')
    assert.deepEqual(login.alias, { name: 'alice', metadata: { role: 'r' } })
    assert.deepEqual(login.metadata, { role: 'r' })
    assert.deepEqual([login.renewAs, login.token.ttl, login.token.policies], ['r', 600, ['p1']])
    assert.deepEqual(login.groups, [])
  })
  it('needs a configuration, a role and a token', async () => {
    const empty = mountForTests(manualClock())
    await empty.write('role/r', plain)
    await assert.rejects(empty.login(signToken(claims), 'r'), { message: 'could not load configuration' })
    const { refused } = await setUp()
    await refused(signToken(claims), 'missing role', '')
    await refused(signToken(claims), 'role "nope" could not be found', 'nope')
    await refused(signToken(claims), 'role "../config" could not be found', '../config')
    await refused('', 'missing token')
  })
  it('uses the default role where it names none', async () => {
    const { mount } = await setUp({}, { default_role: 'R' })
    assert.equal((await mount.login(signToken(claims))).renewAs, 'r')
    assert.equal((await mount.login(signToken(claims), '')).renewAs, 'r')
  })
  it('is refused by a role for logins in a browser', async () => {
    const { mount, refused } = await setUp()
    await mount.write('role/web', { user_claim: 'sub', allowed_redirect_uris: 'https://x.example/cb' })
    await refused(signToken(claims), 'role with oidc role_type is not allowed', 'web')
  })
  it('is held to everything that the role and the configuration bind', async () => {
    const bound = { bound_subject: 'alice', bound_claims: { team: 'blue' }, max_age: 60 }
    const { mount, refused } = await setUp(bound, {
      bound_issuer: 'https://issuer.example',
      jwt_supported_algs: 'RS256',
    })
    const good = { ...claims, team: 'blue', auth_time: now }
    await mount.login(signToken(good), 'r')
    const signed = (changes: object) => signToken({ ...good, ...changes })
    await refused(signToken(good, { key: otherRsaKey }), /no known key/)
    await refused(signToken(good, { algorithm: 'RS512' }), /unexpected algorithm/)
    await refused(signed({ iss: 'https://other.example' }), /invalid issuer/)
    await refused(signed({ sub: 'bob' }), /invalid subject/)
    await refused(signed({ aud: 'other' }), /invalid audience/)
    await refused(signed({ exp: now - 100 }), /token is expired/)
    await refused(signed({ auth_time: now - 200 }), /authentication is too old/)
    await refused(
      signed({ team: 'red' }),
      'error validating claims: claim "team" does not match any associated bound claim values',
    )
  })
  it('takes the leeways of the role', async () => {
    const { mount } = await setUp({ clock_skew_leeway: 4_000_000_000 })
    await mount.login(signToken({ ...claims, iat: 1_700_000_000, exp: 1_700_000_600 }), 'r')
  })
  it('copies claims into the metadata', async () => {
    const { mount } = await setUp({ claim_mappings: { email: 'mail', '/org/unit': 'unit', team: 'group' } })
    const token = signToken({ ...claims, email: 'a@x.org', org: { unit: 'ops' } })
    assert.deepEqual((await mount.login(token, 'r')).metadata, { mail: 'a@x.org', unit: 'ops', role: 'r' })
  })
  it('names the person by any claim', async () => {
    const { mount, refused } = await setUp({ user_claim: '/who/name', user_claim_json_pointer: true })
    assert.equal(
      (await mount.login(signToken({ ...claims, who: { name: 'deep' } }), 'r')).alias?.name,
      'deep',
    )
    await refused(signToken(claims), 'claim "/who/name" not found in token')
  })
  it('brings the groups of its claim', async () => {
    const { mount, refused } = await setUp({ groups_claim: 'groups' })
    const groups = async (value: unknown) =>
      (await mount.login(signToken({ ...claims, groups: value }), 'r')).groups
    assert.deepEqual(await groups(['b', 'a', '', 'a']), ['a', 'b'])
    assert.deepEqual(await groups('a'), ['a'])
    assert.deepEqual(await groups([]), [])
    await refused(signToken(claims), 'failed to fetch groups: "groups" claim not found in token')
    const other = '"groups" claim could not be converted to string list'
    await refused(signToken({ ...claims, groups: { a: 1 } }), other)
    await refused(signToken({ ...claims, groups: ['a', 1] }), other)
  })
  it('brings the groups of its entitlements', async () => {
    const { mount } = await setUp({
      groups_claim: 'ent',
      groups_format: 'entitlements',
      entitlement_namespaces: 'urn:mace:egi.eu',
      entitlement_authorities: 'aai.egi.eu',
    })
    const ent = [
      'urn:mace:egi.eu:group:vo.access.egi.eu:role=manager#aai.egi.eu',
      'urn:mace:evil.example:group:other#aai.egi.eu',
      'urn:mace:egi.eu:group:other#elsewhere',
      'vo.plain',
    ]
    const login = await mount.login(signToken({ ...claims, ent }), 'r')
    assert.deepEqual(login.groups, ['vo.access.egi.eu', 'vo.access.egi.eu:role=manager'])
  })
  it('looks at a bounded number of groups', async () => {
    const { mount } = await setUp({ groups_claim: 'g' })
    const login = await mount.login(
      signToken({ ...claims, g: Array.from({ length: 2_100 }, (_, i) => i.toString(36)) }),
      'r',
    )
    assert.equal(login.groups?.length, 2_000)
    assert.deepEqual(mount.warnings, ['100 groups were left out: there are too many'])
  })
  it('names no person of another issuer, whatever the configuration claims', async () => {
    const { mount } = await setUp({}, { bound_issuer: 'https://issuer.example' })
    assert.equal((await mount.login(signToken(claims), 'r')).person, undefined)
  })
  it('is refused with rate_limited when too many come at once', async () => {
    const { mount } = await setUp()
    const token = signToken(claims)
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => mount.login(token, 'r')))
    const refused = outcomes.filter((one) => one.status === 'rejected')
    assert.ok(refused.length > 0 && refused.length < 20)
    for (const { reason } of refused) assert.equal(reason.code, 'rate_limited')
    await mount.login(token, 'r')
  })
})

describe('a login with a token of a discovered provider', () => {
  let provider: DemoProvider
  const role = {
    role_type: 'jwt',
    user_claim: 'voperson_id',
    bound_audiences: 'coffer',
    groups_claim: 'eduperson_entitlement',
    groups_format: 'entitlements',
    entitlement_namespaces: example.namespace,
  }
  before(async () => {
    provider = await startProvider({ port: 0 })
  })
  after(() => provider.stop())
  beforeEach(() => {
    provider.userInfo('answer')
    provider.change('alice', { entitlements: membership('member', 'manager') })
  })
  const mounted = async (changes: JsonObject = {}, config: JsonObject = {}, userInfoTimeout = 10_000) => {
    const mount = mountForTests(systemClock(), { userInfoTimeout })
    await mount.write('config', {
      oidc_discovery_url: provider.issuer,
      groups_from_userinfo: true,
      ...config,
    })
    await mount.write('role/r', { ...role, ...changes })
    return mount
  }

  it('names the person, their issuer, and their groups by UserInfo', async () => {
    const mount = await mounted()
    const login = await mount.login(await provider.mintAccessToken('alice'), 'r')
    const value = provider.people[0]?.vopersonId
    assert.equal(login.alias?.name, value)
    assert.deepEqual(login.person, {
      issuer: provider.issuer,
      claim: 'voperson_id',
      value,
      audiences: ['coffer'],
      client: 'coffer-demo',
    })
    assert.deepEqual(login.groups, [
      'vo.example.org',
      'vo.example.org:role=manager',
      'vo.example.org:role=member',
    ])
    assert.deepEqual(mount.warnings, [])
  })
  it('asks UserInfo once for each token, so that what is lost there is lost at the next token', async () => {
    const mount = await mounted()
    const first = await provider.mintAccessToken('alice')
    const asked = provider.asked('/userinfo')
    await mount.login(first, 'r')
    provider.change('alice', { entitlements: membership('member') })
    assert.equal((await mount.login(first, 'r')).groups?.length, 3)
    assert.equal(provider.asked('/userinfo'), asked + 1)
    const next = await mount.login(await provider.mintAccessToken('alice'), 'r')
    assert.deepEqual(next.groups, ['vo.example.org', 'vo.example.org:role=member'])
  })
  it('succeeds without groups and with a warning when UserInfo fails', async () => {
    const modes = [
      ['hang', /did not answer in time$/],
      ['fail', /answered with status 500$/],
      ['other-subject', /about another subject$/],
    ] as const
    for (const [mode, reason] of modes) {
      const mount = await mounted({}, {}, mode === 'hang' ? 50 : undefined)
      provider.userInfo(mode)
      const login = await mount.login(await provider.mintAccessToken('alice'), 'r')
      assert.deepEqual(login.groups, [], mode)
      assert.match(mount.warnings[0] ?? '', reason)
    }
  })
  it('asks the provider once its transaction is over, and begins anew where the role has changed by then', async () => {
    // Long enough for the question to arrive on a busy machine.
    const mount = await mounted({}, {}, 500)
    provider.userInfo('hang')
    const jwt = await provider.mintAccessToken('alice')
    const asked = provider.asked('/userinfo')
    const begin = () => mount.call('update', 'login', { jwt, role: 'r' })
    const { afterwards } = await begin()
    assert.equal(provider.asked('/userinfo'), asked)
    const next = await afterwards?.()
    assert.equal(provider.asked('/userinfo'), asked + 1)
    const later = mount.contextOf('login')
    assert.equal((await next?.(later))?.login?.renewAs, 'r')
    await mount.write('role/r', { role_type: 'jwt', bound_audiences: 'another' })
    const again = await next?.(later)
    assert.equal(again?.login, undefined)
    await assert.rejects(async () => again?.afterwards?.(), /audience claim does not match/)
    await mount.call('delete', 'role/r')
    await assert.rejects(async () => next?.(later), /role "r" could not be found/)
  })
  it('has no groups and no warning when the person has none', async () => {
    const mount = await mounted()
    provider.userInfo('without-entitlements')
    assert.deepEqual((await mount.login(await provider.mintAccessToken('alice'), 'r')).groups, [])
    assert.deepEqual(mount.warnings, [])
  })
  it('believes the token itself where it has the claim', async () => {
    const mount = await mounted()
    const asked = provider.asked('/userinfo')
    const eduperson_entitlement = membership('guest')
    const login = await mount.login(
      await provider.mintAccessToken('alice', { claims: { eduperson_entitlement } }),
      'r',
    )
    assert.deepEqual(login.groups, ['vo.example.org', 'vo.example.org:role=guest'])
    assert.equal(provider.asked('/userinfo'), asked)
  })
  it('never shows UserInfo a token that is refused', async () => {
    const mount = await mounted({ bound_claims: { team: 'blue' } })
    const asked = provider.asked('/userinfo')
    const bad = [
      await provider.mintAccessToken('alice'),
      await provider.mintAccessToken('alice', { claims: { team: 'blue' }, audience: 'other' }),
      await provider.mintAccessToken('alice', { claims: { team: 'blue', iss: 'x' } }),
      await provider.mintAccessToken('alice', { claims: { team: 'blue', voperson_id: undefined } }),
      signToken({ ...claims, team: 'blue' }),
    ]
    for (const token of bad) await assert.rejects(mount.login(token, 'r'), { code: 'invalid_request' })
    assert.equal(provider.asked('/userinfo'), asked)
    await mount.login(await provider.mintAccessToken('alice', { claims: { team: 'blue' } }), 'r')
  })
  it('holds the groups of UserInfo against what the role binds', async () => {
    const manager = membership('manager')
    const mount = await mounted({ bound_claims: { eduperson_entitlement: manager } })
    await mount.login(await provider.mintAccessToken('alice'), 'r')
    const bob = await provider.mintAccessToken('bob')
    await assert.rejects(mount.login(bob, 'r'), /claim "eduperson_entitlement" does not match/)
    provider.userInfo('fail')
    const alice = await provider.mintAccessToken('alice')
    await assert.rejects(mount.login(alice, 'r'), /claim "eduperson_entitlement" is missing/)
  })
  it('must name the discovered issuer, unless the configuration binds another', async () => {
    const mount = await mounted()
    const other = await provider.mintAccessToken('alice', { claims: { iss: 'https://other.example' } })
    await assert.rejects(mount.login(other, 'r'), /invalid issuer/)
    const bound = await mounted({}, { bound_issuer: 'https://other.example' })
    assert.equal((await bound.login(other, 'r')).person, undefined)
  })
  it('follows the provider to new keys', async () => {
    const clock = manualClock(Date.now())
    const mount = mountForTests(clock)
    await mount.write('config', { oidc_discovery_url: provider.issuer })
    await mount.write('role/r', { ...plain, user_claim: 'voperson_id' })
    await mount.login(await provider.mintAccessToken('alice'), 'r')
    await provider.rotateKeys()
    const token = await provider.mintAccessToken('alice')
    await assert.rejects(mount.login(token, 'r'), /no known key/)
    clock.advance(30_000)
    await mount.login(token, 'r')
  })
})

describe('a login while a provider is down', () => {
  const issuer = 'https://aai.example.org'
  async function mounted(metadata: JsonObject) {
    const clock = manualClock(now * 1000)
    const state = { down: false }
    const keys = { keys: [await jwkOf(rsaKey, 'one')] } as unknown as JsonObject
    const fetch = async (url: URL) => {
      if (state.down) fail('provider_failed', `${url.href} is down`)
      return url.pathname === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys`, ...metadata }
    }
    const mount = mountForTests(clock, { fetch })
    await mount.write('config', { oidc_discovery_url: issuer, groups_from_userinfo: true })
    await mount.write('role/r', { ...plain, groups_claim: 'groups' })
    const login = (kid = 'one') => {
      const iat = Math.floor(clock.now() / 1000)
      return mount.login(signToken({ ...claims, iss: issuer, iat, exp: iat + 600 }, { header: { kid } }), 'r')
    }
    return { mount, clock, state, login }
  }

  it('goes on without groups when its UserInfo cannot be found', async () => {
    const { mount, clock, state, login } = await mounted({ userinfo_endpoint: `${issuer}/userinfo` })
    clock.advance(30_000)
    await assert.rejects(login('unknown'), /no known key/)
    state.down = true
    // The keys were fetched half a minute after the addresses, and are good for as much longer.
    clock.advance(3_580_000)
    assert.deepEqual((await login()).groups, [])
    assert.match(mount.warnings[0] ?? '', /UserInfo: .*openid-configuration is down$/)
  })
  it('goes on without groups when the provider has no UserInfo', async () => {
    const { mount, login } = await mounted({})
    assert.deepEqual((await login()).groups, [])
    assert.match(mount.warnings[0] ?? '', /UserInfo: the provider has none$/)
  })
})

describe('a login with a token of a hostile provider', () => {
  it('is refused when the keys cannot be had any more', async (t) => {
    const hostile = await startHostileProvider()
    t.after(() => hostile.stop())
    const clock = manualClock(now * 1000)
    const mount = mountForTests(clock)
    hostile.answer('/keys', { kind: 'json', body: { keys: [await jwkOf(rsaKey, 'one')] } })
    await mount.write('config', { jwks_url: `${hostile.url}/keys` })
    await mount.write('role/r', plain)
    const token = (at: number) => signToken({ ...claims, iat: at, exp: at + 600 }, { header: { kid: 'one' } })
    await mount.login(token(now), 'r')
    hostile.answer('/keys', { kind: 'endless' })
    clock.advance(2 * 3_600_000)
    await assert.rejects(mount.login(token(now + 7_200), 'r'), {
      code: 'provider_failed',
      message: /^error validating token: the provider's keys cannot be had: .* more than \d+ bytes$/,
    })
  })
})
