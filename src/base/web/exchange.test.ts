import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { exchange } from './exchange.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on TCP has such an address.
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/p?secret=s`)
}

const bounds = { method: 'GET', headers: {}, timeout: 5_000, maxBytes: 100 } as const

describe('an exchange with another server', () => {
  test('sends a body and gets the answer, whatever its status', async (t) => {
    const url = await serve(t, (request, response) => {
      response.writeHead(400, { 'x-method': request.method })
      request.pipe(response)
    })
    const { status, headers, body } = await exchange(url, { ...bounds, method: 'POST', body: 'hello' })
    assert.deepEqual([status, headers['x-method'], body.toString()], [400, 'POST', 'hello'])
  })

  test('says what went wrong, and nothing of the query', async (t) => {
    const refused = async (listener: RequestListener, reason: RegExp, timeout = 5_000) => {
      const url = await serve(t, listener)
      const error = { code: 'provider_failed', message: reason }
      await assert.rejects(exchange(url, { ...bounds, timeout }), error)
      await assert.rejects(exchange(url, { ...bounds, timeout }), ({ message }: Error) => {
        return !message.includes('secret') && message.includes('/p')
      })
    }
    await refused(
      (_, response) => void response.writeHead(302, { location: '/q' }).end(),
      /redirects elsewhere/,
    )
    await refused((_, response) => void response.end('x'.repeat(101)), /more than 100 bytes/)
    await refused(() => {}, /did not answer in time/, 30)
    await refused((_, response) => void response.write('begun'), /did not answer in time/, 30)
    await refused((request) => void request.socket.destroy(), /could not be reached \(ECONNRESET\)/)
    const broken: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': '50' })
      response.write('x', () => response.destroy())
    }
    await refused(broken, /could not be reached/)
  })

  test('finds nobody there', async () => {
    const gone = createServer().listen(0, '127.0.0.1')
    await once(gone, 'listening')
    const { port } = gone.address() as AddressInfo
    gone.close()
    await once(gone, 'close')
    await assert.rejects(exchange(new URL(`http://127.0.0.1:${port}/`), bounds), {
      code: 'provider_failed',
      message: /could not be reached \(ECONNREFUSED\)/,
    })
  })
})
