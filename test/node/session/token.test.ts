import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { auditTo } from '../../support/audit.ts'
import { tokenOf } from '../../support/node.ts'
import {
  addPeople,
  browserAt,
  loginOf,
  type PageAnswer,
  type PageBrowser,
  sessionCookie,
  sessionIn,
  startPage,
} from '../../support/page.ts'

async function start(t: TestContext) {
  const server = await startPage(t)
  await addPeople(server, 'alice')
  const browser = await server.browser()
  return { server, browser }
}

/** Begins a session with a token that the test knows, and answers all that the page is told. */
async function begin(t: TestContext, fields = {}) {
  const { server, browser } = await start(t)
  const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
  const told: PageAnswer[] = []
  const ask: PageBrowser['ask'] = async (...call) => {
    const answer = await browser.ask(...call)
    told.push(answer)
    return answer
  }
  await ask('POST', '/ui/session', { body: { token } })
  return { server, browser, token, told, ask }
}

describe('the token of a session', () => {
  test('is in no answer to the page, wrapped ones included', async (t) => {
    const { server, token, told, ask } = await begin(t, { ttl: '1h' })
    const id = async (answer: Promise<PageAnswer>) => (await answer).json.data as { id?: string }
    await ask('GET', '/ui/session')
    assert.equal((await id(ask('GET', '/v1/auth/token/lookup-self'))).id, '')
    assert.equal((await id(ask('POST', '/v1/auth/token/lookup', { body: {} }))).id, '')
    assert.equal((await id(ask('POST', '/v1/auth/token/lookup', { body: { token } }))).id, '')
    const renewed = await ask('POST', '/v1/auth/token/renew-self', { body: {} })
    assert.equal((renewed.json.auth as { client_token?: string }).client_token, '')
    const other = await ask('POST', '/v1/auth/token/renew', { body: { token } })
    assert.equal((other.json.auth as { client_token?: string }).client_token, '')
    await ask('POST', '/ui/session/extend')

    for (const [method, path] of [
      ['GET', 'auth/token/lookup-self'],
      ['POST', 'auth/token/renew-self'],
    ] as const) {
      const headers = { 'x-vault-wrap-ttl': '60' }
      const body = method === 'POST' ? { body: {} } : {}
      const { json } = await ask(method, `/v1/${path}`, { headers, ...body })
      const wrapping = (json.wrap_info as { token: string }).token
      const inside = await server.ask('write', 'sys/wrapping/unwrap', { token: wrapping })
      assert.ok(!(inside instanceof Error))
      assert.ok(!JSON.stringify(inside).includes(token), path)
    }
    assert.ok(told.length > 8)
    for (const { text, headers } of told) {
      assert.ok(!text.includes(token) && !JSON.stringify(headers).includes(token))
    }
  })

  test('is shown to whoever sends it, and other tokens are to the page', async (t) => {
    const { server, browser, token, ask } = await begin(t, { ttl: '1h' })
    const sent = await browser.plain('GET', '/v1/auth/token/lookup-self', {
      headers: { 'x-vault-token': token },
    })
    assert.equal((sent.json.data as { id: string }).id, token)
    const made = await ask('POST', '/v1/auth/token/create', { body: { policies: ['default'] } })
    assert.match((made.json.auth as { client_token: string }).client_token, /^hvs\./)
    const looked = await ask('POST', '/v1/auth/token/lookup', { body: { token: server.root } })
    assert.equal((looked.json.data as { id: string }).id, server.root)
  })

  test('stays in a secret that somebody has put it into', async (t) => {
    const { server, token, ask } = await begin(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'sys/mounts/versions', { fields: { type: 'kv', options: { version: '2' } } })
    const secret = { token, id: token, client_token: token }
    for (const [path, body] of [
      ['kv/x', secret],
      ['cubbyhole/x', secret],
      ['versions/data/x', { data: secret }],
    ] as const) {
      await ask('POST', `/v1/${path}`, { body })
      const { json } = await ask('GET', `/v1/${path}`)
      assert.deepEqual(
        json.data && 'data' in (json.data as object) ? (json.data as { data: object }).data : json.data,
        secret,
        path,
      )
    }
  })

  test('counts its uses, as for any request', async (t) => {
    const { ask } = await begin(t, { num_uses: 3 })
    assert.equal((await ask('GET', '/v1/auth/token/lookup-self')).status, 200)
    assert.equal((await ask('GET', '/v1/auth/token/lookup-self')).status, 200)
    assert.equal((await ask('GET', '/v1/auth/token/lookup-self')).status, 403)
    assert.equal(sessionIn(await ask('GET', '/ui/session')), null)
  })

  test('counts from the networks alone that it is bound to', async (t) => {
    const { server, browser } = await start(t)
    await server.ask('write', 'auth/userpass/users/alice', { fields: { token_bound_cidrs: '127.0.0.0/8' } })
    await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    assert.equal((await browser.ask('GET', '/v1/auth/token/lookup-self')).status, 200)
    const forwarded = {
      proxies: ['127.0.0.1'],
      hopSkips: 0,
      rejectNotPresent: true,
      rejectNotAuthorized: true,
    }
    const elsewhere = await browserAt(t, server.node, { forwarded })
    for (const [name, value] of browser.jar) elsewhere.jar.set(name, value)
    const headers = { 'x-forwarded-for': '10.0.0.1' }
    assert.equal((await elsewhere.ask('GET', '/v1/auth/token/lookup-self', { headers })).status, 403)
    assert.equal(sessionIn(await elsewhere.ask('GET', '/ui/session', { headers })), null)
    assert.notEqual(sessionIn(await browser.ask('GET', '/ui/session')), null)
  })

  test('lies in the store encrypted alone, and its session by a hash', async (t) => {
    const { server, browser, token } = await begin(t)
    const id = browser.jar.get(sessionCookie) ?? ''
    const { rows } = await server.store.scan('', { limit: 1000 })
    const kept = rows.filter(({ key }) => key.startsWith('ns/root/session/'))
    assert.equal(kept.length, 3)
    for (const { key, value } of rows) {
      const text = key + Buffer.from(value).toString('latin1')
      assert.ok(!text.includes(id) && !text.includes(token), key)
    }
  })
})

describe('a wrapped token or answer', () => {
  test('is a session where it is a login', async (t) => {
    const { server, browser } = await start(t)
    const login = { password: 'password of alice' }
    const wrapped = await server.ask('write', 'auth/userpass/login/alice', {
      token: '',
      fields: login,
      wrapTtl: 60,
    })
    assert.ok(!(wrapped instanceof Error) && wrapped.wrap !== undefined)
    const body = { wrapping_token: wrapped.wrap.token }
    const begun = await browser.ask('POST', '/ui/session', { body })
    assert.equal(sessionIn(begun)?.display_name, 'userpass-alice')
    assert.equal((await browser.ask('GET', '/v1/auth/token/lookup-self')).status, 200)
    const again = await browser.ask('POST', '/ui/session', { body })
    assert.equal(again.status, 400)
    assert.deepEqual(again.json, { errors: ['wrapping token is not valid or does not exist'] })
  })

  test('is not used up where it is taken for a token', async (t) => {
    const { server, browser } = await start(t)
    const reply = await server.ask('write', 'sys/wrapping/wrap', { fields: { a: 1 }, wrapTtl: 60 })
    const token = reply instanceof Error ? '' : (reply.wrap?.token ?? '')
    const refused = await browser.ask('POST', '/ui/session', { body: { token } })
    assert.equal(refused.status, 400)
    assert.match(refused.text, /send it as wrapping_token/)
    const { json } = await browser.ask('POST', '/ui/session', { body: { wrapping_token: token } })
    assert.deepEqual(json.data, { a: 1 })
  })

  test('is shown where it is anything else, and changes no session', async (t) => {
    const { server, browser } = await start(t)
    await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    const session = sessionIn(await browser.ask('GET', '/ui/session'))
    const wrap = async (fields: { [name: string]: string | number }) => {
      const reply = await server.ask('write', 'sys/wrapping/wrap', { fields, wrapTtl: 60 })
      return reply instanceof Error ? '' : (reply.wrap?.token ?? '')
    }
    const { status, text, cookies } = await browser.ask('POST', '/ui/session', {
      body: { wrapping_token: await wrap({ a: '</script>', n: 1 }) },
    })
    assert.deepEqual(
      [status, text, cookies],
      [200, '{"data":{"a":"\\u003c/script\\u003e","n":1},"session":null}\n', []],
    )
    assert.deepEqual(sessionIn(await browser.ask('GET', '/ui/session')), session)
  })
})

describe('the audit log', () => {
  test('has a login on the page as any login, and what is done in it under its token', async (t) => {
    const { server, browser } = await start(t)
    const { linesOf, text } = await auditTo(t, server)
    const fields = { password: 'password of alice' }
    const plain = await linesOf(() => server.ask('write', 'auth/userpass/login/alice', { token: '', fields }))
    const lines = await linesOf(() => browser.ask('POST', '/ui/session', { body: loginOf('alice') }))
    const shape = (line: object) =>
      JSON.stringify(line, (_, value) => (typeof value === 'object' ? value : typeof value))
    assert.deepEqual(lines.map(shape), plain.map(shape))
    assert.equal(lines[0]?.request?.path, 'auth/userpass/login/alice')

    const used = await linesOf(() => browser.ask('GET', '/v1/cubbyhole/x'))
    assert.equal(used[0]?.auth?.display_name, 'userpass-alice')
    assert.match(used[0]?.request?.client_token ?? '', /^hmac-sha256:/)
    const ended = await linesOf(() => browser.ask('DELETE', '/ui/session'))
    assert.deepEqual(
      ended.map(({ type, request }) => [type, request?.path]),
      [
        ['request', 'auth/token/revoke-self'],
        ['response', 'auth/token/revoke-self'],
      ],
    )
    await browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    const replaced = await linesOf(() => browser.ask('POST', '/ui/session', { body: loginOf('alice') }))
    assert.deepEqual(
      replaced.map(({ type, request }) => `${type} ${request?.path}`).filter((line) => /revoke/.test(line)),
      ['request auth/token/revoke-self', 'response auth/token/revoke-self'],
    )
    const id = browser.jar.get(sessionCookie)
    assert.ok(id !== undefined && !text().includes(id))
    const failed = await linesOf(() =>
      browser.ask('POST', '/ui/session', {
        body: { login: { path: 'auth/userpass/login/alice', data: { password: 'wrong' } } },
      }),
    )
    assert.equal(failed.at(-1)?.error, 'invalid username or password')
  })
})

describe('rate limits', () => {
  test('count what the page asks', async (t) => {
    const { server, browser } = await start(t)
    await server.ask('write', 'sys/quotas/rate-limit/logins', {
      fields: { path: 'auth/userpass', rate: 2, interval: '1h' },
    })
    const login = () => browser.ask('POST', '/ui/session', { body: loginOf('alice') })
    await login()
    await login()
    const refused = await login()
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers['retry-after']) > 0)
    assert.deepEqual(refused.cookies, [])
    assert.notEqual(sessionIn(await browser.ask('GET', '/ui/session')), null)
  })
})

describe('a listener without TLS', () => {
  test('has sessions on this machine alone', async (t) => {
    const { server } = await start(t)
    const near = await browserAt(t, server.node, { tls: 'loopback' })
    await near.ask('POST', '/ui/session', { body: loginOf('alice') })
    assert.equal((await near.ask('GET', '/v1/auth/token/lookup-self')).status, 200)
    const far = await browserAt(t, server.node, { host: '0.0.0.0', tls: 'disabled' })
    for (const [name, value] of near.jar) far.jar.set(name, value)
    assert.equal((await far.ask('GET', '/v1/auth/token/lookup-self')).status, 403)
    for (const [method, path] of [
      ['GET', '/ui/session'],
      ['POST', '/ui/session'],
      ['DELETE', '/ui/session'],
    ] as const) {
      const { status, text, cookies } = await far.ask(
        method,
        path,
        method === 'POST' ? { body: loginOf('alice') } : {},
      )
      assert.equal(status, 403)
      assert.match(text, /no sessions over plain HTTP.*give the listener a certificate/)
      assert.deepEqual(cookies, [])
    }
  })
})

describe('a server that is stopping or busy', () => {
  test('answers the page as any client', async (t) => {
    const { server } = await start(t)
    const late = await browserAt(t, server.node, { limits: { handlingTime: 1 } })
    const answer = await late.ask('POST', '/ui/session', { body: loginOf('alice') })
    assert.equal(answer.status, 500)
    assert.match(answer.text, /the request took too long/)
    assert.deepEqual(answer.cookies, [])
    const full = await browserAt(t, server.node, { limits: { allBodyBytes: 16 } })
    assert.equal((await full.ask('POST', '/ui/session', { body: loginOf('alice') })).status, 503)
  })
})
