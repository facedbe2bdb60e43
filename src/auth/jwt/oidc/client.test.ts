import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../../base/clock.ts'
import { type HostileProvider, startHostileProvider } from '../../../demo/provider/hostile.ts'
import { oidcClient } from './client.ts'

describe('our side of a login with a provider', () => {
  let hostile: HostileProvider
  before(async () => {
    hostile = await startHostileProvider()
  })
  after(() => hostile?.stop())

  const client = ({ takesBasic = true, timeout = 10_000 } = {}) =>
    oidcClient({
      metadata: {
        issuer: hostile.url,
        jwksUrl: new URL(`${hostile.url}/jwks`),
        userInfoUrl: new URL(`${hostile.url}/userinfo`),
        authorizationUrl: new URL(`${hostile.url}/auth?kept=1`),
        tokenUrl: new URL(`${hostile.url}/token`),
        deviceUrl: undefined,
        namesIssuer: false,
        takesBasic,
      },
      issuer: hostile.url,
      ca: undefined,
      clientId: 'client',
      clientSecret: 'a secret',
      clock: systemClock(),
      timeout,
    })
  const answer = {
    code: 'c',
    iss: '',
    error: '',
    whole: false,
    redirectUri: 'http://localhost/cb',
    verifier: 'v'.repeat(43),
    nonce: 'n',
  }

  it('asks for all that protects a login, and keeps what the address had', async () => {
    const url = new URL(
      await (await client()).authorizationUrl({
        redirectUri: 'http://localhost/cb',
        scopes: ['email', 'openid'],
        state: 's',
        nonce: 'n',
        // RFC 7636, appendix B
        verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        formPost: true,
        maxAge: 60,
      }),
    )
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      kept: '1',
      response_type: 'code',
      client_id: 'client',
      redirect_uri: 'http://localhost/cb',
      scope: 'openid email',
      state: 's',
      nonce: 'n',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      response_mode: 'form_post',
      max_age: '60',
    })
  })

  it('waits a bounded time for a provider that hangs, or stops in the middle', async () => {
    for (const kind of [{ kind: 'hang' }, { kind: 'stall', body: '{"access' }] as const) {
      hostile.answer('/token', kind)
      hostile.answer('/userinfo', kind)
      const late = { code: 'provider_failed', message: /did not answer in time/ }
      const impatient = await client({ timeout: 50 })
      await assert.rejects(impatient.exchange(answer), late)
      await assert.rejects(impatient.pollDevice('d'), late)
      const tokens = { idToken: '', accessToken: 'a', subject: 's' }
      await assert.rejects(impatient.userInfo(tokens), late)
    }
  })

  it('says which endpoint a provider lacks', async () => {
    await assert.rejects((await client()).startDevice([]), {
      code: 'provider_failed',
      message: /no usable device_authorization_endpoint/,
    })
  })

  it('puts its secret into no header where the provider takes it in the form', async () => {
    hostile.answer('/token', { kind: 'text', status: 400, body: '{"error":"invalid_grant"}' })
    const refused = { code: 'invalid_request', message: /the provider answered invalid_grant$/ }
    await assert.rejects((await client({ takesBasic: false })).exchange(answer), refused)
    assert.equal(hostile.asked.at(-1)?.authorization, undefined)
    await assert.rejects((await client()).exchange(answer), refused)
    assert.match(hostile.asked.at(-1)?.authorization ?? '', /^Basic /)
  })
})
