import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { issue } from '../../../src/http/testing/certificates.ts'
import { put, rowOf, textOf } from '../../../src/storage/contract/harness.ts'
import { seenFile } from '../../../src/storage/etcd/connection/seen.ts'
import { type EtcdOptions, openEtcd } from '../../../src/storage/etcd/store.ts'
import { openStorage } from '../../../src/storage/open.ts'
import { type EtcdCluster, etcdctl, missingEtcd, startEtcd } from '../../support/etcd.ts'
import { measured } from '../../support/measured.ts'
import { freePort } from '../../support/ports.ts'
import { requires } from '../../support/requires.ts'

const storeAt = async (t: TestContext, options: Partial<EtcdOptions> & Pick<EtcdOptions, 'endpoints'>) => {
  const store = await openEtcd({ prefix: 'p/', node: 'n', attempt: 500, deadline: 3000, ...options })
  t.after(() => store.close())
  return store
}
function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-etcd-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('opening a store on etcd', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  it('says who does not answer, and why', async (t) => {
    const endpoints = [`http://127.0.0.1:${await freePort()}`]
    await assert.rejects(storeAt(t, { endpoints, deadline: 600 }), {
      code: 'storage_failed',
      message: `etcd does not answer at ${endpoints[0]} (ECONNREFUSED)`,
    })
  })

  it('is no more than an error where something else answers than etcd', async (t) => {
    const web = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
    t.after(() => web.close())
    await once(web, 'listening')
    const { port } = web.address() as AddressInfo
    for (const scheme of ['http', 'https']) {
      const endpoints = [`${scheme}://127.0.0.1:${port}`]
      await assert.rejects(storeAt(t, { endpoints, deadline: 300 }), {
        code: 'storage_failed',
        message: /does not answer at .+ \(ERR_(HTTP2|SSL)_/,
      })
    }
  })

  it('goes past a member that does not answer', async (t) => {
    const endpoints = [`http://127.0.0.1:${await freePort()}`, ...cluster.urls]
    const store = await storeAt(t, { endpoints, prefix: `${randomUUID()}/` })
    await put(store, { a: '1' })
    assert.equal(await textOf(store, 'a'), '1')
  })

  it('refuses a prefix below which something else lies, and leaves that alone', async (t) => {
    const prefix = `${randomUUID()}/`
    etcdctl(cluster, ['put', `${prefix}theirs`, 'x'])
    await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix }), {
      code: 'storage_format',
      message: /is not Coffer's; name another prefix/,
    })
    assert.equal(etcdctl(cluster, ['get', '--prefix', prefix, '--keys-only']).trim(), `${prefix}theirs`)
    for (const text of ['', 'x', '[]', '{"coffer":0}', '{"coffer":1}', '{"coffer":"1","lineage":"a"}']) {
      etcdctl(cluster, ['put', `${prefix}store`, text])
      await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix }), { code: 'storage_format' }, text)
    }
  })

  it('refuses a store of a newer format', async (t) => {
    const prefix = `${randomUUID()}/`
    etcdctl(cluster, ['put', `${prefix}store`, '{"coffer":2}'])
    await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix }), {
      code: 'storage_format',
      message: /newer format/,
    })
  })

  it('makes one store when several nodes come first at the same time', async (t) => {
    const prefix = `${randomUUID()}/`
    const stores = await Promise.all(
      ['a', 'b', 'c'].map((node) => storeAt(t, { endpoints: cluster.urls, prefix, node })),
    )
    for (const [i, store] of stores.entries()) await put(store, { a: `${i}` })
    for (const store of stores) assert.equal(await textOf(store, 'a'), '2')
  })

  it('refuses another cluster or another store than before, until it is told so', async (t) => {
    const stateFolder = folderFor(t)
    const prefix = `${randomUUID()}/`
    await (await storeAt(t, { endpoints: cluster.urls, prefix, stateFolder })).close()
    await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix: `${randomUUID()}/`, stateFolder }), {
      code: 'storage_failed',
      message: new RegExp(`another store than before; .*${seenFile(stateFolder)}`),
    })
    const other = await startEtcd({ flags: ['--initial-cluster-token', 'other'] })
    t.after(() => other.stop())
    await assert.rejects(storeAt(t, { endpoints: other.urls, prefix, stateFolder }), {
      code: 'storage_failed',
      message: new RegExp(
        `another etcd cluster answers than before; .* remove ${seenFile(stateFolder)} to go on`,
      ),
    })
    rmSync(seenFile(stateFolder))
    await (await storeAt(t, { endpoints: other.urls, prefix, stateFolder })).close()
    await storeAt(t, { endpoints: other.urls, prefix, stateFolder })
  })

  it('refuses an etcd that lost data since', async (t) => {
    const stateFolder = folderFor(t)
    const prefix = `${randomUUID()}/`
    await (await storeAt(t, { endpoints: cluster.urls, prefix, stateFolder })).close()
    const seen = readFileSync(seenFile(stateFolder), 'utf8')
    writeFileSync(seenFile(stateFolder), seen.replace(/revision (\d+)/, 'revision 9$1'))
    await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix, stateFolder }), {
      code: 'storage_failed',
      message: new RegExp(
        `etcd lost data: it is at revision \\d+ and was at 9\\d+; .* remove ${seenFile(stateFolder)} to go on`,
      ),
    })
    writeFileSync(seenFile(stateFolder), 'nonsense')
    await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix, stateFolder }), {
      code: 'storage_failed',
      message: /does not say what was seen/,
    })
  })

  it('wants a folder to remember it in, at its start alone', async (t) => {
    const stateFolder = join(folderFor(t), 'a')
    const prefix = `${randomUUID()}/`
    const store = await storeAt(t, { endpoints: cluster.urls, prefix, stateFolder })
    rmSync(stateFolder, { recursive: true })
    writeFileSync(stateFolder, 'no folder')
    await put(store, { a: '1' })
    await store.close()
    await assert.rejects(storeAt(t, { endpoints: cluster.urls, prefix: `${randomUUID()}/`, stateFolder }), {
      code: 'storage_failed',
      message: new RegExp(`^${seenFile(stateFolder)} cannot be `),
    })
  })

  it('remembers the most that any process of its node has seen', async (t) => {
    const stateFolder = folderFor(t)
    const prefix = `${randomUUID()}/`
    const options = { endpoints: cluster.urls, prefix, stateFolder }
    const one = await storeAt(t, { ...options, node: 'one' })
    const other = await storeAt(t, { ...options, node: 'other' })
    await put(other, { a: '1' })
    assert.equal(await textOf(one, 'a'), '1')
    for (let i = 0; i < 5; i++) await put(other, { a: `${i}` })
    await other.close()
    const seen = readFileSync(seenFile(stateFolder), 'utf8')
    await one.close()
    assert.equal(readFileSync(seenFile(stateFolder), 'utf8'), seen)
  })

  it('takes the place of another process of its name, which then ends', async (t) => {
    const prefix = `${randomUUID()}/`
    const first = await storeAt(t, { endpoints: cluster.urls, prefix })
    await put(first, { a: '1' })
    const second = await storeAt(t, { endpoints: cluster.urls, prefix })
    await put(second, { a: '2' })
    await assert.rejects(put(first, { a: '3' }), {
      code: 'storage_failed',
      message: /under the name of this one/,
    })
    await assert.rejects(async () => first.list(''), { code: 'storage_failed' })
    assert.equal(await textOf(second, 'a'), '2')
  })

  it('gives each process of a state folder a seat of its own', async (t) => {
    const settings = {
      type: 'etcd',
      endpoints: cluster.urls,
      prefix: `${randomUUID()}/`,
      stateFolder: join(folderFor(t), 'state'),
      timeout: 5,
      compactionRetention: 600,
    } as const
    const [one, two] = [await openStorage(settings), await openStorage(settings)]
    t.after(() => two.store.close())
    assert.deepEqual([one.seat.process, two.seat.process], [0, 1])
    assert.equal(one.seat.node, two.seat.node)
    await put(one.store, { a: '1' })
    await put(two.store, { a: '2' })
    assert.equal(await textOf(one.store, 'a'), '2')
    assert.deepEqual(await one.check?.(), [])
    await one.store.close()
    const three = await openStorage(settings)
    t.after(() => three.store.close())
    assert.deepEqual([three.seat.process, three.seat.node], [0, one.seat.node])
  })
})

describe('a store on etcd with users and certificates', requires(missingEtcd), () => {
  it('shows its certificate, and refuses members whose certificate is not trusted', async (t) => {
    const folder = folderFor(t)
    const authority = await issue({ commonName: 'authority', isAuthority: true })
    const stranger = await issue({ commonName: 'stranger', isAuthority: true })
    const server = await issue({ commonName: 'etcd', use: 'server', by: authority, addresses: ['127.0.0.1'] })
    const client = await issue({ commonName: 'coffer', by: authority })
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const cluster = await startEtcd({
      tls: {
        ca: file('ca.pem', authority.cert),
        cert: file('server.pem', server.cert),
        key: file('server.key', server.key),
      },
    })
    t.after(() => cluster.stop())
    const endpoints = cluster.urls
    const store = await storeAt(t, { endpoints, tls: { ca: authority.cert, ...client } })
    await put(store, { a: '1' })
    assert.equal(await textOf(store, 'a'), '1')
    await assert.rejects(storeAt(t, { endpoints, tls: { ca: stranger.cert, ...client } }), {
      code: 'storage_failed',
      message: /the certificate of etcd is not trusted/,
    })
    await assert.rejects(storeAt(t, { endpoints, tls: { ca: authority.cert }, deadline: 1000 }), {
      code: 'storage_failed',
    })
  })

  it('logs in, and says when it may not', async (t) => {
    const cluster = await startEtcd()
    t.after(() => cluster.stop())
    for (const args of [
      ['user', 'add', 'root:rootpass'],
      ['user', 'grant-role', 'root', 'root'],
      ['user', 'add', 'coffer:right'],
      ['role', 'add', 'coffer'],
      ['role', 'grant-permission', 'coffer', '--prefix=true', 'readwrite', 'p/'],
      ['user', 'grant-role', 'coffer', 'coffer'],
      ['auth', 'enable'],
    ]) {
      etcdctl(cluster, args)
    }
    const endpoints = cluster.urls
    const login = (password: string) => ({ username: 'coffer', password: () => password })
    const store = await storeAt(t, { endpoints, login: login('right') })
    const version = await put(store, { a: '1' })
    assert.equal((await rowOf(store, 'a')).version, version)
    assert.deepEqual(await store.check(), [])
    const seen = await measured(store.measure)
    assert.equal(seen['coffer_etcd_up{endpoint="1"}'], 1)
    assert.equal(seen['coffer_etcd_alarm{alarm="nospace"}'], 0)
    await assert.rejects(storeAt(t, { endpoints, login: login('wrong') }), {
      code: 'storage_failed',
      message: 'etcd refuses the login: wrong username or password',
    })
    await assert.rejects(storeAt(t, { endpoints }), {
      code: 'storage_failed',
      message: 'etcd wants a login; check username and password',
    })
    await assert.rejects(storeAt(t, { endpoints, prefix: 'q/', login: login('right') }), {
      code: 'storage_failed',
      message: /may not read or write there/,
    })
    // The members forget the tokens that they gave out.
    await cluster.members[0]?.kill()
    await cluster.members[0]?.start()
    await put(store, { a: '2' })
    assert.equal(await textOf(store, 'a'), '2')
  })
})
