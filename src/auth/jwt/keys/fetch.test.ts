import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type HostileProvider, startHostileProvider } from '../../../demo/provider/hostile.ts'
import { startProvider } from '../../../demo/provider/provider.ts'
import { issueAuthority, issueLeaf } from '../../../http/tls/issue.ts'
import { fetchJson, providerUrl } from './fetch.ts'

describe('the address of a provider', () => {
  it('is https, or http on loopback', () => {
    for (const url of [
      'https://aai.example.org/realms/x',
      'http://127.0.0.1:8080',
      'http://[::1]:1/x',
      'http://localhost',
    ]) {
      assert.equal(providerUrl(url, 'it').protocol, new URL(url).protocol)
    }
  })
  it('is refused when it is anything else', () => {
    for (const url of [
      'http://aai.example.org',
      'http://127.0.0.1.example.org',
      'http://localhost.example.org',
      'http://10.0.0.1',
      'ftp://127.0.0.1',
      'file:///etc/passwd',
      'https://user:secret@aai.example.org',
      'nonsense',
      '',
    ]) {
      assert.throws(() => providerUrl(url, 'it'), { code: 'invalid_request' }, url)
    }
  })
})

describe('fetching from a provider over TLS', () => {
  const names = [{ kind: 'ip', text: '127.0.0.1' }] as const

  it('trusts the authorities that are given, and no others then', async (t) => {
    const authority = await issueAuthority(names, Date.now())
    const { pem } = await issueLeaf(authority, names, Date.now())
    const provider = await startProvider({ port: 0, tls: { cert: pem, key: pem } })
    t.after(() => provider.stop())
    const url = new URL(`${provider.issuer}/.well-known/openid-configuration`)
    const ca = authority.certificate
    assert.equal((await fetchJson(url, { ca })).issuer, provider.issuer)
    const unknown = { code: 'provider_failed', message: /could not be reached/ }
    await assert.rejects(fetchJson(url), unknown)
    await assert.rejects(
      fetchJson(url, { ca: (await issueAuthority(names, Date.now())).certificate }),
      unknown,
    )
    await assert.rejects(fetchJson(new URL(url.href.replace('127.0.0.1', 'localhost')), { ca }), unknown)
  })
})

describe('fetching from a provider', () => {
  let provider: HostileProvider
  before(async () => {
    provider = await startHostileProvider()
  })
  after(() => provider.stop())

  const fetch = (path: string, options = {}) => fetchJson(new URL(provider.url + path), options)
  const refused = (path: string, message: RegExp, options = {}) =>
    assert.rejects(fetch(path, options), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'provider_failed')
      assert.match(error.message, message)
      return true
    })

  it('gives the object that it answers', async () => {
    provider.answer('/ok', { kind: 'json', body: { a: 1 } })
    assert.deepEqual(await fetch('/ok'), { a: 1 })
  })
  it('presents the token as bearer', async () => {
    provider.answer('/bearer', { kind: 'json', body: {} })
    await fetch('/bearer', { bearer: 'the-token' })
    assert.equal(provider.asked.at(-1)?.authorization, 'Bearer the-token')
  })
  it('ends when the answer is larger than allowed', async () => {
    provider.answer('/large', { kind: 'json', body: { a: 'x'.repeat(2_000) } })
    await refused('/large', /answered with more than 1000 bytes$/, { maxBytes: 1000 })
    provider.answer('/endless', { kind: 'endless' })
    await refused('/endless', /answered with more than 262144 bytes$/)
  })
  it('ends when no answer comes, or only a part of one', async () => {
    provider.answer('/hang', { kind: 'hang' })
    await refused('/hang', /did not answer in time$/, { timeout: 30 })
    provider.answer('/stall', { kind: 'stall', body: '{"a":' })
    await refused('/stall', /did not answer in time$/, { timeout: 30 })
  })
  it('ends when the connection breaks or nobody listens', async () => {
    provider.answer('/drop', { kind: 'drop' })
    await refused('/drop', /could not be reached/)
    await assert.rejects(fetchJson(new URL('http://127.0.0.1:1/x')), { code: 'provider_failed' })
  })
  it('refuses what is no JSON object, and never repeats it in the text', async () => {
    for (const body of ['', '[]', '"text"', '{"secret', 'null', `${'['.repeat(5_000)}`]) {
      provider.answer('/junk', { kind: 'text', body })
      await refused('/junk', /^http:\/\/127\.0\.0\.1:\d+\/junk did not answer with a JSON object$/)
    }
  })
  it('refuses another status', async () => {
    for (const status of [201, 204, 400, 401, 500]) {
      provider.answer('/status', { kind: 'text', status, body: '{"a":1}' })
      await refused('/status?token=secret', /answered with status 404$/)
      await refused('/status', new RegExp(`/status answered with status ${status}$`))
    }
  })
  it('follows a redirect on the same origin', async () => {
    provider.answer('/here', { kind: 'redirect', to: '/there' })
    provider.answer('/there', { kind: 'json', body: { a: 2 } })
    assert.deepEqual(await fetch('/here'), { a: 2 })
  })
  it('follows no redirect to another origin', async (t) => {
    const other = await startHostileProvider()
    t.after(() => other.stop())
    other.answer('/there', { kind: 'json', body: { a: 3 } })
    for (const to of [`${other.url}/there`, other.url.replace('http:', 'https:'), 'file:///etc/passwd']) {
      provider.answer('/away', { kind: 'redirect', to })
      await refused('/away', /redirects elsewhere/)
    }
    assert.equal(other.asked.length, 0)
  })
  it('follows no redirect with a token, and no redirects without end', async () => {
    provider.answer('/here', { kind: 'redirect', to: '/there' })
    await refused('/here', /redirects elsewhere/, { bearer: 'the-token' })
    provider.answer('/loop', { kind: 'redirect', to: '/loop' })
    await refused('/loop', /redirects elsewhere/)
    provider.answer('/nowhere', { kind: 'redirect', to: 'http://' })
    await refused('/nowhere', /redirects to no valid address/)
  })
})
