import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { noteRequest, pendingExchange, translateMethods } from './wire.ts'

type Seen = { method: string; url: string; body: string; header: string }

/** A connection whose bytes arrive in exactly the pieces that the test says. */
function connect(options: { answer?: (response: ServerResponse) => void; pause?: boolean } = {}) {
  const seen: Seen[] = []
  const errors: string[] = []
  let output = ''
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      output += chunk.toString('latin1')
      done()
    },
  })
  const server = createServer()
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const alias = noteRequest(request, response)
    let body = ''
    const read = () => {
      request.setEncoding('latin1').on('data', (part: string) => {
        body += part
      })
      request.on('end', () => {
        const { method = '', url = '' } = request
        seen.push({ method: alias ?? method, url, body, header: String(request.headers['x-h'] ?? '') })
        if (options.answer === undefined) response.end('ok')
        else options.answer(response)
      })
    }
    if (options.pause === true) setImmediate(read)
    else read()
  }
  server.on('request', onRequest)
  server.on('clientError', (error: NodeJS.ErrnoException) => errors.push(String(error.code)))
  server.emit('connection', socket)
  translateMethods(socket)
  const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  return {
    seen,
    errors,
    socket,
    output: () => output,
    settled,
    /** Delivers the pieces one after the other, each fully handled before the next. */
    async send(...pieces: string[]): Promise<void> {
      for (const piece of pieces) {
        if (piece !== '') socket.push(Buffer.from(piece, 'latin1'))
        await settled()
      }
    },
  }
}

const list = 'LIST /v1/a HTTP/1.1\r\nHost: h\r\n\r\n'
const scan = 'SCAN /v1/b HTTP/1.1\r\nHost: h\r\n\r\n'
const nasty = 'LIST /x HTTP/1.1\r\n\r\nLIST /y\r\nSCAN /z\r\n\r\nLIST '
const post = (body: string) =>
  `POST /v1/p HTTP/1.1\r\nHost: h\r\nX-H: LIST /h SCAN\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const chunked = (body: string) =>
  `POST /v1/c HTTP/1.1\r\nHost: h\r\nX-H: LIST /h SCAN\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

const listed = { method: 'LIST', url: '/v1/a', body: '', header: '' }
const scanned = { method: 'SCAN', url: '/v1/b', body: '', header: '' }
const posted = { method: 'POST', url: '/v1/p', body: nasty, header: 'LIST /h SCAN' }

describe('LIST and SCAN on the wire', () => {
  test('both reach the server, again and again on one connection', async () => {
    const wire = connect()
    await wire.send(list, scan, list, 'GET /v1/g HTTP/1.1\r\nHost: h\r\n\r\n', scan)
    assert.deepEqual(
      wire.seen.map(({ method }) => method),
      ['LIST', 'SCAN', 'LIST', 'GET', 'SCAN'],
    )
    assert.deepEqual(wire.errors, [])
  })

  test('a request may be split anywhere', async () => {
    for (const [text, expected] of [
      [list, listed],
      [scan, scanned],
      [post(nasty), posted],
      [chunked(nasty), { ...posted, url: '/v1/c' }],
    ] as const) {
      for (let at = 0; at <= text.length; at++) {
        const wire = connect()
        await wire.send(text.slice(0, at), text.slice(at), list)
        assert.deepEqual(wire.seen, [expected, listed], `split at ${at} of ${text.slice(0, 4)}`)
      }
    }
  })

  test('a request may come byte by byte', async () => {
    const wire = connect()
    await wire.send(...post(nasty), ...list, ...chunked(nasty), ...scan)
    assert.deepEqual(wire.seen, [posted, listed, { ...posted, url: '/v1/c' }, scanned])
  })

  test('what looks like a request inside of a body or a header stays as it was, in pieces of any size', async () => {
    const requests = fc.constantFrom(
      { text: list, expected: listed },
      { text: scan, expected: scanned },
      { text: post(nasty), expected: posted },
      { text: post('LIST '), expected: { ...posted, body: 'LIST ' } },
      { text: chunked(nasty), expected: { ...posted, url: '/v1/c' } },
    )
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(requests, { minLength: 1, maxLength: 5 }),
        cuts,
        fc.boolean(),
        async (all, sizes, pause) => {
          const wire = connect({ pause })
          for (const { text } of all) {
            let rest = text
            for (let i = 0; rest !== ''; i++) {
              const size = sizes[i % sizes.length] as number
              await wire.send(rest.slice(0, size))
              rest = rest.slice(size)
            }
            await wire.settled()
          }
          assert.deepEqual(
            wire.seen,
            all.map(({ expected }) => expected),
          )
          assert.deepEqual(wire.errors, [])
        },
      ),
      { numRuns: 150 },
    )
  })

  test('blank lines before a request are skipped', async () => {
    const wire = connect()
    await wire.send(`\r\n${list}`, '\r\n', `\r\n\r\n${scan}`, '\r', `\n${list}`)
    assert.deepEqual(wire.seen, [listed, scanned, listed])
  })

  test('a method that only begins alike is not translated', async () => {
    for (const method of ['LISTS', 'LISP', 'SCANS', 'LINT', 'list', ' LIST']) {
      const wire = connect()
      await wire.send(`${method} /v1/a HTTP/1.1\r\nHost: h\r\n\r\n`)
      assert.deepEqual(wire.errors, ['HPE_INVALID_METHOD'], method)
      assert.deepEqual(wire.seen, [])
    }
  })

  test('real LINK and BIND are told from translated ones', async () => {
    const wire = connect()
    await wire.send(list.replace('LIST', 'LINK'), list, scan.replace('SCAN', 'BIND'), scan)
    assert.deepEqual(
      wire.seen.map(({ method }) => method),
      ['LINK', 'LIST', 'BIND', 'SCAN'],
    )
  })

  test('a LIST behind a request in one piece is refused, and the request is served', async () => {
    for (const ahead of [list, post('x'), post(nasty), chunked(nasty), list.replace('LIST', 'GET')]) {
      const wire = connect()
      await wire.send(ahead + list)
      assert.equal(wire.seen.length, 1)
      assert.deepEqual(wire.errors, ['HPE_INVALID_METHOD'])
    }
  })

  test('a LIST before the answer to the request ahead of it is refused, however it is split', async () => {
    for (let at = 0; at <= list.length; at++) {
      const waiting: ServerResponse[] = []
      const wire = connect({ answer: (response) => waiting.push(response) })
      await wire.send(post('x'), list.slice(0, at), list.slice(at))
      assert.equal(wire.seen.length, 1)
      // The parser says so for every piece that follows, too.
      assert.deepEqual(new Set(wire.errors), new Set(['HPE_INVALID_METHOD']))
    }
  })

  test('a pipelined GET is served, and a LIST after both answers too', async () => {
    const get = 'GET /v1/g HTTP/1.1\r\nHost: h\r\n\r\n'
    const wire = connect()
    await wire.send(get + get, list)
    assert.deepEqual(
      wire.seen.map(({ method }) => method),
      ['GET', 'GET', 'LIST'],
    )
  })

  test('a header begun behind an answered request is never translated', async () => {
    const begun = 'GET /v1/g HTTP/1.1\r\nHost: h\r\nX-H: '
    const value = 'LIST /not-a-method'
    for (const ahead of [list, post('x'), chunked('x')]) {
      const wire = connect()
      await wire.send(ahead + begun, `${value}\r\n\r\n`, list)
      assert.deepEqual(wire.seen.slice(1), [{ method: 'GET', url: '/v1/g', body: '', header: value }, listed])
    }
  })

  test('bytes that arrive while the parser is paused are translated by the same rules', async () => {
    const body = 'LIST '.repeat(40_000)
    const wire = connect({ pause: true })
    wire.socket.push(Buffer.from(post(body).slice(0, 150_000)))
    wire.socket.push(Buffer.from(post(body).slice(150_000)))
    while (wire.seen.length < 1) await wire.settled()
    assert.equal(wire.seen[0]?.body, body)
    await wire.send(list)
    await wire.settled()
    assert.deepEqual(wire.seen[1], listed)
  })

  test('a connection that ends inside of a method ends as any other', async () => {
    const wire = connect()
    await wire.send('LIS')
    wire.socket.push(null)
    await wire.settled()
    assert.deepEqual(wire.seen, [])
    assert.equal(wire.errors.length, 1)
  })

  test('an answer under way is known until it is sent', async () => {
    const waiting: ServerResponse[] = []
    const wire = connect({ answer: (response) => waiting.push(response) })
    assert.equal(pendingExchange(wire.socket), undefined)
    await wire.send(list)
    assert.equal(pendingExchange(wire.socket)?.response, waiting[0])
    waiting[0]?.end()
    await wire.settled()
    assert.equal(pendingExchange(wire.socket), undefined)
  })
})
