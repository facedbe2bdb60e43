import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { client, exchange, serve } from '../testing/client.ts'
import type { Forwarded } from './forwarded.ts'

const strict: Forwarded = {
  proxies: ['127.0.0.0/8'],
  hopSkips: 0,
  rejectNotPresent: true,
  rejectNotAuthorized: true,
}
const lenient: Forwarded = { ...strict, rejectNotPresent: false, rejectNotAuthorized: false }
const elsewhere = ['192.0.2.0/24']

/** A server that answers with the address that a request counts for, and what it says to a header. */
async function asking(t: TestContext, forwarded: Forwarded | undefined, host = '127.0.0.1') {
  const { url } = await serve(t, async ({ remote }) => ({ bare: remote.address }), {
    listeners: [
      {
        host,
        port: 0,
        tls: host === '127.0.0.1' ? 'loopback' : 'disabled',
        ...(forwarded === undefined ? {} : { forwarded }),
      },
    ],
  })
  const call = client(t, url.replace('[::]', '127.0.0.1'))
  return async (header?: string, path = '/v1/x') => {
    const { status, body } = await call(path, {
      headers: header === undefined ? {} : { 'X-Forwarded-For': header },
    })
    return status === 200 ? JSON.parse(body) : `${status} ${JSON.parse(body).errors}`
  }
}

const missing = '400 the X-Forwarded-For header is missing'
const untrusted = '400 an X-Forwarded-For header is not taken from this address'
const noAddress = '400 the X-Forwarded-For header does not hold an address'
const tooLong = '400 the X-Forwarded-For header is too long'

describe('the address that a request counts for', () => {
  test('is that of the connection where nobody is believed', async (t) => {
    const ask = await asking(t, undefined)
    assert.equal(await ask('192.0.2.1'), '127.0.0.1')
    assert.equal(await ask(), '127.0.0.1')
  })

  test('is what a believed proxy says', async (t) => {
    const ask = await asking(t, strict)
    assert.equal(await ask('192.0.2.1'), '192.0.2.1')
    assert.equal(await ask('2001:DB8::0:1'), '2001:db8::1')
    assert.equal(await ask('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(await ask(' 192.0.2.1\t'), '192.0.2.1')
    assert.equal(await ask('192.0.2.1:4711'), '192.0.2.1')
  })

  test('is the last of several, however they are sent: a client writes what it likes in front', async (t) => {
    const ask = await asking(t, strict)
    assert.equal(await ask('198.51.100.1, 192.0.2.1'), '192.0.2.1')
    assert.equal(await ask('unknown, <script>,, 192.0.2.1'), '192.0.2.1')
    const { port } = await serve(t, async ({ remote }) => ({ bare: remote.address }), {
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback', forwarded: strict }],
    })
    const twice = 'x-forwarded-for: 198.51.100.1, 198.51.100.2\r\nX-Forwarded-For: 192.0.2.1\r\n'
    const answer = await exchange(
      t,
      port,
      `GET /v1/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${twice}\r\n`,
    )
    assert.match(answer, /"192\.0\.2\.1"\n$/)
  })

  test('is further in front where proxies stand before the nearest one', async (t) => {
    const ask = await asking(t, { ...strict, hopSkips: 1 })
    assert.equal(await ask('203.0.113.9, 192.0.2.1, 10.0.0.1'), '192.0.2.1')
    assert.equal(await ask('192.0.2.1, 10.0.0.1'), '192.0.2.1')
    assert.equal(
      await ask('10.0.0.1'),
      '400 the X-Forwarded-For header holds 1 addresses, too few to skip 1 of them',
    )
  })

  test('is not taken from anybody else', async (t) => {
    const refusing = await asking(t, { ...strict, proxies: elsewhere })
    assert.equal(await refusing('192.0.2.1'), untrusted)
    const ignoring = await asking(t, { ...lenient, proxies: elsewhere })
    assert.equal(await ignoring('192.0.2.1'), '127.0.0.1')
    assert.equal(await ignoring('nonsense'), '127.0.0.1')
  })

  test('is missing without the header, or the connection’s where that will do', async (t) => {
    const refusing = await asking(t, strict)
    assert.equal(await refusing(), missing)
    // Nothing is left out, a health check and a page least of all: it may come past the proxy.
    assert.equal(await refusing(undefined, '/v1/sys/health'), missing)
    assert.equal(await refusing(undefined, '/ui/'), missing)
    assert.equal(await (await asking(t, lenient))(), '127.0.0.1')
    const elsewhereOnly = await asking(t, { ...strict, proxies: elsewhere, rejectNotPresent: false })
    assert.equal(await elsewhereOnly(), '127.0.0.1')
  })

  test('is refused where it is none', async (t) => {
    for (const forwarded of [strict, lenient]) {
      const ask = await asking(t, forwarded)
      for (const header of [
        '',
        ',',
        '192.0.2.1,',
        'unknown',
        '192.0.2',
        '0300.0.2.1',
        '192.0.2.256',
        'fe80::1%eth0',
        'for=192.0.2.1',
        '192.0.2.1 192.0.2.2',
      ]) {
        assert.equal(await ask(header), noAddress, header)
      }
    }
  })

  test('is refused in a header that is too long', async (t) => {
    const ask = await asking(t, strict)
    assert.equal(await ask(`${'10.0.0.1,'.repeat(255)}192.0.2.1`), '192.0.2.1')
    assert.equal(await ask(`${'10.0.0.1,'.repeat(256)}192.0.2.1`), tooLong)
    assert.equal(await ask(`${'x'.repeat(8183)},192.0.2.1`), tooLong)
  })

  test('of a proxy on a listener for both families is known as IPv4', async (t) => {
    const ask = await asking(t, { ...strict, proxies: ['127.0.0.1'] }, '::')
    assert.equal(await ask('192.0.2.1'), '192.0.2.1')
    const mapped = await asking(t, { ...strict, proxies: ['::ffff:127.0.0.1'] }, '::')
    assert.equal(await mapped('192.0.2.1'), '192.0.2.1')
  })
})
