import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import type { ApiRequest, Reply } from '../backend/message.ts'
import { client, dial, ended, exchange, serve, signal } from './testing/client.ts'

const ok = Promise.resolve({ bare: 'ok' })
/** Milliseconds; without what is tried something else would end the connection, much later. */
const soon = { timeout: 20_000 }
const head = (more: string) => `POST /v1/x HTTP/1.1\r\nHost: h\r\n${more}\r\n`

describe('a body beyond the limit', () => {
  const limits = { bodyBytes: 1000 }
  const large = JSON.stringify({ a: 'x'.repeat(1000) })

  test('is refused with 413, announced or not, and nothing of it is handled', async (t) => {
    let handled = 0
    const { url } = await serve(
      t,
      async () => {
        handled++
        return {}
      },
      { limits },
    )
    const call = client(t, url)
    const ports = new Set<number | undefined>()
    for (const chunked of [false, true]) {
      for (const method of ['POST', 'PUT', 'GET', 'LIST']) {
        const { status, body, localPort } = await call('/v1/x', { method, body: large, chunked })
        assert.deepEqual([status, body], [413, '{"errors":["http: request body too large"]}\n'])
        ports.add(localPort)
      }
    }
    assert.equal(handled, 0)
    // The connection is as good as before.
    assert.equal((await call('/v1/x', { method: 'LIST' })).status, 204)
    assert.equal(
      (await call('/v1/x', { method: 'POST', body: JSON.stringify({ a: 'x'.repeat(992) }) })).status,
      204,
    )
    assert.deepEqual([handled, ports.size], [2, 1])
  })

  test('is not asked for by 100 Continue', async (t) => {
    const { port } = await serve(t, async () => ({}), { limits })
    const refused = await exchange(t, port, head('Expect: 100-continue\r\nContent-Length: 1001\r\n'))
    assert.match(refused, /^HTTP\/1\.1 413 .*Connection: close/s)
    const socket = await dial(t, port)
    socket.write(head('Expect: 100-continue\r\nConnection: close\r\nContent-Length: 7\r\n'))
    await once(socket, 'data')
    assert.equal(socket.text(), 'HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('{"a":1}')
    await ended(socket)
    assert.match(socket.text(), /\r\n\r\nHTTP\/1\.1 204 /)
  })

  test('that never ends is cut off', soon, async (t) => {
    const { port } = await serve(t, async () => ({}), { limits })
    const socket = await dial(t, port)
    socket.write(head('Transfer-Encoding: chunked\r\n'))
    const piece = `3e8\r\n${'x'.repeat(1000)}\r\n`
    socket.write(piece.repeat(2))
    await once(socket, 'data')
    assert.match(socket.text(), /^HTTP\/1\.1 413 /)
    socket.write(piece.repeat(100))
    await ended(socket)
  })

  test('counts for all requests together, too: 503 until others are done', async (t) => {
    const { port, url } = await serve(t, async () => ({}), {
      limits: { bodyBytes: 1000, allBodyBytes: 1200 },
    })
    const first = await dial(t, port)
    first.write(head('Content-Length: 1000\r\n') + 'x'.repeat(900))
    const call = client(t, url)
    const send = () => call('/v1/x', { method: 'POST', body: `{"a":"${'x'.repeat(500)}"}` })
    // The first body may still be on its way when the first calls are served.
    let refused = await send()
    while (refused.status === 204) refused = await send()
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1'])
    first.destroy()
    let later = await send()
    while (later.status === 503) later = await send()
    assert.equal(later.status, 204)
  })
})

describe('a slow or greedy client', () => {
  test('with too large headers gets 431', async (t) => {
    const { port } = await serve(t, async () => ({}), { limits: { headerBytes: 2000 } })
    const text = await exchange(t, port, `GET /v1/x HTTP/1.1\r\nHost: h\r\nX-A: ${'a'.repeat(3000)}\r\n\r\n`)
    assert.match(text, /^HTTP\/1\.1 431 /)
  })

  test('that sends no whole headers, or no whole request, in time gets 408', async (t) => {
    const { port } = await serve(t, async () => ({}), { limits: { headersTime: 50, requestTime: 60 } })
    const begun = ['', 'L', 'LIST', 'GET /v1/x HTTP/1.1\r\nHost', `${head('Content-Length: 5\r\n')}{"a"`]
    const texts = await Promise.all(begun.map((bytes) => exchange(t, port, bytes)))
    for (const text of texts) assert.match(text, /^HTTP\/1\.1 408 .*Connection: close/s)
  })

  test('is let go when it asks nothing more', soon, async (t) => {
    const { port } = await serve(t, async () => ({}), { limits: { idleTime: 20 } })
    const texts = await Promise.all(
      ['', 'LIS'].map((more) => exchange(t, port, `${head('Content-Length: 2\r\n')}{}${more}`)),
    )
    for (const text of texts) assert.match(text, /^HTTP\/1\.1 204 /)
  })

  test('that takes its answer too slowly is cut off', soon, async (t) => {
    const body = 'x'.repeat(32 * 1024 * 1024)
    const answered = signal()
    const server = await serve(
      t,
      async () => {
        setImmediate(answered.resolve)
        return { raw: { contentType: 'text/plain', body } }
      },
      { limits: { answerTime: 50 } },
    )
    const socket = await dial(t, server.port)
    socket.pause()
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n')
    await answered.promise
    // Without the bound this would wait for the client.
    await server.stop(60_000)
    socket.resume()
    await ended(socket)
    assert.ok(socket.text().length < body.length)
  })

  test('that moves no byte while its request is served is cut off', soon, async (t) => {
    const { port } = await serve(t, () => new Promise<Reply>(() => {}), { limits: { stallTime: 50 } })
    assert.equal(await exchange(t, port, `${head('Content-Length: 2\r\n')}{}`), '')
  })

  test('finds no room beyond the bound on connections', async (t) => {
    const { port, url } = await serve(t, async () => ({}), { limits: { connections: 2 } })
    const call = client(t, url)
    await call('/v1/x')
    const second = await dial(t, port)
    assert.equal(await exchange(t, port, 'GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n'), '')
    second.write('GET /v1/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
    await ended(second)
    assert.match(second.text(), /^HTTP\/1\.1 204 /)
  })

  test('that sends no HTTP gets 400', async (t) => {
    const { port } = await serve(t, async () => ({}))
    for (const bytes of [
      '\x16\x03\x01\x02\x00',
      'GET\r\n\r\n',
      'GET /v1/x HTTP/1.1\r\n\r\n',
      'GET /v1/x HTTP/9.1\r\nHost: h\r\n\r\n',
    ]) {
      assert.match(await exchange(t, port, bytes), /^HTTP\/1\.1 4\d\d .*Connection: close/s)
    }
  })

  test('that asks for something odd is refused in words of our own', async (t) => {
    let handled = 0
    const { port } = await serve(t, async () => {
      handled++
      return {}
    })
    for (const [bytes, status, errors] of [
      ['GET /v1/x HTTP/1.1\r\n\r\n', 400, ['the request names no host']],
      [head('Expect: a-miracle\r\nContent-Length: 2\r\n'), 417, ['the expectation cannot be met']],
      ['CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n', 405, []],
    ] as const) {
      const answer = await exchange(t, port, bytes)
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} .*Connection: close`, 's'))
      assert.match(answer, /\r\nCache-Control: no-store\r\n/)
      assert.deepEqual(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))), { errors })
    }
    assert.equal(handled, 0)
    assert.match(await exchange(t, port, 'GET /v1/x HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 204 /)
  })

  test('that asks for a tunnel is refused behind the answer before it, and may break off', async (t) => {
    const slow = signal()
    const { port } = await serve(t, async () => {
      await slow.promise
      return { bare: 'first' }
    })
    const socket = await dial(t, port)
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\nCONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n')
    slow.resolve()
    await ended(socket)
    assert.match(socket.text(), /^HTTP\/1\.1 200 .*"first"\n/s)
    const other = await dial(t, port)
    other.write('CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n')
    other.resetAndDestroy()
    assert.match(await exchange(t, port, 'GET /v1/x HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /)
  })

  test('cannot smuggle a request by two lengths', async (t) => {
    let handled = 0
    const { port } = await serve(t, async () => {
      handled++
      return {}
    })
    for (const lengths of [
      'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 2\r\nContent-Length: 3\r\n',
    ]) {
      assert.match(
        await exchange(t, port, `${head(lengths)}0\r\n\r\nGET /v1/y HTTP/1.1\r\nHost: h\r\n\r\n`),
        /^HTTP\/1\.1 400 /,
      )
    }
    assert.equal(handled, 0)
  })
})

describe('a request that takes too long', () => {
  const limits = { handlingTime: 30 }
  const late = '500 {"errors":["the request took too long; it may have been carried out"]}\n'

  test('is answered with 500, and its handler is told that it is late', async (t) => {
    const asked: ApiRequest[] = []
    const gate = signal<Reply>()
    const { url } = await serve(
      t,
      (request) => {
        asked.push(request)
        return asked.length === 1 ? gate.promise : Promise.resolve({ bare: request.isLate?.() === true })
      },
      { limits },
    )
    const call = client(t, url)
    const { status, body, localPort } = await call('/v1/x')
    assert.equal(`${status} ${body}`, late)
    assert.equal(asked[0]?.isLate?.(), true)
    // What the handler says at last goes nowhere, and the connection serves on.
    gate.resolve({ bare: 'too late' })
    const next = await call('/v1/x')
    assert.deepEqual([next.body, next.localPort], ['false\n', localPort])
  })
})

describe('each of several listeners', () => {
  test('has its own limits', async (t) => {
    const listener = { host: '127.0.0.1', port: 0, tls: 'loopback' } as const
    const { addresses } = await serve(t, ({ path }) => (path === 'slow' ? new Promise(() => {}) : ok), {
      limits: { bodyBytes: 500 },
      listeners: [
        { ...listener, limits: { handlingTime: 100 } },
        { ...listener, limits: { bodyBytes: 1000, stallTime: 300 } },
      ],
    })
    const [narrow, wide] = addresses.map(({ url }) => client(t, url))
    assert.ok(narrow !== undefined && wide !== undefined)
    const body = JSON.stringify({ a: 'x'.repeat(700) })
    assert.equal((await narrow('/v1/x', { method: 'POST', body })).status, 413)
    assert.equal((await wide('/v1/x', { method: 'POST', body })).status, 200)
    assert.equal((await wide('/v1/x', { method: 'POST', body: body + ' '.repeat(300) })).status, 413)
    assert.equal((await narrow('/v1/slow')).status, 500)
    await assert.rejects(wide('/v1/slow'), { code: 'ECONNRESET' })
  })
})

describe('a stopping server', () => {
  test('finishes what was asked, refuses what is new, and is gone', async (t) => {
    const asked = signal()
    const gate = signal<Reply>()
    const server = await serve(t, () => {
      asked.resolve()
      return gate.promise
    })
    const socket = await dial(t, server.port)
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n')
    await asked.promise
    const stopped = server.stop(10_000)
    await assert.rejects(dial(t, server.port), { code: 'ECONNREFUSED' })
    gate.resolve({ bare: 'done' })
    await ended(socket)
    assert.match(socket.text(), /^HTTP\/1\.1 200 OK\r\n.*Connection: close\r\n.*"done"\n$/s)
    await stopped
  })

  test('answers 503 to a request whose first bytes were there already', async (t) => {
    const server = await serve(t, async () => ({ bare: 'first' }))
    const socket = await dial(t, server.port)
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\nGET /v1/x HTTP/1.1\r\n')
    await once(socket, 'data')
    const stopped = server.stop(10_000)
    socket.write('Host: h\r\n\r\n')
    await ended(socket)
    assert.match(
      socket.text(),
      /"first"\nHTTP\/1\.1 503 .*Retry-After: 1\r\nConnection: close\r\n.*stopping/s,
    )
    await stopped
  })

  test('sends a large answer to its end', async (t) => {
    const body = 'x'.repeat(32 * 1024 * 1024)
    const server = await serve(t, async () => ({ raw: { contentType: 'text/plain', body } }))
    const socket = await dial(t, server.port)
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n')
    await once(socket, 'data')
    const stopped = server.stop(10_000)
    await ended(socket)
    assert.ok(socket.text().endsWith(body))
    await stopped
  })

  test('cuts off what is still there after the grace period', async (t) => {
    const asked = signal()
    const server = await serve(t, () => {
      asked.resolve()
      return new Promise<Reply>(() => {})
    })
    const socket = await dial(t, server.port)
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n')
    await asked.promise
    await server.stop(20)
    await ended(socket)
    assert.equal(socket.text(), '')
  })

  test('lets idle connections go at once', soon, async (t) => {
    const server = await serve(t, async () => ({}))
    await client(t, server.url)('/v1/x')
    await dial(t, server.port)
    await server.stop(60_000)
  })
})
