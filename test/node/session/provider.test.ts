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
    assert.equal(browser.jar.has(loginCookie), false)
    assert.ok(browser.jar.has(sessionCookie))
    const path = `/v1/secrets/users/${idOf('alice')}/db`
    assert.equal((await browser.ask('POST', path, { body: { a: 'b' } })).status, 204)
  })
})
