import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { key, land, put, readOne, textOf } from '../../../src/storage/contract/harness.ts'
import { seenFile } from '../../../src/storage/etcd/connection/seen.ts'
import { type EtcdOptions, openEtcd } from '../../../src/storage/etcd/store.ts'
import { etcdctl, missingEtcd, startEtcd } from '../../support/etcd.ts'
import { requires } from '../../support/requires.ts'

async function setUp(t: TestContext, members = 1, options: Partial<EtcdOptions> = {}, flags: string[] = []) {
  const cluster = await startEtcd({ members, flags })
  t.after(() => cluster.stop())
  const store = await openEtcd({ endpoints: cluster.urls, node: 'n', attempt: 500, ...options })
  t.after(() => store.close())
  await put(store, { a: '0' })
  const [first] = cluster.members
  assert.ok(first !== undefined)
  return { cluster, store, first }
}

describe('the store on etcd, when servers fail', { ...requires(missingEtcd), concurrency: 3 }, () => {
  it('waits for a server that is stopped for a while', async (t) => {
    const { store, first } = await setUp(t)
    first.signal('SIGSTOP')
    const [reading, writing] = [textOf(store, 'a'), put(store, { b: '1' })]
    // Longer than one try takes.
    setTimeout(() => first.signal('SIGCONT'), 800)
    assert.equal(await reading, '0')
    assert.equal(await readOne(store, 'b', await writing), 'unchanged')
  })

  it('waits for a server that is killed and started again, and has lost nothing', async (t) => {
    const { store, first } = await setUp(t)
    for (let i = 1; i <= 3; i++) {
      const version = await put(store, { a: `${i}` })
      await first.kill()
      const writing = put(store, { [`n/${i}`]: '' })
      await first.start()
      await writing
      assert.equal(await readOne(store, 'a', version), 'unchanged')
    }
    assert.deepEqual((await store.list('n/')).names, ['1', '2', '3'])
  })

  it('goes on without one of three servers, whichever it is, stopped or killed', async (t) => {
    const { cluster, store } = await setUp(t, 3)
    let count = 0
    const work = async () => {
      const version = await put(store, { a: `${++count}`, [`n/${count}`]: '' })
      assert.equal(await readOne(store, 'a', version), 'unchanged')
    }
    for (const [i, member] of cluster.members.entries()) {
      await work()
      const [fail, heal]: [() => unknown, () => unknown] =
        i % 2 === 0
          ? [() => member.kill(), () => member.start()]
          : [() => member.signal('SIGSTOP'), () => member.signal('SIGCONT')]
      await fail()
      await work()
      await work()
      await heal()
      await work()
    }
    assert.equal((await store.list('n/')).names.length, count)
  })

  it('stops serving when etcd comes back with older data', async (t) => {
    const { cluster, store, first } = await setUp(t)
    const data = join(cluster.folder, first.name)
    await first.kill()
    cpSync(data, `${data}.backup`, { recursive: true })
    await first.start()
    const version = await put(store, { a: '1' })
    await first.kill()
    rmSync(data, { recursive: true })
    cpSync(`${data}.backup`, data, { recursive: true })
    await first.start()
    const lost = { code: 'storage_failed', message: /etcd lost data: it is at revision \d+ and was at \d+/ }
    await assert.rejects(readOne(store, 'a', version), lost)
    await assert.rejects(put(store, { b: '1' }), lost)
    await assert.rejects(async () => store.list(''), lost)
    await assert.rejects(async () => store.snapshot().read([key('a')]), lost)
  })

  it('goes on with a restored snapshot once it is told so', async (t) => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'coffer-etcd-test-'))
    t.after(() => rmSync(stateFolder, { recursive: true, force: true }))
    const { cluster, store, first } = await setUp(t, 1, { stateFolder })
    const [snapshot, data] = [join(cluster.folder, 'snapshot'), join(cluster.folder, first.name)]
    etcdctl(cluster, ['snapshot', 'save', snapshot])
    await put(store, { a: '1' })
    await first.kill()
    rmSync(data, { recursive: true })
    const peer = 'http://127.0.0.1:1'
    const made = [`--name=${first.name}`, `--initial-cluster=${first.name}=${peer}`]
    const token = '--initial-cluster-token=restored'
    etcdctl({ urls: [] }, [
      ...['snapshot', 'restore', snapshot, `--data-dir=${data}`],
      ...[...made, `--initial-advertise-peer-urls=${peer}`, token],
    ])
    await first.start()
    const another = { code: 'storage_failed', message: /another etcd cluster answers than before/ }
    await assert.rejects(readOne(store, 'a'), another)
    await store.close()
    const open = () => openEtcd({ endpoints: cluster.urls, node: 'n', stateFolder })
    await assert.rejects(open(), another)
    rmSync(seenFile(stateFolder))
    const restored = await open()
    t.after(() => restored.close())
    assert.equal(await textOf(restored, 'a'), '0')
    await put(restored, { a: '2' })
  })

  it('lets no commit land on older data that has caught up unseen', async (t) => {
    const { cluster, store, first } = await setUp(t)
    const other = await openEtcd({ endpoints: cluster.urls, node: 'other' })
    t.after(() => other.close())
    const data = join(cluster.folder, first.name)
    await first.kill()
    cpSync(data, `${data}.backup`, { recursive: true })
    await first.start()
    await put(store, { a: '1' })
    await first.kill()
    rmSync(data, { recursive: true })
    cpSync(`${data}.backup`, data, { recursive: true })
    await first.start()
    for (let i = 0; i < 20; i++) etcdctl(cluster, ['put', 'elsewhere', `${i}`])
    await assert.rejects(put(store, { b: '1' }), { code: 'storage_failed', message: /etcd lost data/ })
    assert.equal(await textOf(other, 'b'), undefined)
  })

  it('stops serving when its data was removed', async (t) => {
    const { cluster, store } = await setUp(t)
    etcdctl(cluster, ['del', '--prefix', 'coffer/'])
    const gone = { code: 'storage_failed', message: /removed or replaced/ }
    await assert.rejects(put(store, { b: '1' }), gone)
    await assert.rejects(async () => store.read([key('a')]), gone)
  })

  it('says that etcd is out of space, still reads, and writes again once there is space', async (t) => {
    const { cluster, store } = await setUp(t, 1, {}, ['--quota-backend-bytes', `${8 * 1024 * 1024}`])
    const value = new Uint8Array(1024 * 1024 - 100)
    const fill = async () => {
      for (let i = 0; i < 20; i++) await land(store, { put: [{ key: key(`large/${i % 2}`), value }] })
    }
    await assert.rejects(fill(), { code: 'storage_failed', message: /out of space \(alarm NOSPACE\)/ })
    assert.equal(await textOf(store, 'a'), '0')
    await assert.rejects(land(store, { delete: [key('a')] }), /out of space \(alarm NOSPACE\)/)
    assert.match((await store.check()).join(), /etcd is out of space/)
    const { header } = JSON.parse(etcdctl(cluster, ['get', 'none', '-w', 'json']))
    for (const args of [['compact', '--physical', `${header.revision}`], ['defrag'], ['alarm', 'disarm']]) {
      etcdctl(cluster, args)
    }
    await put(store, { a: '1' })
    assert.deepEqual(await store.check(), [])
  })

  it('lets etcd forget old revisions, and a snapshot that needs one says so', async (t) => {
    const { store } = await setUp(t, 1, { history: 100, upkeepInterval: 10 })
    const snapshot = store.snapshot()
    assert.equal(await textOf(snapshot, 'a'), '0')
    const ended = async (): Promise<void> => {
      for (let i = 0; ; i++) {
        await put(store, { a: `${i}` })
        await textOf(snapshot, 'a')
      }
    }
    await assert.rejects(ended(), { code: 'overloaded', message: /compacted meanwhile/ })
    assert.ok(await textOf(store, 'a'))
  })

  it('tells what its check finds: markers without rows, rows without markers, silent members', async (t) => {
    const { cluster, store } = await setUp(t, 3)
    await put(store, { 'f/a': '1', 'f-/x/y': '1', 'f/g/h': '1', 'f/g-/h': '1' })
    assert.deepEqual(await store.check(), [])
    etcdctl(cluster, ['del', 'coffer/rows/001/f/g/'])
    etcdctl(cluster, ['put', 'coffer/rows/000/none/', ''])
    const [one] = cluster.members
    await one?.kill()
    assert.deepEqual(await store.check(), [
      '1 of 3 members of etcd do not answer',
      '1 folders do not show in lists: their markers are missing in etcd',
      '1 markers of folders in etcd have no rows below them',
    ])
  })
})
