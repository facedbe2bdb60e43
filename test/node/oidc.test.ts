import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { placesOfAddress } from '../../src/auth/jwt/oidc/pending.ts'
import { jwkOf, rsaKey, signToken } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { Reply } from '../../src/backend/message.ts'
import { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { type Browser, createBrowser } from '../../src/demo/provider/browser.ts'
import { type HostileProvider, startHostileProvider } from '../../src/demo/provider/hostile.ts'
import { type DemoProvider, startProvider } from '../../src/demo/provider/provider.ts'
import { scriptedDevice } from '../support/audit.ts'
import { type Ask, codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { logIn, movableClock, settingsFor } from '../support/spaces.ts'

const secret = 'a-client-secret-that-nobody-reads'
const comesBack = 'http://localhost:8250/oidc/callback'
const direct = 'http://127.0.0.1:8200/v1/auth/oidc/oidc/callback'
const web = { user_claim: 'voperson_id', allowed_redirect_uris: [comesBack, direct], token_policies: ['p1'] }

let provider: DemoProvider
let server: TestNode
before(async () => {
  provider = await startProvider({ port: 0, clientSecret: secret, redirectUris: [comesBack, direct] })
  server = await startTestNode()
  await configure('oidc', provider.issuer)
})
after(async () => {
  await server?.stop()
  await provider?.stop()
})

async function ok(verb: 'write' | 'read', path: string, fields: JsonObject = {}, options: Ask = {}) {
  const reply = await server.ask(verb, path, { fields, ...options })
  if (reply instanceof CofferError) throw reply
  return reply
}

async function configure(mount: string, issuer: string, config: JsonObject = {}) {
  await ok('write', `sys/auth/${mount}`, { type: 'oidc' })
  await ok('write', `auth/${mount}/config`, {
    oidc_discovery_url: issuer,
    oidc_client_id: 'coffer-demo',
    oidc_client_secret: secret,
    default_role: 'web',
    ...config,
  })
  await ok('write', `auth/${mount}/role/web`, web)
  await ok('write', `auth/${mount}/role/direct`, { ...web, callback_mode: 'direct' })
  await ok('write', `auth/${mount}/role/device`, { ...web, callback_mode: 'device' })
}

const open = (verb: 'write' | 'read', path: string, fields: JsonObject) =>
  server.ask(verb, path, { fields, token: '' })

/** Asks for the page to open. */
async function begin(fields: JsonObject = {}, mount = 'oidc') {
  const reply = await open('write', `auth/${mount}/oidc/auth_url`, { redirect_uri: comesBack, ...fields })
  const data = dataOf(reply)
  const url = new URL(String(data.auth_url))
  return { data, url, state: url.searchParams.get('state') ?? '', nonce: url.searchParams.get('nonce') ?? '' }
}

/** Logs in at the provider, and says what the browser is sent back with. */
async function atProvider(url: string | URL, browser: Browser = createBrowser(), until = comesBack) {
  const { url: page } = await browser.open(String(url))
  const { url: back } = await browser.submit(page, { person: 'alice' }, until)
  assert.ok(back.startsWith(until), back)
  return Object.fromEntries(new URL(back).searchParams) as { code: string; state: string; iss: string }
}

const finish = (fields: JsonObject, mount = 'oidc') => open('read', `auth/${mount}/oidc/callback`, fields)

function refusal(reply: Reply | CofferError): string {
  assert.ok(reply instanceof CofferError, 'it was not refused')
  return `${reply.code}: ${reply.message}`
}

const gone = 'invalid_request: login failed: expired or missing OAuth state'

describe('a login in a browser', () => {
  test('goes to the provider and comes back with a token', async () => {
    const { url, state } = await begin({ client_nonce: 'n' })
    assert.equal(url.origin, provider.issuer)
    const asked = Object.fromEntries(url.searchParams)
    assert.deepEqual(
      [asked.response_type, asked.code_challenge_method, asked.scope, asked.redirect_uri],
      ['code', 'S256', 'openid', comesBack],
    )
    const back = await atProvider(url)
    assert.equal(back.state, state)
    const reply = await finish({ ...back, client_nonce: 'n' })
    const { data } = (await ok('read', 'auth/token/lookup-self', {}, { token: tokenOf(reply) })) as {
      data: JsonObject
    }
    const [alice] = provider.people
    assert.equal(data.display_name, `oidc-${alice?.vopersonId}`)
    assert.deepEqual(data.policies, ['default', 'p1'])
    assert.deepEqual(data.meta, { role: 'web' })
  })

  test('asks for the scopes of the role, and binds the claims that they bring', async () => {
    await ok('write', 'auth/oidc/role/mail', {
      ...web,
      oidc_scopes: ['email', 'openid'],
      bound_claims: { email: 'alice@example.org' },
    })
    await ok('write', 'auth/oidc/role/other', {
      ...web,
      oidc_scopes: ['email'],
      bound_claims: { email: 'bob@example.org' },
    })
    const mail = await begin({ role: 'mail' })
    assert.equal(mail.url.searchParams.get('scope'), 'openid email')
    tokenOf(await finish(await atProvider(mail.url)))
    const other = await begin({ role: 'other' })
    assert.match(refusal(await finish(await atProvider(other.url))), /claim "email" does not match/)
  })

  test('brings the groups that UserInfo alone knows', async () => {
    await ok('write', 'auth/oidc/role/groups', { ...web, groups_claim: 'eduperson_entitlement' })
    const { url } = await begin({ role: 'groups' })
    tokenOf(await finish(await atProvider(url)))
    provider.userInfo('fail')
    try {
      const again = await begin({ role: 'groups' })
      assert.match(refusal(await finish(await atProvider(again.url))), /claim not found in token/)
    } finally {
      provider.userInfo('answer')
    }
  })

  test('does not take what UserInfo says of somebody else', async () => {
    await ok('write', 'auth/oidc/role/mine', { ...web, groups_claim: 'eduperson_entitlement' })
    provider.userInfo('other-subject')
    try {
      const { url } = await begin({ role: 'mine' })
      assert.match(refusal(await finish(await atProvider(url))), /claim not found in token/)
    } finally {
      provider.userInfo('answer')
    }
  })

  test('can be finished by any process on the same store', async () => {
    const { url } = await begin()
    const back = await atProvider(url)
    const other = await server.another()
    try {
      tokenOf(await other.ask('read', 'auth/oidc/oidc/callback', { fields: back, token: '' }))
      assert.equal(refusal(await finish(back)), gone)
    } finally {
      await other.node.stop()
    }
  })

  test('never shows the client secret', async () => {
    const shown = JSON.stringify(await ok('read', 'auth/oidc/config'))
    assert.ok(!shown.includes(secret))
    assert.ok(shown.includes('oidc_client_id'))
  })

  test('is refused where the mount or the role is not for it', async () => {
    await ok('write', 'sys/auth/plain', { type: 'jwt' })
    await ok('write', 'auth/plain/config', { jwt_validation_pubkeys: [rsaKey.pem] })
    const ask = (mount: string, fields: JsonObject = {}) =>
      open('write', `auth/${mount}/oidc/auth_url`, { redirect_uri: comesBack, ...fields })
    assert.match(refusal(await ask('plain', { role: 'r' })), /OIDC login is not configured/)
    assert.match(refusal(await ask('oidc', { role: 'none' })), /role "none" could not be found/)
    const machine = { role_type: 'jwt', user_claim: 'sub', bound_audiences: 'x' }
    await ok('write', 'auth/oidc/role/machine', machine)
    assert.match(refusal(await ask('oidc', { role: 'machine' })), /not for logins in a browser/)
    assert.match(refusal(await ask('oidc', { redirect_uri: '' })), /missing redirect_uri/)
    assert.match(refusal(await ask('oidc', { role: 'direct', redirect_uri: direct })), /missing client_nonce/)
  })
})

describe('who attacks a login in a browser', () => {
  test('cannot use a callback without a login that was begun', async () => {
    for (const state of ['', 'x', `st_000_${'A'.repeat(43)}`, '../config']) {
      assert.equal(refusal(await finish({ state, code: 'c' })), gone, state)
    }
    assert.equal(refusal(await finish({ code: 'c' })), gone)
    // The right place is not enough.
    const { state } = await begin()
    assert.equal(refusal(await finish({ state: `${state.slice(0, -1)}_`, code: 'c' })), gone)
    const other = state.endsWith('A') ? 'B' : 'A'
    assert.equal(refusal(await finish({ state: state.slice(0, -1) + other, code: 'c' })), gone)
  })

  test('cannot log somebody into their own account', async () => {
    // Attacker begins with their own nonce and makes the victim's program finish it with the victim's nonce.
    const { url } = await begin({ client_nonce: 'attacker' })
    const back = await atProvider(url)
    assert.equal(
      refusal(await finish({ ...back, client_nonce: 'victim' })),
      'invalid_request: invalid client_nonce',
    )
    assert.equal(refusal(await finish({ ...back, client_nonce: 'attacker' })), gone, 'it is used up')
  })

  test('cannot inject a stolen code into a login of their own', async () => {
    const { code } = await atProvider((await begin({ client_nonce: 'victim' })).url)
    const { state } = await begin({ client_nonce: 'attacker' })
    assert.match(
      refusal(await finish({ state, code, client_nonce: 'attacker' })),
      /the provider answered invalid_grant/,
    )
  })

  test('cannot replay a state or use a code twice', async () => {
    const back = await atProvider((await begin()).url)
    tokenOf(await finish(back))
    assert.equal(refusal(await finish(back)), gone)
    const { state } = await begin()
    assert.match(refusal(await finish({ ...back, state })), /the provider answered invalid_grant/)
  })

  test('gets one token at most out of a race', async () => {
    const back = await atProvider((await begin()).url)
    const other = await server.another()
    try {
      const asks = [server.ask, other.ask, server.ask, other.ask]
      const before = provider.asked('/token')
      const replies = await Promise.all(
        asks.map((ask) => ask('read', 'auth/oidc/oidc/callback', { fields: back, token: '' })),
      )
      const refused = replies.filter((reply) => reply instanceof CofferError)
      assert.equal(refused.length, 3)
      for (const reply of refused) assert.equal(refusal(reply), gone)
      assert.equal(provider.asked('/token') - before, 1, 'the code was sent once')
    } finally {
      await other.node.stop()
    }
  })

  test('cannot have the browser sent elsewhere', async () => {
    for (const redirect_uri of [
      'https://evil.example/oidc/callback',
      'http://localhost.evil.example:8250/oidc/callback',
      'http://localhost:8250@evil.example/oidc/callback',
      'http://localhost:8250/oidc/callback/../../elsewhere',
      'http://localhost:8250/elsewhere',
      'http://localhost:8250/oidc/callback?next=https://evil.example',
      'http://localhost:8250/oidc/callback#x',
      'javascript:alert(1)',
      '//evil.example',
    ]) {
      const reply = await open('write', 'auth/oidc/oidc/auth_url', { redirect_uri })
      assert.match(refusal(reply), /unauthorized redirect_uri/, redirect_uri)
    }
  })

  test('cannot have one provider answer for another', async () => {
    const back = await atProvider((await begin()).url)
    assert.match(
      refusal(await finish({ ...back, iss: 'https://elsewhere.example' })),
      /unexpected "iss" \(issuer\) response parameter value/,
    )
    assert.equal(refusal(await finish(back)), gone)
  })

  test('cannot carry a login from one mount to another', async () => {
    await configure('second', provider.issuer)
    const back = await atProvider((await begin()).url)
    assert.equal(refusal(await finish(back, 'second')), gone)
    tokenOf(await finish(back))
  })

  test('fills no store, and not the places of others', async () => {
    const spare = await startTestNode()
    try {
      const write = (path: string, fields: JsonObject, address = '127.0.0.1') =>
        spare.ask('write', path, { fields, address })
      await write('sys/auth/oidc', { type: 'oidc' })
      await write('auth/oidc/config', {
        oidc_discovery_url: provider.issuer,
        oidc_client_id: 'coffer-demo',
        oidc_client_secret: secret,
        default_role: 'web',
      })
      await write('auth/oidc/role/web', web)
      const start = (address: string) =>
        write('auth/oidc/oidc/auth_url', { redirect_uri: comesBack }, address)
      let taken = 0
      while (codeOf(await start('192.0.2.1')) === undefined) taken++
      assert.ok(taken > placesOfAddress / 2 && taken <= placesOfAddress, `${taken} places`)
      assert.equal(codeOf(await start('192.0.2.1')), 'rate_limited')
      assert.equal(codeOf(await start('198.51.100.7')), undefined)
      spare.clock.advance(11 * 60_000)
      assert.equal(codeOf(await start('192.0.2.1')), undefined, 'what has expired makes room')
    } finally {
      await spare.stop()
    }
  })

  test('finds an old login expired', async () => {
    const back = await atProvider((await begin()).url)
    server.clock.advance(10 * 60_000)
    assert.equal(refusal(await finish(back)), gone)
  })

  test('finds a login refused whose role was changed meanwhile', async () => {
    await ok('write', 'auth/oidc/role/short', web)
    const back = await atProvider((await begin({ role: 'short' })).url)
    await server.ask('delete', 'auth/oidc/role/short')
    assert.match(refusal(await finish(back)), /role "short" could not be found/)
  })

  test('is told no more of an error than its code', async () => {
    const { state } = await begin()
    const text = refusal(
      await finish({ state, error: 'access_denied', error_description: '<script>evil</script>' }),
    )
    assert.equal(
      text,
      'invalid_request: login failed: error exchanging the code: the provider answered access_denied',
    )
    const { state: second } = await begin()
    assert.match(refusal(await finish({ state: second, error: '<b>' })), /the provider answered an error$/)
  })
})

describe('a hostile provider', () => {
  let hostile: HostileProvider
  const metadata = () => ({
    issuer: hostile.url,
    jwks_uri: `${hostile.url}/jwks`,
    authorization_endpoint: `${hostile.url}/auth`,
    token_endpoint: `${hostile.url}/token`,
    device_authorization_endpoint: `${hostile.url}/device`,
  })
  before(async () => {
    hostile = await startHostileProvider()
    hostile.answer('/jwks', { kind: 'json', body: { keys: [await jwkOf(rsaKey, 'k')] } })
    hostile.answer('/.well-known/openid-configuration', { kind: 'json', body: metadata() })
    await configure('hostile', hostile.url)
    await ok('write', 'auth/hostile/role/web', { ...web, user_claim: 'sub' })
  })
  after(() => hostile?.stop())

  const claims = (nonce: string) => {
    const now = Math.floor(server.clock.now() / 1000)
    return { iss: hostile.url, sub: 'alice', aud: 'coffer-demo', iat: now, exp: now + 300, nonce }
  }
  const answered = (idToken: string) =>
    hostile.answer('/token', {
      kind: 'json',
      body: { access_token: 'a', token_type: 'Bearer', id_token: idToken },
    })

  test('is taken at its word where all fits', async () => {
    const { state, nonce } = await begin({}, 'hostile')
    answered(signToken(claims(nonce), { header: { kid: 'k' } }))
    tokenOf(await finish({ state, code: 'c' }, 'hostile'))
  })

  test('cannot pass off an ID token that was made for something else', async () => {
    const wrong: Record<string, (nonce: string) => string> = {
      'another nonce': () => signToken(claims('other'), { header: { kid: 'k' } }),
      'no nonce': (nonce) => signToken({ ...claims(nonce), nonce: undefined }, { header: { kid: 'k' } }),
      'another issuer': (nonce) =>
        signToken({ ...claims(nonce), iss: provider.issuer }, { header: { kid: 'k' } }),
      'another client': (nonce) => signToken({ ...claims(nonce), aud: 'other' }, { header: { kid: 'k' } }),
      'another party': (nonce) =>
        signToken({ ...claims(nonce), aud: ['coffer-demo', 'x'], azp: 'x' }, { header: { kid: 'k' } }),
      'an end that is past': (nonce) =>
        signToken({ ...claims(nonce), iat: 1, exp: 2 }, { header: { kid: 'k' } }),
      'a forged signature': (nonce) =>
        `${signToken(claims(nonce), { header: { kid: 'k' } }).slice(0, -20)}${'A'.repeat(20)}`,
      'no signature': (nonce) =>
        signToken(claims(nonce), { header: JSON.stringify({ alg: 'none', typ: 'JWT' }) }),
    }
    for (const [what, make] of Object.entries(wrong)) {
      const { state, nonce } = await begin({}, 'hostile')
      answered(make(nonce))
      assert.match(refusal(await finish({ state, code: 'c' }, 'hostile')), /^invalid_request/, what)
    }
  })

  test('says by UserInfo nothing of what only its signature could say', async () => {
    hostile.answer('/.well-known/openid-configuration', {
      kind: 'json',
      body: { ...metadata(), userinfo_endpoint: `${hostile.url}/userinfo` },
    })
    await configure('talks', hostile.url)
    const role = { ...web, user_claim: 'sub', bound_claims: { azp: 'trusted' } }
    await ok('write', 'auth/talks/role/web', role)
    await ok('write', 'auth/talks/role/team', { ...web, user_claim: 'sub', bound_claims: { team: 'blue' } })
    hostile.answer('/userinfo', { kind: 'json', body: { sub: 'alice', azp: 'trusted', team: 'blue' } })
    const log = async (name: string) => {
      const { state, nonce } = await begin({ role: name }, 'talks')
      answered(signToken(claims(nonce), { header: { kid: 'k' } }))
      return finish({ state, code: 'c' }, 'talks')
    }
    assert.match(refusal(await log('web')), /claim "azp" is missing/)
    tokenOf(await log('team'))
    hostile.answer('/userinfo', { kind: 'json', body: { sub: 'bob', team: 'blue' } })
    assert.match(refusal(await log('team')), /claim "team" is missing/)
    hostile.answer('/userinfo', { kind: 'endless' })
    assert.match(refusal(await log('team')), /claim "team" is missing/)
  })

  test('cannot hold up or fill the server, or lead it elsewhere', async () => {
    for (const [what, answer] of [
      ['a redirect', { kind: 'redirect', to: 'http://127.0.0.1:1/' }],
      ['an endless answer', { kind: 'endless' }],
      ['a broken connection', { kind: 'drop' }],
      ['an error of its own', { kind: 'text', status: 503, body: '' }],
    ] as const) {
      const { state } = await begin({}, 'hostile')
      hostile.answer('/token', answer)
      assert.match(refusal(await finish({ state, code: 'c' }, 'hostile')), /^provider_failed/, what)
    }
    const asked = hostile.asked.at(-1)
    assert.match(asked?.authorization ?? '', /^Basic /)
    for (const text of ['nonsense', '[]', '{"access_token":1}']) {
      const { state } = await begin({}, 'hostile')
      hostile.answer('/token', { kind: 'text', body: text })
      assert.match(refusal(await finish({ state, code: 'c' }, 'hostile')), /^invalid_request/, text)
    }
  })

  test('ends no login but its own when it answers too late', async () => {
    const slow = await startHostileProvider()
    try {
      const jwks = await jwkOf(rsaKey, 'k')
      slow.answer('/jwks', { kind: 'json', body: { keys: [jwks] } })
      const body = {
        ...metadata(),
        issuer: slow.url,
        jwks_uri: `${slow.url}/jwks`,
        token_endpoint: `${slow.url}/token`,
      }
      slow.answer('/.well-known/openid-configuration', { kind: 'json', body })
      slow.answer('/token', { kind: 'hang' })
      await configure('slow', slow.url)
      const start = () =>
        open('write', 'auth/slow/oidc/auth_url', { role: 'direct', redirect_uri: direct, client_nonce: 'n' })
      const first = dataOf(await start())
      const late = finish({ state: String(first.state), code: 'c', confirmation: 'yes' }, 'slow')
      while (slow.asked.at(-1)?.path !== '/token') await turn()
      server.clock.advance(10 * 60_000)
      const others: string[] = []
      for (let reply = await start(); codeOf(reply) === undefined; reply = await start()) {
        others.push(String(dataOf(reply).state))
      }
      await slow.stop()
      await late
      const replies = await Promise.all(others.map((state) => finish({ state, code: 'c' }, 'slow')))
      assert.ok(others.length > placesOfAddress / 2)
      assert.deepEqual(
        replies.map(codeOf).filter((code) => code !== undefined),
        [],
      )
    } finally {
      await slow.stop()
    }
  })

  test('gives a device no address but one of the web', async () => {
    hostile.answer('/device', {
      kind: 'json',
      body: { device_code: 'd', user_code: 'u', verification_uri: 'javascript:alert(1)', expires_in: 60 },
    })
    const fields = { role: 'device', client_nonce: 'n' }
    const reply = await open('write', 'auth/hostile/oidc/auth_url', fields)
    assert.match(refusal(reply), /none of the web/)
  })
})

describe('a provider that is away', () => {
  test('is told at once, when a login begins and when it ends', async () => {
    const gone = await startProvider({ port: 0, clientSecret: secret, redirectUris: [comesBack] })
    await configure('away', gone.issuer)
    const { state } = await begin({}, 'away')
    await gone.stop()
    assert.match(
      refusal(await finish({ state, code: 'c' }, 'away')),
      /^provider_failed: .*could not be reached/,
    )
    await ok('write', 'sys/auth/never', { type: 'oidc' })
    await ok('write', 'auth/never/config', {
      oidc_discovery_url: gone.issuer,
      oidc_client_id: 'c',
      oidc_client_secret: 's',
      skip_jwks_validation: true,
    })
    await ok('write', 'auth/never/role/web', web)
    const fields = { role: 'web', redirect_uri: comesBack }
    const reply = await open('write', 'auth/never/oidc/auth_url', fields)
    assert.match(refusal(reply), /^provider_failed: .*could not be reached/)
  })
})

describe('a login that comes back to the server', () => {
  const start = () => begin({ role: 'direct', redirect_uri: direct, client_nonce: 'n' })
  const poll = (fields: JsonObject) => open('write', 'auth/oidc/oidc/poll', fields)
  const page = (reply: Reply | CofferError) => {
    if (reply instanceof CofferError) throw reply
    return `${reply.status ?? 200} ${String(reply.raw?.body ?? '')}`
  }

  test('is confirmed by the person, and given to the client that polls, once', async () => {
    const { data, url, state } = await start()
    assert.deepEqual([data.state, data.poll_interval], [state, '5'])
    const waiting = { state, client_nonce: 'n' }
    assert.equal(refusal(await poll(waiting)), 'invalid_request: authorization_pending')
    const back = await atProvider(url, createBrowser(), direct)
    assert.match(page(await finish(back)), /wants to log in as you/)
    assert.equal(refusal(await poll(waiting)), 'invalid_request: authorization_pending')
    assert.match(page(await finish({ ...back, confirmation: 'yes' })), /^200 .*You are logged in/s)
    assert.equal(refusal(await finish({ ...back, confirmation: 'yes' })), gone)
    assert.equal(
      refusal(await poll({ state, client_nonce: 'other' })),
      'invalid_request: invalid client_nonce',
    )
    const replies = await Promise.all([poll(waiting), poll(waiting), poll(waiting)])
    assert.equal(replies.filter((reply) => codeOf(reply) === undefined).length, 1)
    assert.equal(refusal(await poll(waiting)), gone)
  })

  test('gets nothing any more once the role was changed', async () => {
    const { url, state } = await start()
    const back = await atProvider(url, createBrowser(), direct)
    await finish({ ...back, confirmation: 'yes' })
    await ok('write', 'auth/oidc/role/direct', { token_policies: ['less'] })
    assert.match(refusal(await poll({ state, client_nonce: 'n' })), /the role has changed/)
    await ok('write', 'auth/oidc/role/direct', { token_policies: ['p1'] })
  })

  test('must bring the issuer that its provider always names', async () => {
    const { url, state } = await start()
    const { iss: _, ...back } = await atProvider(url, createBrowser(), direct)
    assert.match(page(await finish({ ...back, confirmation: 'yes' })), /^400 .*iss.* missing/s)
    assert.equal(refusal(await poll({ state, client_nonce: 'n' })), gone)
  })

  test('shows what it was sent as text alone', async () => {
    const { state } = await start()
    const text = page(await finish({ state, code: '"><script>x</script>' }))
    assert.ok(!text.includes('<script>'))
  })
})

describe('a login whose answer the provider posts', () => {
  const poll = (state: string) => open('write', 'auth/posts/oidc/poll', { state, client_nonce: 'n' })
  const begun = (role: string, redirect_uri: string) =>
    begin({ role, redirect_uri, client_nonce: 'n' }, 'posts')
  const bodyOf = (reply: Reply | CofferError) => {
    if (reply instanceof CofferError) throw reply
    return String(reply.raw?.body ?? '')
  }
  /** What the button of a page sends. */
  const buttonOf = (reply: Reply | CofferError): JsonObject =>
    Object.fromEntries(
      [...bodyOf(reply).matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    )
  /** The provider posts to this server what it would have put into the address. */
  const post = async (url: URL, until: string) => {
    url.searchParams.delete('response_mode')
    return open('write', 'auth/posts/oidc/callback', await atProvider(url, createBrowser(), until))
  }
  before(() => configure('posts', provider.issuer, { oidc_response_mode: 'form_post' }))

  test('is not confirmed by who began it, but in the browser', async () => {
    const { url, state } = await begun('direct', direct)
    const button = buttonOf(await post(url, direct))
    for (const confirmation of ['', 'yes', 'x'.repeat(43)]) {
      const reply = await finish({ state, code: 'no_code', confirmation, client_nonce: 'n' }, 'posts')
      assert.match(refusal(reply), /not confirmed/)
    }
    assert.equal(refusal(await poll(state)), 'invalid_request: authorization_pending')
    assert.match(bodyOf(await finish(button, 'posts')), /You are logged in/)
    tokenOf(await poll(state))
  })

  test('is not read by the client that began it before that', async () => {
    const { url, state } = await begun('web', direct)
    const button = buttonOf(await post(url, direct))
    const wanted = { state, code: 'no_code', client_nonce: 'n' }
    assert.match(refusal(await finish(wanted, 'posts')), /not confirmed/)
    assert.match(bodyOf(await finish(button, 'posts')), /Go back/)
    tokenOf(await finish(wanted, 'posts'))
    assert.equal(refusal(await finish(wanted, 'posts')), gone)
  })

  test('needs no confirmation where a program on the machine of the browser passes it on', async () => {
    const { url, state } = await begun('web', comesBack)
    assert.match(bodyOf(await post(url, comesBack)), /Go back/)
    tokenOf(await finish({ state, code: 'no_code', client_nonce: 'n' }, 'posts'))
  })
})

describe('a login on a device without a browser', () => {
  const poll = (state: string) => open('write', 'auth/oidc/oidc/poll', { state, client_nonce: 'n' })
  const start = async () => {
    const { data } = await begin({ role: 'device', client_nonce: 'n', redirect_uri: '' })
    return { page: String(data.auth_url), state: String(data.state) }
  }

  async function confirm(page: string) {
    const browser = createBrowser()
    const form = await browser.open(page)
    const fields: Record<string, string> = {}
    for (const [, name = '', value = ''] of form.text.matchAll(/name="(xsrf|user_code)" value="([^"]*)"/g))
      fields[name] = value
    let seen = await browser.submit(new URL('/device', form.url).href, { ...fields, confirm: 'yes' })
    if (seen.url.includes('/interaction/')) seen = await browser.submit(seen.url, { person: 'alice' })
    return seen
  }

  test('is confirmed elsewhere, and given to the client that polls, once', async () => {
    const { page, state } = await start()
    assert.equal(refusal(await poll(state)), 'invalid_request: authorization_pending')
    assert.equal(refusal(await poll(state)), 'invalid_request: slow_down')
    const seen = await confirm(page)
    assert.match(seen.text, /Done/)
    server.clock.advance(5_000)
    const replies = await Promise.all([poll(state), poll(state)])
    assert.equal(replies.filter((reply) => codeOf(reply) === undefined).length, 1)
    assert.equal(refusal(await poll(state)), gone)
  })

  test('cannot be finished by the callback', async () => {
    const { state } = await start()
    assert.equal(refusal(await finish({ state, code: 'c' })), gone)
  })
})

describe('a person with a space', () => {
  test('is the same person in the browser, where tokens for its client are taken', async () => {
    for (const boundAudiences of [['coffer'], ['coffer', 'coffer-demo']]) {
      const node = await startTestNode({
        spaces: [settingsFor(provider.issuer, { boundAudiences })],
        clock: movableClock(),
      })
      try {
        const write = (path: string, fields: JsonObject) => node.ask('write', path, { fields })
        await write('sys/auth/oidc', { type: 'oidc' })
        await write('auth/oidc/config', {
          oidc_discovery_url: provider.issuer,
          oidc_client_id: 'coffer-demo',
          oidc_client_secret: secret,
        })
        await write('auth/oidc/role/web', web)
        const { auth_url } = dataOf(
          await write('auth/oidc/oidc/auth_url', { role: 'web', redirect_uri: comesBack }),
        )
        const back = await atProvider(String(auth_url))
        const reply = await node.ask('read', 'auth/oidc/oidc/callback', { fields: back, token: '' })
        const entityOf = async (token: string) =>
          dataOf(await node.ask('read', 'auth/token/lookup-self', { token })).entity_id
        const same =
          (await entityOf(tokenOf(reply))) === (await entityOf(await logIn(node, provider, 'alice')))
        assert.equal(same, boundAudiences.includes('coffer-demo'))
      } finally {
        await node.stop()
      }
    }
  })
})

describe('a callback, which is a read that changes something', () => {
  test('uses up no state that the audit log does not know of', async () => {
    const { device, auditParts } = scriptedDevice()
    const node = await startTestNode({ auditParts })
    try {
      const write = (path: string, fields: JsonObject) => node.ask('write', path, { fields })
      await write('sys/audit/file', {
        type: 'file',
        options: { file_path: join(tmpdir(), 'not-opened.log') },
      })
      await write('sys/auth/oidc', { type: 'oidc' })
      await write('auth/oidc/config', {
        oidc_discovery_url: provider.issuer,
        oidc_client_id: 'coffer-demo',
        oidc_client_secret: secret,
      })
      await write('auth/oidc/role/web', web)
      const begun = await write('auth/oidc/oidc/auth_url', { role: 'web', redirect_uri: comesBack })
      const fields = await atProvider(String(dataOf(begun).auth_url))
      device.doing = () => 'fail'
      const come = () => node.ask('read', 'auth/oidc/oidc/callback', { fields, token: '' })
      assert.equal(codeOf(await come()), 'audit_failed')
      device.doing = () => 'take'
      node.clock.advance(1000)
      tokenOf(await come())
    } finally {
      await node.stop()
    }
  })
})
