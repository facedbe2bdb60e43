import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { client, serve } from '../../src/http/testing/client.ts'
import { auditTo } from '../support/audit.ts'
import { startTestNode } from '../support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const { url } = await serve(t, server.node.handler, server.node.web)
  return { server, call: client(t, url) }
}

const own = { origin: 'https://a.example' }
const other = { origin: 'https://evil.example' }

describe('pages of other sites', () => {
  it('get nothing before it is turned on', async (t) => {
    const { call } = await start(t)
    const { status, headers } = await call('/v1/sys/health', { headers: own })
    assert.equal(status, 200)
    assert.equal(headers['access-control-allow-origin'], undefined)
    const preflight = { method: 'OPTIONS', headers: { ...own, 'access-control-request-method': 'GET' } }
    assert.equal((await call('/v1/sys/health', preflight)).status, 400)
  })

  it('of a named origin see answers and refusals, and nobody else does anything', async (t) => {
    const { server, call } = await start(t)
    const fields = { allowed_origins: 'https://a.example', allowed_headers: ['X-Own'] }
    await server.ask('write', 'sys/config/cors', { fields })
    for (const [path, status] of [
      ['/v1/sys/health', 200],
      ['/v1/sys/mounts', 403],
    ] as const) {
      const answer = await call(path, { headers: own })
      assert.equal(answer.status, status)
      assert.equal(answer.headers['access-control-allow-origin'], 'https://a.example')
      assert.equal(answer.headers.vary, 'Origin')
      assert.equal(answer.headers['access-control-allow-credentials'], undefined)
    }
    const token = { 'x-vault-token': server.root }
    const written = { method: 'POST', headers: { ...other, ...token }, body: '{"type":"kv"}' }
    const refused = await call('/v1/sys/mounts/theirs', written)
    assert.equal(refused.status, 403)
    assert.match(refused.body, /origin not allowed/)
    assert.equal(refused.headers['access-control-allow-origin'], undefined)
    const { body } = await call('/v1/sys/mounts', { headers: token })
    assert.doesNotMatch(body, /theirs/)
    for (const origin of ['https://a.example.evil.example', 'HTTPS://a.example', 'null', '']) {
      assert.equal((await call('/v1/sys/health', { headers: { origin } })).status, 403, origin)
    }
    await server.ask('delete', 'sys/config/cors')
    assert.equal((await call('/v1/sys/health', { headers: other })).status, 200)
  })

  it('are told what they may do, without a token', async (t) => {
    const { server, call } = await start(t)
    const fields = { allowed_origins: 'https://a.example', allowed_headers: ['X-Own'] }
    await server.ask('write', 'sys/config/cors', { fields })
    const ask = (method: string, headers: Record<string, string> = own) =>
      call('/v1/kv/a', {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-method': method },
      })
    const { status, headers, body } = await ask('LIST')
    assert.deepEqual([status, body], [200, ''])
    assert.equal(headers['access-control-allow-origin'], 'https://a.example')
    assert.match(headers['access-control-allow-methods'] ?? '', /GET.*LIST/)
    assert.match(headers['access-control-allow-headers'] ?? '', /X-Vault-Token.*X-Own/)
    assert.equal(headers['access-control-max-age'], '300')
    assert.equal((await ask('TRACE')).status, 405)
    assert.equal((await ask('GET', other)).status, 403)
  })

  it('of any origin may, where that is said', async (t) => {
    const { server, call } = await start(t)
    await server.ask('write', 'sys/config/cors', { fields: { allowed_origins: '*' } })
    const { headers } = await call('/v1/sys/health', { headers: other })
    assert.equal(headers['access-control-allow-origin'], 'https://evil.example')
  })
})

describe('what pages of other sites send without being asked first', () => {
  const posted = (headers: Readonly<Record<string, string>>, body = '{}') => ({
    method: 'POST',
    headers: { ...other, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', ...headers },
    body,
  })
  const types = ['text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'multipart/form-data']

  it('begins nothing, where no page of another site may do anything', async (t) => {
    const { call } = await start(t)
    for (const [path, body] of [
      ['sys/generate-root/attempt', '{}'],
      ['sys/rekey/init', '{"secret_shares":1,"secret_threshold":1}'],
      ['sys/unseal', '{"reset":true}'],
      ['sys/init', '{"secret_shares":1,"secret_threshold":1}'],
      ['auth/userpass/login/alice', '{"password":"guessed"}'],
    ] as const) {
      for (const site of ['cross-site', 'same-site', 'something-new']) {
        for (const mode of ['no-cors', 'cors', 'navigate']) {
          for (const type of types) {
            const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'content-type': type }
            const answer = await call(`/v1/${path}`, posted(headers, body))
            assert.deepEqual([answer.status, answer.body], [403, '{"errors":["origin not allowed"]}\n'], path)
          }
        }
      }
    }
    const { body } = await call('/v1/sys/generate-root/attempt')
    assert.equal(JSON.parse(body).started, false)
  })

  it('is answered where it comes from no page, or whoever is in front has asked for it', async (t) => {
    const { call, server } = await start(t)
    for (const headers of [
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin' },
      { 'x-vault-request': 'true' },
      { 'x-vault-token': server.root },
      { authorization: `Bearer ${server.root}` },
      { 'content-type': 'application/json' },
    ]) {
      const answer = await call('/v1/sys/generate-root/attempt', posted(headers))
      assert.doesNotMatch(answer.body, /origin not allowed/, JSON.stringify(headers))
    }
  })

  it('reaches a login where it is the answer of a provider', async (t) => {
    const { call, server } = await start(t)
    const form = (mode: string) =>
      call(
        '/v1/auth/oidc/oidc/callback',
        posted({ 'sec-fetch-mode': mode, 'content-type': types[1] ?? '' }, 'state=s&code=c'),
      )
    const reached = /permission denied/
    assert.match((await form('navigate')).body, reached)
    await server.ask('write', 'sys/config/cors', { fields: { allowed_origins: 'https://a.example' } })
    assert.match((await form('navigate')).body, reached)
    assert.match((await form('no-cors')).body, /origin not allowed/)
    const elsewhere = await call('/v1/sys/unseal', posted({ 'sec-fetch-mode': 'navigate' }))
    assert.match(elsewhere.body, /origin not allowed/)
  })
})

describe('headers of pages', () => {
  it('are on answers outside of the API alone', async (t) => {
    const { server, call } = await start(t)
    await server.ask('write', 'sys/config/ui/headers/X-Own', { fields: { values: ['a', 'b'] } })
    assert.equal((await call('/ui/')).headers['x-own'], 'a, b')
    assert.equal((await call('/v1/sys/health')).headers['x-own'], undefined)
  })
})

describe('recorded request headers', () => {
  it('are in the audit log from the next request on, hashed where that is asked for', async (t) => {
    const { server, call } = await start(t)
    const { linesOf } = await auditTo(t, server)
    const path = 'sys/config/auditing/request-headers'
    await server.ask('write', `${path}/X-Clear`)
    await server.ask('write', `${path}/X-Hashed`, { fields: { hmac: true } })
    const headers = { 'x-vault-token': server.root, 'x-clear': 'c', 'x-hashed': 'h', 'x-not': 'n' }
    const [line] = await linesOf(() => call('/v1/sys/mounts', { headers }))
    assert.ok(line?.request && 'headers' in line.request)
    const recorded = line.request.headers as Record<string, string[]>
    assert.deepEqual(Object.keys(recorded).sort(), ['x-clear', 'x-hashed'])
    assert.deepEqual(recorded['x-clear'], ['c'])
    assert.match(recorded['x-hashed']?.[0] ?? '', /^hmac-sha256:/)
  })
})
