import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { manualClock } from '../base/clock.ts'
import { defaultLimits } from './limits.ts'
import { closeListener, type Listener, type ListenerTls, openListener } from './listener.ts'
import { startHttp } from './server.ts'
import { type Identity, issue } from './testing/certificates.ts'
import { client, dial, serve, signal } from './testing/client.ts'
import { issueAuthority, issueLeaf, type Pair } from './tls/issue.ts'
import { localFiles } from './tls/local.ts'
import { requiredNames } from './tls/names.ts'

const names = requiredNames([])

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-listener-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A TLS server on a certificate in files, as an operator sets it up. */
async function serveFiles(t: TestContext, tls: Partial<ListenerTls> = {}) {
  const folder = await folderFor(t)
  const [certFile, keyFile, caFile] = ['cert.pem', 'key.pem', 'ca.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const authority = await issueAuthority(names, Date.now())
  await writeFile(caFile, authority.certificate)
  const put = async ({ certificate, pem }: Pair) => {
    await writeFile(certFile, certificate)
    await writeFile(keyFile, pem)
  }
  await put(await issueLeaf(authority, names, Date.now()))
  const lines: string[] = []
  const events = new EventEmitter()
  const note = (_fields: object, text: string) => {
    lines.push(text)
    events.emit('line')
  }
  const server = await serve(t, async ({ verb }) => ({ bare: verb }), {
    log: { info: note, warn: note, error: note },
    listeners: [
      { host: '127.0.0.1', port: 0, tls: { certificate: { kind: 'files', certFile, keyFile }, ...tls } },
    ],
  })
  const loaded = () => once(events, 'line')
  return { ...server, authority, put, lines, loaded, certFile, keyFile, ca: await readFile(caFile) }
}

/** Shakes hands; gives the connection back, or throws. */
async function shake(t: TestContext, port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ...options })
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

const serialOf = async (t: TestContext, port: number, ca: Buffer) =>
  (await shake(t, port, { ca })).getPeerX509Certificate()?.serialNumber

describe('a listener', () => {
  test('speaks plain HTTP on loopback alone, unless the operator insists', async (t) => {
    const start = (host: string, tls: Listener['tls']) =>
      startHttp({ listeners: [{ host, port: 0, tls }], handler: async () => ({}) })
    for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
      await assert.rejects(start(host, 'loopback'), { code: 'invalid_config', message: /tls_disable/ })
    }
    await assert.rejects(start('no-such-host.invalid', 'loopback'), { code: 'invalid_config' })
    for (const [host, tls] of [
      ['localhost', 'loopback'],
      ['127.0.0.5', 'loopback'],
      ['0.0.0.0', 'disabled'],
    ] as const) {
      const server = await start(host, tls)
      t.after(() => server.stop(0))
      assert.equal(server.addresses[0]?.url, `http://${host}:${server.addresses[0]?.port}`)
    }
  })

  test('leaves it to the runtime to hold clients to its limits', async (t) => {
    const limits = { ...defaultLimits, headersTime: 1001, requestTime: 1002, idleTime: 1003, stallTime: 1004 }
    const listener: Listener = { host: '127.0.0.1', port: 0, tls: 'loopback' }
    const open = await openListener(listener, { ...limits, connections: 5 }, Date.now, () => {})
    t.after(() => closeListener(open, 0))
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections } = open.server
    assert.deepEqual(
      [headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxConnections],
      [1001, 1002, 1003, 1004, 5],
    )
  })

  test('that cannot be opened takes the others with it', async (t) => {
    const first = await serve(t, async () => ({}))
    const listener = (port: number): Listener => ({ host: '127.0.0.1', port, tls: 'loopback' })
    const handler = async () => ({})
    await assert.rejects(startHttp({ listeners: [listener(0), listener(first.port)], handler }), {
      code: 'EADDRINUSE',
    })
  })

  test('is one of several on one handler', async (t) => {
    const listener: Listener = { host: '127.0.0.1', port: 0, tls: 'loopback' }
    const { addresses } = await serve(t, async () => ({ bare: 'ok' }), { listeners: [listener, listener] })
    for (const { url } of addresses) assert.equal((await client(t, url)('/v1/x')).body, '"ok"\n')
  })
})

describe('a TLS listener', () => {
  test('speaks TLS 1.3 and 1.2, and nothing older', async (t) => {
    const { port, ca } = await serveFiles(t)
    assert.equal((await shake(t, port, { ca })).getProtocol(), 'TLSv1.3')
    assert.equal((await shake(t, port, { ca, maxVersion: 'TLSv1.2' })).getProtocol(), 'TLSv1.2')
    const old = { ca, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await assert.rejects(shake(t, port, old), /protocol version|handshake/i)
    const strict = await serveFiles(t, { minVersion: 'TLSv1.3' })
    await assert.rejects(shake(t, strict.port, { ca: strict.ca, maxVersion: 'TLSv1.2' }), /protocol version/)
  })

  test('speaks nothing newer where it is told so, nor after its certificate was loaded again', async (t) => {
    const { port, ca, put, authority, reloadCertificates, lines } = await serveFiles(t, {
      maxVersion: 'TLSv1.2',
    })
    assert.equal((await shake(t, port, { ca })).getProtocol(), 'TLSv1.2')
    await reloadCertificates()
    await put(await issueLeaf(authority, names, Date.now()))
    await reloadCertificates()
    assert.deepEqual(lines, ['the certificate was loaded again'])
    assert.equal((await shake(t, port, { ca })).getProtocol(), 'TLSv1.2')
    await assert.rejects(shake(t, port, { ca, minVersion: 'TLSv1.3' }), /protocol version/)
  })

  test('offers the cipher suites that it is told, in its own order, and no others', async (t) => {
    const [strong, other] = ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']
    const all = await serveFiles(t)
    const few = await serveFiles(t, { ciphers: `TLS_AES_256_GCM_SHA384:${strong}:${other}` })
    const suite = async ({ port, ca }: typeof all, ciphers: string) =>
      (await shake(t, port, { ca, maxVersion: 'TLSv1.2', ciphers })).getCipher().name
    const missing = 'ECDHE-ECDSA-AES128-GCM-SHA256'
    assert.equal(await suite(all, missing), missing)
    // Without forward secrecy or authenticated encryption, which clients may offer for the sake of old servers.
    const weak = 'ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA256:AES128-SHA'
    await assert.rejects(suite(all, weak), /handshake failure/)
    await assert.rejects(suite(few, missing), /handshake failure/)
    assert.equal(await suite(few, `${missing}:${other}:${strong}`), strong)
    assert.equal((await shake(t, few.port, { ca: few.ca })).getCipher().name, 'TLS_AES_256_GCM_SHA384')
  })

  test('translates LIST between other requests on one connection', async (t) => {
    const { url, ca } = await serveFiles(t)
    const call = client(t, url, ca)
    const ports = new Set<number | undefined>()
    for (const [method, verb] of [
      ['LIST', 'list'],
      ['PUT', 'write'],
      ['SCAN', 'scan'],
      ['GET', 'read'],
      ['LIST', 'list'],
    ] as const) {
      const answer = await call('/v1/x', { method, ...(method === 'PUT' ? { body: '{"a":"LIST /"}' } : {}) })
      assert.equal(answer.body, `"${verb}"\n`)
      ports.add(answer.localPort)
    }
    assert.equal(ports.size, 1)
  })

  test('translates LIST however its bytes are spread over records', async (t) => {
    const { port, ca } = await serveFiles(t)
    const text = 'LIST /v1/x HTTP/1.1\r\nHost: h\r\n\r\n'
    const socket = await shake(t, port, { ca })
    socket.setEncoding('latin1')
    for (let at = 1; at < text.length; at += 3) {
      const answered = once(socket, 'data')
      socket.write(text.slice(0, at))
      socket.write(text.slice(at))
      assert.match(String((await answered)[0]), /^HTTP\/1\.1 200 .*"list"\n$/s)
    }
  })

  test('asks for a client certificate where it is told to, and takes any or none', async (t) => {
    const { port, ca } = await serveFiles(t, { clients: { demand: 'ask' } })
    const own = await issueLeaf(await issueAuthority(names, Date.now()), names, Date.now())
    await shake(t, port, { ca })
    await shake(t, port, { ca, key: own.pem, cert: own.certificate })
  })

  test('does not ask for one where it is told not to', async (t) => {
    const folder = await folderFor(t)
    const own = await issue({})
    const shown = async (demand: 'none' | 'ask') => {
      const listener: Listener = {
        host: '127.0.0.1',
        port: 0,
        tls: { certificate: { kind: 'local', folder }, clients: { demand } },
      }
      const { promise, resolve } = signal<boolean>()
      const open = await openListener(listener, defaultLimits, Date.now, (server) => {
        server.on('secureConnection', (socket: TLSSocket) =>
          resolve(socket.getPeerX509Certificate() !== undefined),
        )
      })
      t.after(() => closeListener(open, 0))
      const ca = await readFile(localFiles(folder).ca)
      await shake(t, open.address.port, { ca, ...own })
      return promise
    }
    assert.equal(await shown('ask'), true)
    assert.equal(await shown('none'), false)
  })

  test('can require a client certificate of an authority', async (t) => {
    const folder = await folderFor(t)
    const [known, stranger] = await Promise.all([
      issue({ commonName: 'known' }),
      issue({ commonName: 'stranger' }),
    ])
    const caFile = join(folder, 'clients.pem')
    await writeFile(caFile, known.cert)
    const { port, ca, reloadCertificates } = await serveFiles(t, {
      clients: { demand: 'require', caFile },
    })
    const ask = async (identity: Partial<Identity> = {}): Promise<string> => {
      const socket = await shake(t, port, { ca, ...identity })
      socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
      let text = ''
      // A refusal comes as an error or as the end.
      await new Promise((resolve) => {
        socket.on('error', resolve).on('end', resolve)
        socket.setEncoding('latin1').on('data', (part) => {
          text += part
        })
      })
      return text
    }
    assert.match(await ask(known), /^HTTP\/1\.1 200 /)
    assert.equal(await ask(stranger), '')
    assert.equal(await ask(), '')
    // The authorities are loaded again with the certificate.
    await reloadCertificates()
    await writeFile(caFile, stranger.cert)
    await reloadCertificates()
    assert.match(await ask(stranger), /^HTTP\/1\.1 200 /)
    assert.equal(await ask(known), '')
  })

  test('puts a new certificate to use when its files change, and keeps the old one while they do not fit', async (t) => {
    const { port, ca, put, authority, reloadCertificates, lines, certFile } = await serveFiles(t)
    const first = await serialOf(t, port, ca)
    const held = await shake(t, port, { ca })
    await reloadCertificates()
    assert.equal(await serialOf(t, port, ca), first)

    await put(await issueLeaf(authority, names, Date.now()))
    await reloadCertificates()
    const second = await serialOf(t, port, ca)
    assert.notEqual(second, first)
    assert.deepEqual(lines, ['the certificate was loaded again'])

    await writeFile(certFile, (await issueLeaf(authority, names, Date.now())).certificate)
    await reloadCertificates()
    assert.equal(await serialOf(t, port, ca), second)
    await rm(certFile)
    await reloadCertificates()
    assert.equal(await serialOf(t, port, ca), second)
    assert.equal(lines.filter((line) => line.includes('stays in use')).length, 2)

    await put(await issueLeaf(authority, names, Date.now()))
    await reloadCertificates()
    assert.notEqual(await serialOf(t, port, ca), second)
    assert.ok(held.writable)
  })

  test('notices a change at the very moment of its start', async (t) => {
    const { port, ca, put, authority, reloadCertificates } = await serveFiles(t)
    const first = await serialOf(t, port, ca)
    // Nothing has looked at the files since they were loaded.
    await put(await issueLeaf(authority, names, Date.now()))
    await reloadCertificates()
    assert.notEqual(await serialOf(t, port, ca), first)
  })

  test('looks at its files at SIGHUP, and every ten seconds', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { port, ca, put, authority, reloadCertificates, loaded } = await serveFiles(t)
    await reloadCertificates()
    let before = await serialOf(t, port, ca)
    for (const nudge of [() => process.emit('SIGHUP'), () => t.mock.timers.tick(10_000)]) {
      await put(await issueLeaf(authority, names, Date.now()))
      const done = loaded()
      nudge()
      await done
      const after = await serialOf(t, port, ca)
      assert.notEqual(after, before)
      before = after
    }
  })

  test('by the local authority renews itself while the server runs', async (t) => {
    const folder = await folderFor(t)
    const clock = manualClock(Date.now())
    const { port, reloadCertificates } = await serve(t, async () => ({}), {
      clock,
      listeners: [{ host: '127.0.0.1', port: 0, tls: { certificate: { kind: 'local', folder } } }],
    })
    const ca = await readFile(localFiles(folder).ca)
    const first = await serialOf(t, port, ca)
    await reloadCertificates()
    assert.equal(await serialOf(t, port, ca), first)
    clock.advance(61 * 86_400_000)
    await reloadCertificates()
    const socket = await shake(t, port, { ca, rejectUnauthorized: false })
    assert.notEqual(socket.getPeerX509Certificate()?.serialNumber, first)
  })

  test('does not start on files that are missing or do not fit', async (t) => {
    const folder = await folderFor(t)
    const authority = await issueAuthority(names, Date.now())
    const [one, two] = await Promise.all([
      issueLeaf(authority, names, Date.now()),
      issueLeaf(authority, names, Date.now()),
    ])
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const start = () =>
      startHttp({
        listeners: [
          { host: '127.0.0.1', port: 0, tls: { certificate: { kind: 'files', certFile, keyFile } } },
        ],
        handler: async () => ({}),
      })
    await assert.rejects(start(), { code: 'invalid_config', message: /cannot be read/ })
    await writeFile(certFile, one.certificate)
    await writeFile(keyFile, two.pem)
    await assert.rejects(start(), { code: 'invalid_config', message: /no certificate and its key/ })
    await writeFile(keyFile, 'nonsense')
    await assert.rejects(start(), { code: 'invalid_config', message: /no certificate and its key/ })
  })

  test('stops although a client never finishes shaking hands', { timeout: 20_000 }, async (t) => {
    const { port, stop } = await serveFiles(t)
    await dial(t, port)
    await stop(20)
  })
})
