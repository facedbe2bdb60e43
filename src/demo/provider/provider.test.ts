import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { type Browser, createBrowser } from './browser.ts'
import { examplePeople } from './people.ts'
import { type DemoProvider, startProvider } from './provider.ts'

const [alice, bob] = examplePeople
const callback = 'http://127.0.0.1/callback'
const verifierText = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifierText).digest('base64url')

describe('the stand-in provider', () => {
  let provider: DemoProvider
  before(async () => {
    provider = await startProvider({ port: 0 })
  })
  after(() => provider.stop())
  afterEach(() => {
    provider.userInfo('answer')
    provider.suspend('alice', false)
  })

  const discovery = async () => {
    const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`)
    return (await response.json()) as Record<string, string>
  }
  const endpoint = async (name: string) => (await discovery())[name] ?? ''
  const post = async (url: string, fields: Record<string, string>) => {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, body: (await response.json()) as Record<string, string> }
  }
  const token = async (fields: Record<string, string>) =>
    post(await endpoint('token_endpoint'), { client_id: 'coffer-demo', ...fields })
  const userInfo = async (accessToken: string) => {
    const response = await fetch(await endpoint('userinfo_endpoint'), {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const verified = async (accessToken: string) => {
    const keys = createRemoteJWKSet(new URL(await endpoint('jwks_uri')))
    return jwtVerify(accessToken, keys, { issuer: provider.issuer, audience: 'coffer' })
  }
  const authorizationUrl = async () => {
    const url = new URL(await endpoint('authorization_endpoint'))
    url.search = new URLSearchParams({
      client_id: 'coffer-demo',
      response_type: 'code',
      redirect_uri: callback,
      scope: 'openid profile voperson_id eduperson_entitlement offline_access',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state: 'some-state',
    }).toString()
    return url.href
  }
  const logIn = async (browser: Browser, person: string) => {
    const page = await browser.open(await authorizationUrl())
    assert.match(page.text, /Alice Example/)
    return browser.submit(page.url, { person }, callback)
  }

  it('remembers who logged in, or asks anew where it is told to', async () => {
    const forgetful = await startProvider({ port: 0, asksAnew: true })
    try {
      for (const [one, asks] of [
        [provider, false],
        [forgetful, true],
      ] as const) {
        const browser = createBrowser()
        const url = (await authorizationUrl()).replace(provider.issuer, one.issuer)
        const first = await browser.open(url)
        assert.ok((await browser.submit(first.url, { person: 'alice' }, callback)).url.startsWith(callback))
        const again = await browser.open(url, callback)
        assert.equal(again.text.includes('Bob Example'), asks)
        if (!asks) continue
        assert.ok((await browser.submit(again.url, { person: 'bob' }, callback)).url.startsWith(callback))
      }
    } finally {
      await forgetful.stop()
    }
  })

  it('describes itself by discovery', async () => {
    const document = await discovery()
    assert.equal(document.issuer, provider.issuer)
    assert.equal(document.userinfo_endpoint, `${provider.issuer}/userinfo`)
    assert.ok(document.device_authorization_endpoint)
  })

  it('logs in by authorization code with PKCE', async () => {
    const { url } = await logIn(createBrowser(), 'alice')
    const code = new URL(url).searchParams.get('code') ?? ''
    assert.equal(new URL(url).searchParams.get('state'), 'some-state')
    const wrong = await token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: 'w'.repeat(43),
    })
    assert.equal(wrong.status, 400)

    const again = await logIn(createBrowser(), 'alice')
    const { status, body } = await token({
      grant_type: 'authorization_code',
      code: new URL(again.url).searchParams.get('code') ?? '',
      redirect_uri: callback,
      code_verifier: verifierText,
    })
    assert.equal(status, 200)
    const { payload, protectedHeader } = await verified(body.access_token ?? '')
    assert.equal(protectedHeader.alg, 'RS256')
    assert.equal(payload.sub, alice?.vopersonId)
    assert.equal(payload.voperson_id, alice?.vopersonId)
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 3_600)
    assert.equal(payload.eduperson_entitlement, undefined)

    const refreshed = await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' })
    assert.equal(refreshed.status, 200)
    assert.equal((await verified(refreshed.body.access_token ?? '')).payload.sub, alice?.vopersonId)
  })

  it('refuses a login without PKCE', async () => {
    const url = new URL(await authorizationUrl())
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')
    const visit = await createBrowser().open(url.href, callback)
    assert.match(visit.url, /error=invalid_request/)
  })

  it('logs in by device authorization', async () => {
    const device = await post(await endpoint('device_authorization_endpoint'), {
      client_id: 'coffer-demo',
      scope: 'openid offline_access',
    })
    const poll = () =>
      token({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: device.body.device_code ?? '',
      })
    assert.equal((await poll()).body.error, 'authorization_pending')

    const browser = createBrowser()
    const entry = await browser.open(device.body.verification_uri ?? '')
    const xsrfOf = (page: string) => /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const user_code = device.body.user_code ?? ''
    const wrong = await browser.submit(entry.url, { xsrf: xsrfOf(entry.text), user_code: 'XXXX-XXXX' })
    assert.match(wrong.text, /not known/)
    const xsrf = xsrfOf(wrong.text)
    const confirm = await browser.submit(entry.url, { xsrf, user_code })
    assert.match(confirm.text, new RegExp(user_code))
    const choice = await browser.submit(entry.url, { xsrf, user_code, confirm: 'yes' })
    const done = await browser.submit(choice.url, { person: 'bob' })
    assert.match(done.text, /You can close this page/)

    const { status, body } = await poll()
    assert.equal(status, 200)
    assert.equal((await verified(body.access_token ?? '')).payload.sub, bob?.vopersonId)
    assert.ok(body.refresh_token)
  })

  it('gives its entitlements through UserInfo alone', async () => {
    const accessToken = await provider.mintAccessToken('alice')
    const { status, body } = await userInfo(accessToken)
    assert.equal(status, 200)
    assert.equal(body.sub, alice?.vopersonId)
    assert.deepEqual(body.eduperson_entitlement, [
      'urn:mace:example.org:group:vo.example.org:role=member#aai.example.org',
      'urn:mace:example.org:group:vo.example.org:role=manager#aai.example.org',
    ])
    assert.equal(decodeJwt(accessToken).eduperson_entitlement, undefined)
  })

  it('refuses UserInfo to tokens that it did not make or that have ended', async (t) => {
    const expired = await provider.mintAccessToken('alice', { now: Date.now() - 2 * 3_600_000 })
    const other = await startProvider({ port: 0 })
    t.after(() => other.stop())
    const foreign = await other.mintAccessToken('alice', { claims: { iss: provider.issuer } })
    for (const bad of ['', 'x', expired, foreign]) assert.equal((await userInfo(bad)).status, 401)
  })

  it('gives a token without a browser, to programs on this machine', async () => {
    const response = await fetch(`${provider.issuer}/token-for/bob`)
    const accessToken = (await response.text()).trim()
    const { payload } = await verified(accessToken)
    assert.equal(payload.voperson_id, bob?.vopersonId)
    assert.equal((await fetch(`${provider.issuer}/token-for/nobody`)).status, 404)
    assert.equal(await statusWithHost(`${provider.issuer}/token-for/bob`, 'evil.example'), 403)
  })

  it('gives nothing to a suspended person', async () => {
    const accessToken = await provider.mintAccessToken('alice')
    provider.suspend('alice')
    assert.equal((await userInfo(accessToken)).status, 401)
    assert.equal((await fetch(`${provider.issuer}/token-for/alice`)).status, 403)
    await assert.rejects(provider.mintAccessToken('alice'))
    const visit = await logIn(createBrowser(), 'alice')
    assert.equal(visit.status, 403)
    provider.suspend('alice', false)
    assert.equal((await userInfo(accessToken)).status, 200)
  })

  it('lets tests change claims, people and the way UserInfo answers', async () => {
    const odd = await provider.mintAccessToken('bob', {
      claims: { voperson_id: undefined, extra: 1 },
      audience: 'x',
    })
    const claims = decodeJwt(odd)
    assert.equal('voperson_id' in claims, false)
    assert.deepEqual([claims.extra, claims.aud], [1, 'x'])

    const accessToken = await provider.mintAccessToken('bob')
    provider.change('bob', { entitlements: [] })
    assert.deepEqual((await userInfo(accessToken)).body.eduperson_entitlement, [])
    provider.userInfo('other-subject')
    assert.notEqual((await userInfo(accessToken)).body.sub, bob?.vopersonId)
    provider.userInfo('without-entitlements')
    assert.equal('eduperson_entitlement' in (await userInfo(accessToken)).body, false)
    provider.userInfo('fail')
    assert.equal((await userInfo(accessToken)).status, 500)
    provider.userInfo('hang')
    const before = provider.asked('/userinfo')
    const given = new AbortController()
    const hanging = fetch(`${provider.issuer}/userinfo`, { signal: given.signal })
    while (provider.asked('/userinfo') === before) await new Promise(setImmediate)
    assert.equal(await Promise.race([hanging, discovery().then(() => 'others go on')]), 'others go on')
    given.abort()
    await assert.rejects(hanging, { name: 'AbortError' })
    assert.equal(provider.asked('/userinfo'), before + 1)
  })

  it('rotates its keys', async () => {
    const old = await provider.mintAccessToken('alice')
    await provider.rotateKeys()
    const current = await provider.mintAccessToken('alice')
    await verified(old)
    await verified(current)
    await provider.rotateKeys({ keepOld: false })
    await assert.rejects(verified(old))
    assert.equal((await userInfo(old)).status, 401)
    const { url } = await logIn(createBrowser(), 'alice')
    assert.match(url, /code=/)
  })
})

describe('the keys of the stand-in provider', () => {
  it('survive a restart, in a file that is its own', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'coffer-provider-'))
    const first = await startProvider({ port: 0, folder })
    t.after(() => first.stop())
    const accessToken = await first.mintAccessToken('alice')
    const port = Number(new URL(first.issuer).port)
    await first.stop()
    assert.equal((await stat(join(folder, 'provider-keys.json'))).mode & 0o777, 0o600)

    const second = await startProvider({ port, folder })
    t.after(() => second.stop())
    assert.equal(second.issuer, first.issuer)
    const response = await fetch(`${second.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    assert.equal(response.status, 200)
    await rm(folder, { recursive: true })
  })
})

function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      .on('error', reject)
  })
}
