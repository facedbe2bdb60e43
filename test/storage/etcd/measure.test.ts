import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { key, land, put, textOf } from '../../../src/storage/contract/harness.ts'
import { type EtcdOptions, openEtcd } from '../../../src/storage/etcd/store.ts'
import { etcdctl, missingEtcd, startEtcd } from '../../support/etcd.ts'
import { listedMetrics, measured } from '../../support/measured.ts'
import { requires } from '../../support/requires.ts'

async function setUp(t: TestContext, members = 1, options: Partial<EtcdOptions> = {}, flags: string[] = []) {
  const cluster = await startEtcd({ members, flags })
  t.after(() => cluster.stop())
  const open = async (node: string) => {
    const store = await openEtcd({ endpoints: cluster.urls, node, attempt: 500, ...options })
    t.after(() => store.close())
    return store
  }
  const store = await open('n')
  await put(store, { a: '0' })
  return { cluster, store, open }
}

const large = new Uint8Array(1024 * 1024 - 100)
const MiB = 1024 * 1024

describe('what a store on etcd measures', requires(missingEtcd), () => {
  it('are those that docs/metrics.md lists: the members that answer, their files and no alarm', async (t) => {
    const { cluster, open, store } = await setUp(t, 3)
    const well = await measured(store.measure)
    for (const endpoint of ['1', '2', '3']) {
      assert.equal(well[`coffer_etcd_up{endpoint="${endpoint}"}`], 1)
      const size = well[`coffer_etcd_database_bytes{endpoint="${endpoint}"}`] ?? 0
      const used = well[`coffer_etcd_database_used_bytes{endpoint="${endpoint}"}`] ?? 0
      assert.ok(used > 0 && used <= size, `${used} of ${size}`)
    }
    assert.equal(well['coffer_etcd_alarm{alarm="nospace"}'], 0)
    assert.equal(well['coffer_etcd_alarm{alarm="corrupt"}'], 0)
    assert.ok((well['coffer_etcd_calls_total{result="answered"}'] ?? 0) >= 3)

    const served = (await store.measure()).map(({ name, kind }) => `${name} ${kind}`)
    assert.deepEqual(served, listedMetrics('A store in etcd'))

    const other = await open('other')
    await cluster.members[1]?.kill()
    const ill = await measured(other.measure)
    assert.equal(ill['coffer_etcd_up{endpoint="1"}'], 1)
    assert.equal(ill['coffer_etcd_up{endpoint="2"}'], 0)
    assert.equal(ill['coffer_etcd_database_bytes{endpoint="2"}'], undefined)
  })

  it('answer while no member does', async (t) => {
    const { cluster, store } = await setUp(t)
    const [only] = cluster.members
    // Stopped, it neither answers nor refuses.
    only?.signal('SIGSTOP')
    const found = await measured(store.measure)
    only?.signal('SIGCONT')
    assert.equal(found['coffer_etcd_up{endpoint="1"}'], 0)
    assert.equal(found['coffer_etcd_alarm{alarm="nospace"}'], undefined)
    assert.ok((found['coffer_etcd_calls_total{result="answered"}'] ?? 0) > 0)
  })

  it('are the alarm of a member that is out of space, and calls that were refused', async (t) => {
    const { store } = await setUp(t, 1, {}, ['--quota-backend-bytes', `${8 * MiB}`])
    const fill = async () => {
      for (let i = 0; i < 20; i++) await land(store, { put: [{ key: key(`large/${i}`), value: large }] })
    }
    await assert.rejects(fill(), /NOSPACE/)
    const found = await measured(store.measure)
    assert.equal(found['coffer_etcd_alarm{alarm="nospace"}'], 1)
    assert.ok((found['coffer_etcd_calls_total{result="refused"}'] ?? 0) > 0)
  })

  it('are the commits whose answer was lost, and calls without an answer', async (t) => {
    const { cluster, store } = await setUp(t)
    const [only] = cluster.members
    only?.signal('SIGSTOP')
    const writing = put(store, { b: '1' })
    const unanswered = async () =>
      (await measured(store.measure))['coffer_etcd_calls_total{result="unanswered"}'] ?? 0
    while ((await unanswered()) === 0) await new Promise(setImmediate)
    only?.signal('SIGCONT')
    await writing
    const found = await measured(store.measure)
    const settled = ['landed', 'not_landed'].map(
      (result) => found[`coffer_store_doubts_total{result="${result}"}`] ?? 0,
    )
    assert.ok(Math.max(...settled) >= 1, `${settled}`)
    assert.equal(found['coffer_store_doubts_total{result="unknown"}'], 0)
    assert.ok((found['coffer_etcd_calls_total{result="unanswered"}'] ?? 0) >= 1)
  })

  it('are the commits of which nothing is known', async (t) => {
    const { cluster, store } = await setUp(t, 1, { attempt: 300, deadline: 1500 })
    const [only] = cluster.members
    only?.signal('SIGSTOP')
    await assert.rejects(put(store, { b: '1' }), /it is not known whether the write landed/)
    only?.signal('SIGCONT')
    const found = await measured(store.measure)
    assert.equal(found['coffer_store_doubts_total{result="unknown"}'], 1)
  })

  it('show a file that is worth defragmenting, and so does the check', async (t) => {
    const { cluster, store, open } = await setUp(t, 1, { smallFile: 4 * MiB })
    for (let i = 0; i < 12; i++) await land(store, { put: [{ key: key('large'), value: large }] })
    assert.deepEqual(await store.check(), [])
    await put(store, { large: 'small' })
    const { header } = JSON.parse(etcdctl(cluster, ['get', 'none', '-w', 'json']))
    etcdctl(cluster, ['compact', '--physical', `${header.revision}`])
    const hint = /^a member of etcd uses \d+ MiB of its file of \d+ MiB: defragment it \(etcdctl defrag\)$/
    // etcd counts what is free anew with what it writes next.
    for (let i = 0; i < 1000 && (await store.check()).length === 0; i++) await put(store, { a: `${i}` })
    assert.match((await store.check()).join(), hint)
    const shares = async (node: string) => {
      const found = await measured((await open(node)).measure)
      const size = found['coffer_etcd_database_bytes{endpoint="1"}'] ?? 0
      return (found['coffer_etcd_database_used_bytes{endpoint="1"}'] ?? 0) / size
    }
    assert.ok((await shares('before')) < 0.5)
    etcdctl(cluster, ['defrag'])
    assert.deepEqual(await store.check(), [])
    assert.ok((await shares('after')) > 0.5)
    assert.equal(await textOf(store, 'large'), 'small')
  })
})
