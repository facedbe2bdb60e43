import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../../base/clock.ts'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { ecKey, jwkOf, otherRsaKey, rsaKey, signToken, type TestKey } from '../tokens-for-tests.ts'
import { createProviders } from './providers.ts'
import { maxKeys } from './ring.ts'

const issuer = 'https://aai.example.org/realms/x'

async function setUp() {
  const clock = manualClock()
  const documents = new Map<string, unknown>()
  const asked: string[] = []
  const providers = createProviders({
    clock,
    fetch: async (url) => {
      asked.push(url.href)
      const document = documents.get(url.href)
      return document === undefined
        ? fail('provider_failed', `${url.href} is down`)
        : (document as JsonObject)
    },
  })
  documents.set(`${issuer}/.well-known/openid-configuration`, {
    issuer,
    jwks_uri: `${issuer}/keys`,
    userinfo_endpoint: `${issuer}/userinfo`,
  })
  documents.set(`${issuer}/keys`, { keys: [await jwkOf(rsaKey, 'one'), await jwkOf(ecKey, 'two')] })
  const setKeys = (...keys: JsonObject[]) => documents.set(`${issuer}/keys`, { keys })
  return { clock, documents, asked, providers, setKeys }
}

const token = (kid: string | undefined, key: TestKey = rsaKey) =>
  signToken({ sub: 'alice' }, { key, ...(kid === undefined ? {} : { header: { kid } }) })

describe('a provider found by discovery', () => {
  it('says where its keys and its UserInfo are', async () => {
    const { providers } = await setUp()
    const metadata = await providers.discovered(issuer, undefined).metadata.get()
    assert.equal(metadata.jwksUrl.href, `${issuer}/keys`)
    assert.equal(metadata.userInfoUrl?.href, `${issuer}/userinfo`)
  })
  it('is asked once for all logins', async () => {
    const { providers, asked } = await setUp()
    for (let i = 0; i < 5; i++) {
      const ring = await providers.discovered(issuer, undefined).keys.current()
      assert.equal(await ring.check(token('one')), 'valid')
    }
    assert.equal(asked.length, 2)
  })
  it('is refused when it names another issuer', async () => {
    const { providers, documents } = await setUp()
    const document = { issuer: 'https://evil.example', jwks_uri: `${issuer}/keys` }
    documents.set(`${issuer}/.well-known/openid-configuration`, document)
    await assert.rejects(providers.discovered(issuer, undefined).keys.current(), {
      code: 'provider_failed',
      message: `the provider's discovery document names another issuer than ${issuer}`,
    })
  })
  it('is refused when its addresses are not https', async () => {
    const bad = [
      'http://aai.example.org/keys',
      'http://127.0.0.1/keys',
      'file:///etc/passwd',
      'keys',
      5,
      undefined,
    ]
    for (const jwks_uri of bad) {
      const { providers, documents } = await setUp()
      documents.set(`${issuer}/.well-known/openid-configuration`, { issuer, jwks_uri })
      await assert.rejects(providers.discovered(issuer, undefined).keys.current(), /has no usable jwks_uri/)
    }
  })
  it('is asked anew after the configuration was written', async () => {
    const { providers, documents, asked } = await setUp()
    const found = documents.get(`${issuer}/keys`)
    documents.delete(`${issuer}/keys`)
    await assert.rejects(providers.discovered(issuer, undefined).keys.current(), { code: 'provider_failed' })
    documents.set(`${issuer}/keys`, found)
    const before = asked.length
    await assert.rejects(providers.discovered(issuer, undefined).keys.current(), { code: 'provider_failed' })
    assert.equal(asked.length, before, 'a failure is not followed by another question at once')
    providers.forget(issuer, undefined)
    await providers.discovered(issuer, undefined).keys.current()
  })
  it('is another one with other authorities', async () => {
    const { providers } = await setUp()
    assert.notEqual(providers.discovered(issuer, undefined), providers.discovered(issuer, 'PEM'))
    assert.equal(providers.discovered(issuer, 'PEM'), providers.discovered(issuer, 'PEM'))
  })
})

describe('a key set', () => {
  it('follows the rotation of keys, at a bounded rate', async () => {
    const { providers, setKeys, clock, asked } = await setUp()
    const { keys } = providers.discovered(issuer, undefined)
    const old = await keys.current()
    setKeys(await jwkOf(otherRsaKey, 'new'))
    assert.equal(await old.check(token('new', otherRsaKey)), 'unknown_key')
    assert.equal(await keys.newer(old), undefined, 'it was fetched a moment ago')
    clock.advance(30_000)
    const ring = await keys.newer(old)
    assert.equal(await ring?.check(token('new', otherRsaKey)), 'valid')
    assert.equal(await ring?.check(token('one')), 'unknown_key')
    const fetched = asked.length
    for (let i = 0; i < 50; i++) if (ring !== undefined) await keys.newer(ring)
    assert.equal(asked.length, fetched, 'unknown keys cause no more than one fetch in a cool-down')
  })
  it('drops a key that was withdrawn when it comes of age', async () => {
    const { providers, setKeys, clock } = await setUp()
    const { keys } = providers.discovered(issuer, undefined)
    await keys.current()
    setKeys(await jwkOf(otherRsaKey, 'new'))
    clock.advance(600_000)
    assert.equal(await (await keys.current()).check(token('one')), 'unknown_key')
  })
  it('is searched without a key id too', async () => {
    const { providers, setKeys } = await setUp()
    setKeys(await jwkOf(otherRsaKey, 'a'), await jwkOf(rsaKey, 'b'), await jwkOf(ecKey, 'c'))
    const ring = await providers.discovered(issuer, undefined).keys.current()
    assert.equal(await ring.check(token(undefined)), 'valid')
    assert.equal(await ring.check(token('a')), 'invalid')
  })
  it('has at most 16 keys tried for one token', async () => {
    const others = (count: number) =>
      Promise.all(Array.from({ length: count }, () => jwkOf(otherRsaKey, 'x')))
    for (const [before, found] of [
      [15, 'valid'],
      [16, 'invalid'],
    ] as const) {
      const { providers, setKeys } = await setUp()
      setKeys(...(await others(before)), await jwkOf(rsaKey, 'x'))
      const ring = await providers.discovered(issuer, undefined).keys.current()
      assert.equal(await ring.check(token('x')), found)
    }
  })
  it('holds keys for signatures alone, each for its own algorithm', async () => {
    const { providers, setKeys } = await setUp()
    const encryption = await jwkOf(rsaKey, 'enc', { use: 'enc' })
    const other = await jwkOf(rsaKey, 'ps', { alg: 'PS256' })
    const shared = { kty: 'oct', kid: 'oct', k: Buffer.from(rsaKey.pem).toString('base64url') }
    setKeys(encryption, other, shared)
    const ring = await providers.discovered(issuer, undefined).keys.current()
    for (const kid of ['enc', 'ps', 'oct']) assert.equal(await ring.check(token(kid)), 'unknown_key', kid)
  })
  it('is not spoiled by a member that is no key', async () => {
    const { providers, setKeys } = await setUp()
    setKeys({ kid: 'x' }, { kty: 'RSA', kid: 'bad', n: '!', e: 'AQAB' }, await jwkOf(rsaKey, 'one'))
    const ring = await providers.discovered(issuer, undefined).keys.current()
    assert.equal(await ring.check(token('one')), 'valid')
    assert.equal(await ring.check(token('bad')), 'invalid')
    assert.equal(await ring.check(token('x')), 'unknown_key')
  })
  it('is refused when it is none, or too large', async () => {
    const member = await jwkOf(rsaKey, 'one')
    for (const document of [{}, { keys: 'x' }, { keys: [5] }, { keys: Array(maxKeys + 1).fill(member) }]) {
      const { providers, documents } = await setUp()
      documents.set('https://aai.example.org/jwks', document)
      const source = providers.keySet('https://aai.example.org/jwks', undefined)
      await assert.rejects(source.current(), { code: 'provider_failed' })
    }
  })
  it('is not looked for at an address that is not https', async () => {
    const { providers } = await setUp()
    assert.throws(() => providers.keySet('http://aai.example.org/jwks', undefined), {
      code: 'invalid_request',
    })
  })
})
