import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Ask, codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const refusal = async (path: string, fields: NonNullable<Ask['fields']>) => {
    const reply = await server.ask('write', path, { fields })
    assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(fields))
    return String(reply)
  }
  return { server, refusal }
}

describe('the settings of browsers and headers', () => {
  it('are for those with sudo', async (t) => {
    const { server } = await start(t)
    const policy = 'path "sys/config/*" { capabilities = ["create", "read", "update", "delete", "list"] }'
    await server.ask('write', 'sys/policies/acl/plain', { fields: { policy } })
    const fields = { policies: ['plain'] }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    for (const path of ['config/cors', 'config/ui/headers/X-A', 'config/auditing/request-headers/x-a']) {
      for (const verb of ['read', 'write', 'delete'] as const) {
        assert.equal(codeOf(await server.ask(verb, `sys/${path}`, { token })), 'policy_denied', path)
      }
    }
    assert.equal(codeOf(await server.ask('list', 'sys/config/ui/headers', { token })), 'policy_denied')
  })
})

describe('cross-origin requests', () => {
  it('are off, are turned on for named origins, and off again', async (t) => {
    const { server } = await start(t)
    const shown = async () => dataOf(await server.ask('read', 'sys/config/cors'))
    assert.deepEqual(await shown(), { enabled: false })
    const fields = { allowed_origins: 'https://a.example, http://localhost:3000', allowed_headers: ['X-Own'] }
    await server.ask('write', 'sys/config/cors', { fields })
    const { allowed_headers: headers, ...rest } = await shown()
    assert.deepEqual(rest, {
      enabled: true,
      allowed_origins: ['https://a.example', 'http://localhost:3000'],
      allow_credentials: false,
    })
    assert.ok(Array.isArray(headers) && headers.includes('X-Vault-Token') && headers.includes('X-Own'))
    await server.ask('delete', 'sys/config/cors')
    assert.deepEqual(await shown(), { enabled: false })
  })

  it('are never for all by mistake', async (t) => {
    const { server, refusal } = await start(t)
    const wrong: [NonNullable<Ask['fields']>, RegExp][] = [
      [{}, /at least one origin/],
      [{ allowed_origins: '' }, /at least one origin/],
      [{ allowed_origins: '*,https://a.example' }, /must be the only value/],
      [{ allowed_origins: '*', allow_credentials: true }, /needs named origins/],
      [{ allowed_origins: 'a.example' }, /is no origin/],
      [{ allowed_origins: 'https://*.example' }, /is no origin/],
      [{ allowed_origins: 'https://a.example/path' }, /is no origin/],
      [{ allowed_origins: 'null' }, /is no origin/],
      [{ allowed_origins: 'https://a.example', allowed_headers: ['X-A\r\nX-B'] }, /no name of a header/],
      [{ allowed_origins: Array.from({ length: 101 }, (_, i) => `https://${i}.example`) }, /allowed_origins/],
    ]
    for (const [fields, text] of wrong) assert.match(await refusal('sys/config/cors', fields), text)
    assert.deepEqual(dataOf(await server.ask('read', 'sys/config/cors')), { enabled: false })
  })
})

describe('a header of pages', () => {
  it('is written, read by any spelling, listed and deleted', async (t) => {
    const { server } = await start(t)
    const path = 'sys/config/ui/headers'
    assert.equal(codeOf(await server.ask('list', path)), 'not_found')
    await server.ask('write', `${path}/x-own`, { fields: { values: ['a', 'b'] } })
    assert.deepEqual(dataOf(await server.ask('read', `${path}/X-OWN`)), { value: 'a' })
    const all = await server.ask('read', `${path}/X-Own`, { fields: { multivalue: true } })
    assert.deepEqual(dataOf(all), { values: ['a', 'b'] })
    assert.deepEqual(dataOf(await server.ask('list', path)), { keys: ['X-Own'] })
    await server.ask('delete', `${path}/X-own`)
    assert.equal(codeOf(await server.ask('read', `${path}/X-Own`)), 'not_found')
  })

  it('breaks no answer', async (t) => {
    const { refusal } = await start(t)
    const wrong: [string, NonNullable<Ask['fields']>, RegExp][] = [
      ['X-Vault-Own', { values: ['a'] }, /X-Vault headers cannot be set/],
      ['Content-Length', { values: ['1'] }, /the server alone/],
      ['transfer-encoding', { values: ['chunked'] }, /the server alone/],
      ['set-cookie', { values: ['a=b'] }, /the server alone/],
      ['X-Own', {}, /must be set/],
      ['X-Own', { values: ['a\r\nX-B: c'] }, /on one line/],
      ['X-Own', { values: ['é'] }, /ASCII/],
      ['X Own', { values: ['a'] }, /no name of a header/],
    ]
    for (const [name, fields, text] of wrong) {
      assert.match(await refusal(`sys/config/ui/headers/${name}`, fields), text)
    }
  })

  it('takes nobody elsewhere, tells nobody where people are, and lifts no protection', async (t) => {
    const { server, refusal } = await start(t)
    const path = 'sys/config/ui/headers'
    for (const [name, value] of Object.entries({
      refresh: '0; url=https://evil.example',
      Location: 'https://evil.example',
      Link: '<https://evil.example/a.css>; rel=stylesheet',
      'Alt-Svc': 'h3="evil.example:443"',
      'Clear-Site-Data': '"cookies"',
      'Service-Worker-Allowed': '/',
      'Speculation-Rules': '"https://evil.example/rules.json"',
      'Reporting-Endpoints': 'default="https://evil.example"',
      'Content-Security-Policy-Report-Only': "img-src 'none'; report-uri https://evil.example",
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Opener-Policy': 'unsafe-none',
      'Referrer-Policy': 'unsafe-url',
      'x-frame-options': 'SAMEORIGIN',
      'X-CONTENT-TYPE-OPTIONS': 'any',
      'X-Accel-Redirect': '/files/secret',
      'x-sendfile': '/etc/passwd',
      'Content-Type': 'text/html',
    })) {
      assert.match(await refusal(`${path}/${name}`, { values: [value] }), /the server alone sets/)
    }
    const policy = `${path}/Content-Security-Policy`
    for (const value of [
      'report-uri https://evil.example',
      "img-src 'none';Report-To default",
      "img-src 'none', report-uri /x",
    ]) {
      assert.match(await refusal(policy, { values: ["default-src 'self'", value] }), /must not send reports/)
    }
    const fields = { values: ["connect-src 'self'; script-src 'report-sample' 'self'"] }
    assert.equal(codeOf(await server.ask('write', policy, { fields })), undefined)
  })
})

describe('a recorded request header', () => {
  it('is named, read, and forgotten', async (t) => {
    const { server } = await start(t)
    const path = 'sys/config/auditing/request-headers'
    await server.ask('write', `${path}/X-Own`, { fields: { hmac: true } })
    await server.ask('write', `${path}/x-other`)
    assert.deepEqual(dataOf(await server.ask('read', path)), {
      headers: { 'x-own': { hmac: true }, 'x-other': { hmac: false } },
    })
    assert.deepEqual(dataOf(await server.ask('read', `${path}/X-OWN`)), { 'x-own': { hmac: true } })
    await server.ask('delete', `${path}/X-Own`)
    const gone = await server.ask('read', `${path}/x-own`)
    assert.match(String(gone), /Could not find header in config/)
  })

  it('with a secret in it is only hashed', async (t) => {
    const { server, refusal } = await start(t)
    for (const name of ['X-Vault-Token', 'authorization', 'Cookie']) {
      const path = `sys/config/auditing/request-headers/${name}`
      assert.match(await refusal(path, {}), /holds a secret/)
      assert.equal(codeOf(await server.ask('write', path, { fields: { hmac: true } })), undefined)
    }
  })
})
