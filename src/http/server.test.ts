import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApiRequest, Reply } from '../backend/message.ts'
import { fail } from '../base/errors.ts'
import { client, dial, ended, exchange, serve, signal } from './testing/client.ts'

const echo = async ({ verb, path, fields, hasBody, token, wrapTtl }: ApiRequest): Promise<Reply> => ({
  bare: { verb, path, fields, hasBody, token: token ?? null, wrapTtl: wrapTtl ?? null },
})
const asked = (verb: string, path: string, rest: object = {}) =>
  `${JSON.stringify({ verb, path, fields: {}, hasBody: false, token: null, wrapTtl: null, ...rest })}\n`

describe('the HTTP server', () => {
  test('turns methods into verbs, LIST and SCAN included, all on one connection', async (t) => {
    const { url } = await serve(t, echo)
    const call = client(t, url)
    const ports = new Set<number | undefined>()
    for (const [method, path, body] of [
      ['GET', '/v1/a?version=2', asked('read', 'a', { fields: { version: '2' } })],
      ['LIST', '/v1/a', asked('list', 'a/')],
      ['GET', '/v1/a/?list=true', asked('list', 'a/')],
      ['SCAN', '/v1/a/', asked('scan', 'a/')],
      ['GET', '/v1/a?scan=1', asked('scan', 'a/')],
      ['DELETE', '/v1/a?versions=1&versions=2', asked('delete', 'a', { fields: { versions: '1,2' } })],
      ['LIST', '/v1/a?after=b', asked('list', 'a/', { fields: { after: 'b' } })],
      ['POST', '/v1/a?ignored=1', asked('write', 'a')],
      ['PUT', '/v1/a', asked('write', 'a')],
      ['LIST', '/v1/a', asked('list', 'a/')],
    ] as const) {
      const answer = await call(path, { method })
      assert.equal(answer.status, 200)
      assert.equal(answer.body, body)
      ports.add(answer.localPort)
    }
    assert.equal(ports.size, 1)
  })

  test('hands on fields, token and wrapping', async (t) => {
    const { url } = await serve(t, echo)
    const call = client(t, url)
    const headers = { 'x-vault-token': 't', 'x-vault-wrap-ttl': '5m' }
    const expected = { fields: { a: 1 }, hasBody: true, token: 't', wrapTtl: 300 }
    assert.equal(
      (await call('/v1/x', { method: 'POST', headers, body: '{"a":1}' })).body,
      asked('write', 'x', expected),
    )
    assert.equal(
      (await call('/v1/x', { method: 'PUT', headers, body: '{"a":1}', chunked: true })).body,
      asked('write', 'x', expected),
    )
    const patch = { ...headers, 'content-type': 'application/merge-patch+json' }
    assert.equal(
      (await call('/v1/x', { method: 'PATCH', headers: patch, body: '{"a":1}' })).body,
      asked('patch', 'x', expected),
    )
  })

  test('says where a client stands with its rate limit, and when it may come again', async (t) => {
    const { url } = await serve(t, async ({ path, trail }) => {
      assert.ok(trail)
      const headers = { limit: 5, remaining: 4, reset: 2 }
      if (path === 'a') trail.rateLimit = { headers }
      else trail.rateLimit = { retryAfter: 7, ...(path === 'b' ? { headers } : {}) }
      return path === 'a' ? {} : fail('rate_limited', 'too often')
    })
    const call = client(t, url)
    const told = async (path: string) => {
      const { status, headers } = await call(path)
      const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after']
      return [status, ...names.map((name) => headers[name])]
    }
    assert.deepEqual(await told('/v1/a'), [204, '5', '4', '2', undefined])
    assert.deepEqual(await told('/v1/b'), [429, '5', '4', '2', '7'])
    assert.deepEqual(await told('/v1/c'), [429, undefined, undefined, undefined, '7'])
  })

  test('does not look at the body of a read, a list or a delete', async (t) => {
    const { url } = await serve(t, echo)
    const call = client(t, url)
    for (const [method, verb, path] of [
      ['GET', 'read', 'x'],
      ['DELETE', 'delete', 'x'],
      ['LIST', 'list', 'x/'],
    ] as const) {
      for (const chunked of [false, true]) {
        const answer = await call('/v1/x', { method, body: 'LIST / not JSON', chunked })
        assert.equal(answer.body, asked(verb, path))
      }
    }
  })

  test('says who is asking, and gives every request a name of its own', async (t) => {
    const seen: ApiRequest[] = []
    const { url } = await serve(t, async (request) => {
      seen.push(request)
      return { data: {} }
    })
    const call = client(t, url)
    const headers = { 'user-agent': 'u', 'x-forwarded-for': '10.0.0.1' }
    const bodies = [await call('/v1/x', { headers }), await call('/v1/x')].map(({ body }) => JSON.parse(body))
    const [first, second] = seen as [ApiRequest, ApiRequest]
    assert.equal(first.remote.address, '127.0.0.1')
    assert.ok(first.remote.port > 0)
    assert.equal(first.headers['user-agent'], 'u')
    assert.notEqual(first.id, second.id)
    assert.deepEqual(
      [first.id, second.id],
      bodies.map(({ request_id }) => request_id),
    )
  })

  test('marks every answer as JSON that nobody may keep', async (t) => {
    const { url } = await serve(t, async ({ path }) =>
      path === 'no' ? fail('permission_denied') : { data: {} },
    )
    const call = client(t, url)
    for (const path of ['/v1/yes', '/v1/no', '/none']) {
      const { headers } = await call(path)
      assert.equal(headers['content-type'], 'application/json', path)
      assert.equal(headers['cache-control'], 'no-store', path)
      assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains', path)
      assert.equal(headers['content-encoding'], undefined)
    }
  })

  test('answers 204 without a body or its length, but with the type', async (t) => {
    const { port } = await serve(t, async () => ({}))
    const text = await exchange(t, port, 'GET /v1/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    assert.match(text, /^HTTP\/1\.1 204 No Content\r\n/)
    assert.match(text, /\r\nContent-Type: application\/json\r\n/)
    assert.doesNotMatch(text, /Content-Length|Transfer-Encoding/i)
    assert.ok(text.endsWith('\r\n\r\n'))
  })

  test('refuses other methods with 405, real LINK and BIND among them', async (t) => {
    const { url, port } = await serve(t, echo)
    const call = client(t, url)
    for (const method of ['LINK', 'BIND', 'TRACE', 'PURGE', 'LOCK', 'PROPFIND', 'QUERY', 'M-SEARCH']) {
      const { status, body } = await call('/v1/x', { method })
      assert.deepEqual([method, status, body], [method, 405, '{"errors":[]}\n'])
    }
    const unknown = await exchange(t, port, 'FOO /v1/x HTTP/1.1\r\nHost: h\r\n\r\n')
    assert.match(unknown, /^HTTP\/1\.1 405 .*Connection: close\r\n\r\n\{"errors":\[\]\}\n$/s)
  })

  test('answers HEAD for the health alone', async (t) => {
    const { url } = await serve(t, async ({ verb, fields }) => ({
      status: verb === 'read' ? Number(fields.code) : 500,
      bare: {},
    }))
    const call = client(t, url)
    const head = (path: string, headers = {}) => call(path, { method: 'HEAD', headers })
    assert.deepEqual(
      [(await head('/v1/sys/health?code=298')).status, (await head('/v1/sys/health?code=298')).body],
      [298, ''],
    )
    assert.equal((await head('/v1/x')).status, 403)
    assert.equal((await head('/v1/x', { 'x-vault-token': 't' })).status, 405)
    assert.equal((await head('/none')).status, 404)
  })

  test('refuses OPTIONS, a wrong PATCH and a namespace in the words of the API', async (t) => {
    const { url } = await serve(t, echo)
    const call = client(t, url)
    const answers = [
      await call('/v1/x', { method: 'OPTIONS' }),
      await call('/v1/x', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{}' }),
      await call('/v1/x', { headers: { 'x-vault-namespace': 'ns1' } }),
      await call('/v1/x?list=maybe'),
    ]
    assert.deepEqual(
      answers.map(({ status, body }) => [status, JSON.parse(body).errors]),
      [
        [400, ['cannot handle internal-only request operation']],
        [415, ['PATCH requires Content-Type of application/merge-patch+json, provided application/json']],
        [404, ['namespace not found']],
        [400, []],
      ],
    )
  })

  test('applies the path rules before anything else', async (t) => {
    const seen: string[] = []
    const { url, port } = await serve(t, async ({ path }) => {
      seen.push(path)
      return {}
    })
    const call = client(t, url)
    for (const [path, status, location] of [
      ['/v1//secret/x?a=1', 307, '/v1/secret/x?a=1'],
      ['/v1/a/../b', 307, '/v1/b'],
      ['/', 307, '/ui/'],
      ['/v1/a/%2e%2e/b', 400, undefined],
      ['/v1/a%zz', 400, undefined],
      ['/v1/a%FF', 400, undefined],
      ['/v1', 404, undefined],
      ['/v1/', 404, undefined],
      ['/V1/a', 404, undefined],
      ['/v2/sys/health', 404, undefined],
    ] as const) {
      for (const method of ['GET', 'POST', 'LIST']) {
        if (path === '/' && method !== 'GET') continue
        const answer = await call(path, { method, ...(method === 'POST' ? { body: '{"a":1}' } : {}) })
        assert.deepEqual([path, answer.status, answer.headers.location], [path, status, location])
      }
    }
    const silent = await call('/v1/a%E2%80%8Bb')
    assert.deepEqual([silent.status, silent.body, silent.headers['content-type']], [400, '', undefined])
    assert.deepEqual(seen, [])
    const bytes = await exchange(t, port, 'GET /v1/\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n')
    assert.match(bytes, /^HTTP\/1\.1 400 .*must be percent-encoded/s)
    await exchange(t, port, 'GET http://h/v1/abs HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    assert.deepEqual(seen, ['abs'])
  })

  test('answers a failure from the table, and a surprise with nothing but its place in the log', async (t) => {
    const lines: { fields: object; text: string }[] = []
    const note = (fields: object, text: string) => void lines.push({ fields, text })
    const log = { info: note, warn: note, error: note }
    const { url } = await serve(
      t,
      async ({ path }) => {
        if (path === 'busy') fail('overloaded')
        throw new TypeError('hunter2')
      },
      { log },
    )
    const call = client(t, url)
    const busy = await call('/v1/busy')
    assert.deepEqual([busy.status, busy.headers['retry-after']], [503, '1'])
    assert.equal(lines.length, 0)
    const { status, body } = await call('/v1/odd', { headers: { 'x-vault-token': 'hvs.secret' } })
    assert.equal(status, 500)
    const id = /^\{"errors":\["internal error \(log id ([0-9a-f-]{36})\)"\]\}\n$/.exec(body)?.[1]
    const [line] = lines
    const logged = JSON.stringify(line)
    assert.ok(
      id !== undefined &&
        logged.includes(id) &&
        logged.includes('TypeError') &&
        logged.includes('server.test.ts'),
    )
    assert.doesNotMatch(logged, /hunter2|hvs\.secret|odd/)
  })

  test('serves what was asked in full before a LIST that came too early, then ends the connection', async (t) => {
    const gate = signal<Reply>()
    const { port } = await serve(t, () => gate.promise)
    const socket = await dial(t, port)
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\nLIST /v1/y HTTP/1.1\r\nHost: h\r\n\r\n')
    gate.resolve({ bare: 'first' })
    await ended(socket)
    assert.match(socket.text(), /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*"first"\n$/s)
  })

  test('does not run a request whose client went away while sending', async (t) => {
    const seen: string[] = []
    const { port, url } = await serve(t, async ({ path }) => {
      seen.push(path)
      return {}
    })
    const socket = await dial(t, port)
    socket.write('POST /v1/gone HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{"a"')
    socket.end()
    await ended(socket)
    await client(t, url)('/v1/here')
    assert.deepEqual(seen, ['here'])
  })
})
