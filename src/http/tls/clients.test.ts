import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import tls from 'node:tls'
import type { Remote } from '../../backend/remote.ts'
import { type Clock, manualClock } from '../../base/clock.ts'
import type { ClientCertificates, Listener } from '../listener.ts'
import { type Identity, issue } from '../testing/certificates.ts'
import { client, dial, ended, serve, signal } from '../testing/client.ts'
import { localFiles } from './local.ts'

const authority = await issue({ commonName: 'authority', isAuthority: true })
const alice = await issue({ commonName: 'alice', serial: '40000000000000000f', by: authority })

/** A server that tells what it has learned of where requests come from; its authorities lie in `caFile`. */
async function start(
  t: TestContext,
  clients: ClientCertificates['demand'] = 'ask',
  more: Partial<Listener> & {
    readonly believes?: boolean
    readonly clock?: Clock
    readonly hold?: () => Promise<void>
  } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-clients-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const caFile = join(folder, 'clients.pem')
  await writeFile(caFile, authority.cert)
  const { believes = true, clock, hold, ...rest } = more
  const remotes: Remote[] = []
  const server = await serve(
    t,
    async ({ path, remote }) => {
      remotes.push(remote)
      if (path === 'held') await hold?.()
      return { bare: remote.certificate?.()?.commonName ?? 'nobody' }
    },
    {
      ...(clock === undefined ? {} : { clock }),
      listeners: [
        {
          host: '127.0.0.1',
          port: 0,
          tls: {
            certificate: { kind: 'local', folder },
            clients: { demand: clients, ...(believes ? { caFile } : {}) },
          },
          ...rest,
        },
      ],
    },
  )
  const ca = await readFile(localFiles(folder).ca)
  const as = (identity?: Identity) => {
    const call = client(t, server.url, ca, identity)
    return async (headers: Record<string, string> = {}) =>
      JSON.parse((await call('/v1/x', { headers })).body) as string
  }
  return { ...server, ca, as, caFile, remotes }
}

/** A connection of its own, which is asked over once; what a later one needs to take the session up again. */
async function connect(t: TestContext, port: number, options: tls.ConnectionOptions) {
  const socket = tls.connect({ port, host: '127.0.0.1', ...options })
  t.after(() => socket.destroy())
  const session = once(socket, 'session').then(([bytes]) => bytes as Buffer)
  await once(socket, 'secureConnect')
  socket.setEncoding('latin1')
  const ask = async () => {
    const answered = once(socket, 'data')
    socket.write('GET /v1/x HTTP/1.1\r\nHost: h\r\n\r\n')
    return /"(\w+)"\n$/.exec(String((await answered)[0]))?.[1]
  }
  return { socket, session, ask }
}

describe('the certificate of a client', () => {
  test('reaches handlers where an authority of the listener vouches for it, parsed once a connection', async (t) => {
    for (const demand of ['ask', 'require'] as const) {
      const { as, remotes } = await start(t, demand)
      const ask = as(alice)
      assert.deepEqual([await ask(), await ask()], ['alice', 'alice'])
      const [first, second] = remotes.map(({ certificate }) => certificate?.())
      const { raw, fingerprint256, validFromDate, validToDate } = new X509Certificate(alice.cert)
      assert.deepEqual(first, {
        der: raw,
        fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
        serialNumber: '1180591620717411303439',
        commonName: 'alice',
        begins: validFromDate.getTime(),
        expires: validToDate.getTime(),
      })
      assert.equal(first, second)
    }
  })

  test('has a common name only where there is one and no other', async (t) => {
    const { as, remotes } = await start(t)
    await as(await issue({ commonName: 'alice,CN=bob', by: authority }))()
    const certificate = remotes[0]?.certificate?.()
    assert.ok(certificate !== undefined)
    assert.equal(certificate.commonName, undefined)
  })

  test('is not there without one, and costs nothing then', async (t) => {
    const { as, remotes } = await start(t)
    assert.equal(await as()(), 'nobody')
    assert.deepEqual(Object.keys(remotes[0] ?? {}), ['address', 'port'])
  })

  test('is nobody’s where no authority of the listener vouches for it', async (t) => {
    const { as, remotes } = await start(t)
    const stranger = await issue({ commonName: 'authority', isAuthority: true })
    const hour = 3_600_000
    const ended = { begins: Date.now() - 3 * hour, expires: Date.now() - 2 * hour }
    const early = { begins: Date.now() + 2 * hour, expires: Date.now() + 3 * hour }
    for (const identity of [
      await issue({ commonName: 'alice' }),
      await issue({ commonName: 'alice', by: stranger }),
      await issue({ commonName: 'alice', by: alice }),
      await issue({ commonName: 'alice', by: authority, use: 'server' }),
      await issue({ commonName: 'alice', by: authority, ...ended }),
      await issue({ commonName: 'alice', by: authority, ...early }),
    ]) {
      assert.equal(await as(identity)(), 'nobody')
    }
    assert.ok(remotes.every((remote) => !('certificate' in remote)))
  })

  test('is nobody’s without authorities of the listener, also where the runtime knows the one that signed it', async (t) => {
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([authority.cert])
    t.after(() => tls.setDefaultCACertificates(before))
    const { as } = await start(t, 'ask', { believes: false })
    assert.equal(await as(alice)(), 'nobody')
  })

  test('is not asked for where certificates are turned off', async (t) => {
    const { as } = await start(t, 'none')
    assert.equal(await as(alice)(), 'nobody')
  })

  test('goes with its session to the next connection, and does not come from a session without one', async (t) => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { port, ca } = await start(t)
      for (const [identity, name] of [
        [alice, 'alice'],
        [{}, 'nobody'],
        [await issue({ commonName: 'alice' }), 'nobody'],
      ] as const) {
        const first = await connect(t, port, { ca, maxVersion, ...identity })
        assert.equal(await first.ask(), name)
        const again = await connect(t, port, { ca, maxVersion, session: await first.session })
        assert.ok(again.socket.isSessionReused(), maxVersion)
        assert.equal(await again.ask(), name)
      }
    }
  })

  test('ends with its time, although the connection lasts', async (t) => {
    const clock = manualClock(Date.now())
    const { as } = await start(t, 'ask', { clock })
    const ask = as(alice)
    assert.equal(await ask(), 'alice')
    clock.advance(2 * 3_600_000)
    assert.equal(await ask(), 'nobody')
  })

  test('is not taken for that of a client for whom a proxy speaks', async (t) => {
    const forwarded = { hopSkips: 0, rejectNotPresent: false, rejectNotAuthorized: false }
    const behind = await start(t, 'ask', { forwarded: { ...forwarded, proxies: ['127.0.0.1'] } })
    const ask = behind.as(alice)
    assert.deepEqual([await ask({ 'X-Forwarded-For': '192.0.2.7' }), await ask()], ['nobody', 'nobody'])
    const beside = await start(t, 'ask', { forwarded: { ...forwarded, proxies: ['192.0.2.1'] } })
    const other = beside.as(alice)
    assert.deepEqual([await other({ 'X-Forwarded-For': '192.0.2.7' }), await other()], ['alice', 'alice'])
  })

  test('is looked at anew when other authorities vouch for clients', async (t) => {
    const { port, ca, as, caFile, reloadCertificates } = await start(t)
    await reloadCertificates()
    const [mine, nobodys] = await Promise.all([connect(t, port, { ca, ...alice }), connect(t, port, { ca })])
    assert.deepEqual([await mine.ask(), await nobodys.ask()], ['alice', 'nobody'])
    const shaking = await dial(t, port)
    // What changes nothing about authorities ends nothing.
    await writeFile(caFile, authority.cert)
    await reloadCertificates()
    assert.equal(await mine.ask(), 'alice')
    const session = await mine.session

    const next = await issue({ commonName: 'next', isAuthority: true })
    await writeFile(caFile, next.cert)
    await reloadCertificates()
    await Promise.all([ended(mine.socket), ended(shaking)])
    assert.equal(await nobodys.ask(), 'nobody')
    assert.equal(await as(alice)(), 'nobody')
    assert.equal(await (await connect(t, port, { ca, session, ...alice })).ask(), 'nobody')
    assert.equal(await as(await issue({ commonName: 'bob', by: next }))(), 'bob')
  })

  test('is not there any more for what is asked on a connection that could not end at once', async (t) => {
    const [begun, release] = [signal(), signal()]
    const hold = () => {
      begun.resolve()
      return release.promise
    }
    const { port, ca, caFile, reloadCertificates } = await start(t, 'ask', { hold })
    await reloadCertificates()
    const { socket, ask } = await connect(t, port, { ca, ...alice })
    assert.equal(await ask(), 'alice')
    const first = once(socket, 'data')
    socket.write('GET /v1/held HTTP/1.1\r\nHost: h\r\n\r\nGET /v1/x HTTP/1.1\r\n')
    await begun.promise
    await writeFile(caFile, (await issue({ commonName: 'next', isAuthority: true })).cert)
    await reloadCertificates()
    release.resolve()
    await first
    const second = once(socket, 'data')
    socket.write('Host: h\r\n\r\n')
    assert.match(String((await second)[0]), /"nobody"\n$/)
  })
})
