import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { addPeople, loginOf, ownPage, sessionCookie, sessionIn, startPage } from '../../support/page.ts'

async function start(t: TestContext) {
  const server = await startPage(t)
  await addPeople(server, 'alice')
  const browser = await server.browser()
  await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
  const id = browser.jar.get(sessionCookie) ?? ''
  const cookie = `${sessionCookie}=${id}`
  const lookup = (headers: Readonly<Record<string, string>>) =>
    browser.plain('GET', '/v1/auth/token/lookup-self', { headers })
  return { server, browser, id, cookie, lookup }
}

/** What pages of others, and addresses that somebody opens, send. */
const strange: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'sec-fetch-site': 'same-origin' },
  { 'x-vault-request': 'true' },
  { 'x-vault-request': '1', 'sec-fetch-site': 'same-origin' },
  { 'x-vault-request': 'TRUE', 'sec-fetch-site': 'same-origin' },
  { 'x-vault-request': 'true, true', 'sec-fetch-site': 'same-origin' },
  { 'x-vault-request': 'true', 'sec-fetch-site': 'same-site' },
  { 'x-vault-request': 'true', 'sec-fetch-site': 'cross-site' },
  { 'x-vault-request': 'true', 'sec-fetch-site': 'none' },
  { 'x-vault-request': 'true', 'sec-fetch-site': 'same-origin, cross-site' },
]

/**
 * Browsers hold these for a part of a cookie's name, so that a neighbouring host may set it for this one: the name does
 * not begin with `__Host-` then.
 */
const spaces = ['\u00a0', '\u0085', '\u00ad', '\u00a0 ']

describe('the cookie of a session', () => {
  test("counts for requests of the server's own page alone", async (t) => {
    const { cookie, lookup, browser } = await start(t)
    assert.equal((await lookup({ ...ownPage, cookie })).status, 200)
    for (const headers of strange) {
      const { status, json } = await lookup({ ...headers, cookie })
      assert.deepEqual([status, json], [403, { errors: ['permission denied'] }], JSON.stringify(headers))
      const write = await browser.plain('POST', '/v1/cubbyhole/x', {
        headers: { ...headers, cookie },
        body: { a: 'b' },
      })
      assert.equal(write.status, 403, JSON.stringify(headers))
    }
    assert.equal((await browser.ask('GET', '/v1/cubbyhole/x')).status, 404, 'nothing was written')
  })

  test('counts for nothing where a token is sent', async (t) => {
    const { server, cookie, lookup } = await start(t)
    const tokens: readonly Readonly<Record<string, string>>[] = [
      { 'x-vault-token': 'hvs.none' },
      { 'x-vault-token': '' },
      { authorization: 'Bearer hvs.none' },
      { authorization: 'Bearer ' },
    ]
    for (const token of tokens) {
      assert.equal((await lookup({ ...ownPage, cookie, ...token })).status, 403, JSON.stringify(token))
    }
    const own = await lookup({ ...ownPage, cookie, 'x-vault-token': server.root })
    assert.deepEqual((own.json.data as { id?: string }).id, server.root, 'a token that is sent is the caller')
    assert.equal((await lookup({ ...ownPage, cookie, authorization: 'Basic dTpw' })).status, 200)
  })

  test('is read strictly, among others of the same host', async (t) => {
    const { cookie, id, lookup } = await start(t)
    const good = [
      cookie,
      `a=b; ${cookie}`,
      `${cookie};c="d"`,
      `;;${cookie}; =; x`,
      `a=${sessionCookie}; ${cookie}`,
      ...spaces.map((space) => `${space}${sessionCookie}=x; ${cookie}`),
    ]
    for (const one of good) assert.equal((await lookup({ ...ownPage, cookie: one })).status, 200, one)
    const other = `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`
    const bad = [
      '',
      `${sessionCookie}`,
      `${sessionCookie}=`,
      `${sessionCookie}="${id}"`,
      `${sessionCookie}=${id}x`,
      `${sessionCookie}=${id.slice(1)}`,
      `${sessionCookie}=${other}`,
      `${sessionCookie}=%20${id}`,
      `${sessionCookie} =${id}`,
      ...spaces.map((space) => `a=b; ${space}${cookie}`),
      `${sessionCookie.toLowerCase()}=${id}`,
      `coffer-session=${id}`,
      `x${cookie}`,
      `${cookie}, ${cookie}`,
      // Which of two is meant cannot be told.
      `${cookie}; ${cookie}`,
      `${sessionCookie}=x; ${cookie}`,
      `${cookie}; ${sessionCookie}=`,
      `a=${'x'.repeat(8192)}; ${cookie}`,
    ]
    for (const one of bad) assert.equal((await lookup({ ...ownPage, cookie: one })).status, 403, one)
  })
})

describe('where pages of another site may use the API', () => {
  test('the own page goes on, and no other one gets its session', async (t) => {
    const { server, browser, cookie } = await start(t)
    const other = 'https://a.example'
    const fields = { allowed_origins: other, allow_credentials: true }
    await server.ask('write', 'sys/config/cors', { fields })
    const write = (headers: Readonly<Record<string, string>>) =>
      browser.plain('POST', '/v1/cubbyhole/x', { headers: { cookie, ...headers }, body: { a: 'b' } })
    // Browsers name the origin of every write, that of the own page too.
    const own = await write({ ...ownPage, origin: browser.url })
    assert.deepEqual([own.status, own.headers['access-control-allow-origin']], [204, undefined], own.text)
    for (const site of ['same-site', 'cross-site']) {
      const headers = { ...ownPage, 'sec-fetch-site': site }
      const allowed = await write({ ...headers, origin: other })
      assert.deepEqual([allowed.status, allowed.headers['access-control-allow-origin']], [403, other], site)
      const refused = await write({ ...headers, origin: 'https://evil.example' })
      assert.deepEqual(refused.json, { errors: ['origin not allowed'] })
      const begun = await browser.plain('POST', '/ui/session', {
        headers: { cookie, ...headers, origin: other },
        body: loginOf('alice'),
      })
      assert.deepEqual([begun.status, begun.headers['access-control-allow-origin']], [403, undefined])
    }
  })
})

describe('the endpoints of sessions', () => {
  test("answer the server's own page alone", async (t) => {
    const { browser, cookie } = await start(t)
    for (const headers of strange) {
      for (const [method, path] of [
        ['GET', '/ui/session'],
        ['POST', '/ui/session'],
        ['DELETE', '/ui/session'],
        ['POST', '/ui/session/extend'],
        ['POST', '/ui/session/provider'],
      ] as const) {
        const body = method === 'POST' ? { body: loginOf('alice') } : {}
        const answer = await browser.plain(method, path, { headers: { ...headers, cookie }, ...body })
        assert.deepEqual(
          [answer.status, answer.json, answer.cookies],
          [403, { errors: ['only the page of this server may ask this'] }, []],
          `${method} ${path} ${JSON.stringify(headers)}`,
        )
      }
    }
    assert.notEqual(sessionIn(await browser.ask('GET', '/ui/session')), null, 'and nothing was ended')
  })

  test('take what they say, and answer JSON that nobody keeps', async (t) => {
    const { browser } = await start(t)
    const { headers } = await browser.ask('GET', '/ui/session')
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['cache-control'], 'no-store')
    for (const [method, path] of [
      ['PUT', '/ui/session'],
      ['HEAD', '/ui/session'],
      ['PATCH', '/ui/session'],
      ['OPTIONS', '/ui/session'],
      ['LIST', '/ui/session'],
      ['GET', '/ui/session/extend'],
      ['DELETE', '/ui/session/provider'],
    ] as const) {
      assert.equal((await browser.ask(method, path)).status, 405, `${method} ${path}`)
    }
  })

  test('refuse what is no body for them, and store nothing then', async (t) => {
    const { browser } = await start(t)
    const session = sessionIn(await browser.ask('GET', '/ui/session'))
    const login = (path: unknown, data: unknown = {}) => ({ login: { path, data } })
    const callback = (parts: object) => ({ callback: { mount: 'oidc', state: 's', code: 'c', ...parts } })
    for (const body of [
      {},
      { nothing: 1 },
      { token: 't', login: {} },
      { token: '' },
      { token: 1 },
      { token: ['t'] },
      { token: 't'.repeat(32 * 1024 + 1) },
      { wrapping_token: null },
      { login: 'auth/userpass/login/alice' },
      login(undefined),
      login(''),
      login('sys/unseal'),
      login('secret/data/x'),
      login('auth'),
      login('/auth/userpass/login/alice'),
      login('auth/../sys/unseal'),
      login('auth/userpass//login/alice'),
      login('auth/userpass/login/\u0000'),
      login('auth/userpass/login/\ud800'),
      login('auth/userpass/login/alice', 'password'),
      login('auth/userpass/login/alice', ['password']),
      login('auth/userpass/login/alice', { password: 'wrong' }),
      { callback: {} },
      callback({ mount: '' }),
      callback({ mount: '../sys' }),
      callback({ mount: ['oidc'] }),
      callback({ state: '' }),
      callback({ state: 's'.repeat(513) }),
      callback({ code: 1 }),
      callback({ iss: {} }),
    ]) {
      const answer = await browser.ask('POST', '/ui/session', { body: JSON.parse(JSON.stringify(body)) })
      assert.equal(answer.status, 400, `${JSON.stringify(body).slice(0, 80)}: ${answer.text}`)
      assert.deepEqual(answer.cookies, [])
    }
    for (const raw of ['', 'null', '[]', '{"token":', '"token"', 'token=t', '\u0000']) {
      assert.equal((await browser.ask('POST', '/ui/session', { raw })).status, 400, raw)
    }
    for (const body of [{}, { mount: 1 }, { mount: '..' }, { mount: 'jwt', role: 1 }]) {
      assert.equal((await browser.ask('POST', '/ui/session/provider', { body })).status, 400)
    }
    const large = await browser.ask('POST', '/ui/session', { raw: `{"token":"${'x'.repeat(128 * 1024)}"}` })
    assert.equal(large.status, 413)
    assert.deepEqual(sessionIn(await browser.ask('GET', '/ui/session')), session, 'the one of before goes on')
  })
})
