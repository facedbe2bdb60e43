import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import { bytes, fill, key, land, put } from '../../../src/storage/contract/harness.ts'
import { openEtcd } from '../../../src/storage/etcd/store.ts'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../support/etcd.ts'
import { requires } from '../../support/requires.ts'

describe('calls to etcd', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  const storeFor = async (t: TestContext) => {
    const store = await openEtcd({ endpoints: cluster.urls, prefix: `${randomUUID()}/`, node: 'n' })
    t.after(() => store.close())
    return store
  }

  /** How many calls etcd itself has counted while `work` ran. */
  async function callsOf(work: () => Promise<unknown>): Promise<number> {
    const before = await counted(cluster.urls[0])
    await work()
    return (await counted(cluster.urls[0])) - before
  }

  it('are one for a read of many keys, known or not, and two where one transaction cannot hold them', async (t) => {
    const store = await storeFor(t)
    const names = Array.from({ length: 129 }, (_, i) => `r/${i}`)
    await fill(store, names)
    const keys = names.map((name) => key(name))
    assert.equal(await callsOf(async () => store.read(keys.slice(1))), 1)
    const rows = await store.read(keys.slice(1))
    const known = rows.map((row) => (typeof row === 'object' ? row.version : undefined))
    const again = async () =>
      assert.ok((await store.read(keys.slice(1), known)).every((row) => row === 'unchanged'))
    assert.equal(await callsOf(again), 1)
    assert.equal(await callsOf(async () => store.read(keys)), 2)
  })

  it('are shared by reads at the same time', async (t) => {
    const store = await storeFor(t)
    await put(store, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r/${i}`, `${i}`])))
    const reads = () =>
      Promise.all(Array.from({ length: 100 }, (_, i) => store.read([key(`r/${i % 20}`), key('r/0')])))
    assert.equal(await callsOf(reads), 1)
    const found = await reads()
    for (const [i, [row]] of found.entries()) {
      assert.ok(typeof row === 'object')
      assert.deepEqual(row.value, bytes(`${i % 20}`))
    }
  })

  it('are one for a list, and one for a commit with expectations, whether it lands or not', async (t) => {
    const store = await storeFor(t)
    const version = await put(store, { 'f/a': '1' })
    assert.equal(await callsOf(() => store.list('f/')), 1)
    const commit = { expect: [{ key: key('f/a'), version }], put: [{ key: key('f/a'), value: bytes('2') }] }
    assert.equal(await callsOf(() => land(store, commit)), 1)
    assert.equal(
      await callsOf(async () =>
        assert.deepEqual(await store.commit(commit), { ok: false, conflicts: ['f/a'] }),
      ),
      1,
    )
  })

  it('are one for a delete in a folder of which another row is known', async (t) => {
    const store = await storeFor(t)
    await put(store, { 'f/a': '', 'f/b': '' })
    assert.equal(await callsOf(() => land(store, { delete: [key('f/b')] })), 1)
    assert.equal(await callsOf(() => land(store, { delete: [key('f/a')] })), 2)
  })

  it('are shared by commits of different keys at the same time', async (t) => {
    const store = await storeFor(t)
    await put(store, { 'f/x': '1' })
    const commits = () =>
      Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          land(store, { put: [{ key: key(`f/${i}`), value: bytes('') }] }),
        ),
      )
    const calls = await callsOf(commits)
    assert.ok(calls <= 4, `${calls} calls`)
    assert.equal((await store.list('f/')).names.length, 61)
  })
})

/** Calls of the key-value service that a member has answered. */
async function counted(url: string | undefined): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.matchAll(/^grpc_server_started_total\{.*grpc_service="etcdserverpb\.KV".*\} (\d+)$/gm)
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0)
}
