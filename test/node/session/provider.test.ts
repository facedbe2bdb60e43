import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { createBrowser } from '../../../src/demo/provider/browser.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { exampleSpaces, pageOf } from '../../../src/demo/spaces.ts'
import {
  browserAt,
  loginCookie,
  type PageBrowser,
  sessionCookie,
  sessionIn,
  startPage,
} from '../../support/page.ts'
import { freePort } from '../../support/ports.ts'
import { idOf } from '../../support/spaces.ts'

const pageClient = { clientId: 'coffer-page', clientSecret: 'stand-in' }
const scopes = ['profile', 'email', 'voperson_id', 'eduperson_entitlement']

let provider: DemoProvider
let port: number
let origin: string
before(async () => {
  port = await freePort()
  origin = `https://127.0.0.1:${port}`
  const page = { ...pageClient, redirectUris: pageOf([origin]).callbacks }
  provider = await startProvider({ port: 0, page })
})
after(() => provider?.stop())

async function start(t: TestContext) {
  const browser = { ...pageClient, scopes, origins: [origin] }
  const server = await startPage(t, {
    time: Date.now(),
    spaces: [exampleSpaces(provider.issuer, 'coffer', browser)],
  })
  return { server, browser: await browserAt(t, server.node, { port }) }
}

const begin = (browser: PageBrowser, body: JsonObject = { mount: 'jwt' }) =>
  browser.ask('POST', '/ui/session/provider', { body })

/** A person logs in at the provider. Answers what it sends the browser back with. */
async function logIn(url: unknown, person = 'alice'): Promise<{ state: string; code: string }> {
  const away = createBrowser()
  const { url: page } = await away.open(String(url))
  const back = await away.submit(page, { person }, `${origin}/ui/callback/jwt`)
  const { searchParams } = new URL(back.url)
  return { state: searchParams.get('state') ?? '', code: searchParams.get('code') ?? '' }
}

const finish = (browser: PageBrowser, answer: { state: string; code: string }) =>
  browser.ask('POST', '/ui/session', { body: { callback: { mount: 'jwt', ...answer } } })

describe('a login at a provider, on the web page', () => {
  test('goes there and comes back with a session in the own space', async (t) => {
    const { browser } = await start(t)
    const begun = await begin(browser)
    assert.equal(begun.status, 200, begun.text)
    const nonce = browser.jar.get(loginCookie) ?? ''
    assert.match(nonce, /^[A-Za-z0-9_-]{43}$/)
    assert.deepEqual(begun.cookies, [
      `${loginCookie}=${nonce}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600`,
    ])
    const url = new URL(String(begun.json.auth_url))
    assert.equal(url.origin, provider.issuer)
    assert.equal(url.searchParams.get('redirect_uri'), `${origin}/ui/callback/jwt`)
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
    assert.ok(!begun.text.includes(nonce), 'what binds the browser is in its cookie alone')

    const done = await finish(browser, await logIn(url))
    const session = sessionIn(done)
    assert.equal(session?.display_name, `jwt-${idOf('alice').replaceAll('-', '~')}`)
    assert.deepEqual(session?.meta, { name: 'Alice Example', role: 'browser' })
    assert.equal(browser.jar.has(loginCookie), false)
    assert.ok(browser.jar.has(sessionCookie))
    const path = `/v1/secrets/users/${idOf('alice')}/db`
    assert.equal((await browser.ask('POST', path, { body: { a: 'b' } })).status, 204)
  })

  test('comes back to this page alone, to the letter', async (t) => {
    const { server, browser } = await start(t)
    const other = await browserAt(t, server.node)
    for (const [headers, fits] of [
      [{}, true],
      [{ origin }, true],
      [{ origin: 'https://evil.example' }, true],
      [{ host: 'evil.example' }, false],
      [{ host: '127.0.0.1.evil.example', origin: 'https://127.0.0.1.evil.example' }, false],
      [{ origin: `http://127.0.0.1:${port}` }, false],
    ] as const) {
      const { status, json, cookies } = await browser.ask('POST', '/ui/session/provider', {
        headers,
        body: { mount: 'jwt' },
      })
      if (fits) {
        const redirect = new URL(String(json.auth_url)).searchParams.get('redirect_uri')
        assert.equal(redirect, `${origin}/ui/callback/jwt`)
      } else {
        assert.equal(status, 400, JSON.stringify(headers))
        assert.match(String(json.errors), /unauthorized redirect_uri/)
        assert.deepEqual(cookies, [])
      }
    }
    assert.equal((await begin(other, { mount: 'jwt', role: 'default' })).status, 400)
    assert.equal((await begin(other, { mount: 'none' })).status, 403)
    const asked = { role: 'browser', client_nonce: 'n' }
    for (const redirect_uri of [`${origin}/ui/callback/other`, `${origin}/ui/callback/jwt/`, `${origin}/`]) {
      const answer = await browser.ask('POST', '/v1/auth/jwt/oidc/auth_url', {
        body: { ...asked, redirect_uri },
      })
      assert.equal(answer.status, 400, redirect_uri)
    }
  })

  test('is finished by the browser alone that began it', async (t) => {
    const { server, browser } = await start(t)
    const begun = await begin(browser)
    const answer = await logIn(begun.json.auth_url)

    const none = await browserAt(t, server.node)
    const without = await finish(none, answer)
    assert.equal(without.status, 400)
    assert.match(without.text, /this browser has begun no login/)
    assert.notEqual(sessionIn(await finish(browser, answer)), null, 'the login is still there')

    const again = await finish(browser, answer)
    assert.equal(again.status, 400, 'and counts once')
    assert.equal(sessionIn(await browser.ask('GET', '/ui/session'))?.type, 'service')

    const theirs = await logIn((await begin(browser)).json.auth_url)
    const stranger = await browserAt(t, server.node)
    await begin(stranger)
    const refused = await finish(stranger, theirs)
    assert.deepEqual([refused.status, refused.json], [400, { errors: ['invalid client_nonce'] }])
    assert.deepEqual(refused.cookies, [])
    assert.equal(stranger.jar.has(sessionCookie), false)

    const planted = await browserAt(t, server.node)
    const begunElsewhere = await logIn((await begin(browser)).json.auth_url)
    // What a neighbouring host can set, since a browser takes the first character for one of the name.
    planted.jar.set(`\u00a0${loginCookie}`, browser.jar.get(loginCookie) ?? '')
    assert.match((await finish(planted, begunElsewhere)).text, /this browser has begun no login/)
  })

  test('can be under way in several tabs of a browser', async (t) => {
    const { browser } = await start(t)
    const first = await begin(browser)
    const nonce = browser.jar.get(loginCookie)
    const second = await begin(browser)
    assert.equal(browser.jar.get(loginCookie), nonce)
    assert.notEqual(first.json.auth_url, second.json.auth_url)
    assert.notEqual(sessionIn(await finish(browser, await logIn(first.json.auth_url))), null)
    browser.jar.set(loginCookie, 'short')
    await begin(browser)
    assert.match(browser.jar.get(loginCookie) ?? '', /^[A-Za-z0-9_-]{43}$/, 'what was planted is not kept')
  })

  test('leaves logins with a token as they are, and others cannot change it', async (t) => {
    const { server } = await start(t)
    const jwt = await provider.mintAccessToken('alice')
    const reply = await server.ask('write', 'auth/jwt/login', { token: '', fields: { jwt } })
    assert.ok(!(reply instanceof Error) && reply.auth !== undefined)
    for (const path of ['auth/jwt/config', 'auth/jwt/role/browser', 'auth/jwt/oidc/callback']) {
      const changed = await server.ask('write', path, { fields: { user_claim: 'email' } })
      assert.match(String(changed), /follows from the spaces configuration/, path)
    }
    await server.restart([exampleSpaces(provider.issuer, 'coffer')])
    const gone = await server.ask('read', 'auth/jwt/role/browser')
    assert.ok(gone instanceof Error, 'it goes with its block')
  })
})
