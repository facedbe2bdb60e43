import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import { bytes, key, land, put, readOne, textOf } from '../../../src/storage/contract/harness.ts'
import { openEtcd } from '../../../src/storage/etcd/store.ts'
import type { Store } from '../../../src/storage/store.ts'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../support/etcd.ts'
import { startProxy, type TcpProxy } from '../../support/proxy.ts'
import { requires } from '../../support/requires.ts'

describe('the store on etcd, when the network fails', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  /** A store behind a proxy, and one that sees etcd as it is. */
  async function setUp(t: TestContext, deadline = 10_000) {
    const [member] = cluster.members
    assert.ok(member !== undefined)
    const proxy = await startProxy(member.port)
    const prefix = `${randomUUID()}/`
    const store = await openEtcd({
      endpoints: [`http://127.0.0.1:${proxy.port}`],
      prefix,
      node: 'behind',
      attempt: 300,
      deadline,
    })
    const plain = await openEtcd({ endpoints: cluster.urls, prefix, node: 'plain' })
    t.after(async () => {
      proxy.accept()
      proxy.treat('pass')
      await store.close()
      await plain.close()
      await proxy.close()
    })
    await put(store, { a: '0' })
    return { proxy, store, plain, prefix }
  }

  const calls: Record<string, (store: Store) => Promise<unknown>> = {
    read: async (store) => assert.equal(await textOf(store, 'a'), '0'),
    list: async (store) => assert.deepEqual((await store.list('')).names, ['a']),
    scan: async (store) => assert.equal((await store.scan('')).rows.length, 1),
    commit: (store) => land(store, { expect: [{ key: key('new'), version: null }], put: [row('new', '1')] }),
  }
  const faults: Record<string, (proxy: TcpProxy) => unknown> = {
    before: (proxy) => proxy.cut(),
    'while it is asked': (proxy) => proxy.next('cut', 'request'),
    'while it is answered': (proxy) => proxy.next('cut', 'answer'),
    'without a word, while it is asked': (proxy) => proxy.next('drop', 'request'),
    'without a word, while it is answered': (proxy) => proxy.next('drop', 'answer'),
  }
  for (const [name, call] of Object.entries(calls)) {
    for (const [when, fault] of Object.entries(faults)) {
      it(`does a ${name} once though the connection is cut ${when}`, async (t) => {
        const { proxy, store, plain } = await setUp(t)
        void fault(proxy)
        await call(store)
        if (name === 'commit') assert.equal(await textOf(plain, 'new'), '1')
        await put(store, { after: '1' })
        assert.equal(await textOf(plain, 'after'), '1')
      })
    }
  }

  it('tells that a commit landed of which the answer was lost, and does not repeat it', async (t) => {
    const { proxy, store, plain } = await setUp(t)
    proxy.treat('drop', 'answer')
    const first = store.commit({ expect: [{ key: key('b'), version: null }], put: [row('b', 'mine')] })
    await until(async () => (await textOf(plain, 'b')) === 'mine')
    // Whoever changes it now must not be overwritten by a second try.
    await put(plain, { b: 'theirs' })
    proxy.treat('pass')
    proxy.cut()
    const result = await first
    assert.ok(result.ok)
    assert.equal(await textOf(store, 'b'), 'theirs')
    assert.equal((await plain.scan('')).rows.length, 2)
  })

  it('tells each of a group of commits by itself what became of it', async (t) => {
    const { proxy, store, plain } = await setUp(t)
    const old = await put(store, { taken: '1', 'f/x': '1' })
    await put(store, { taken: '2' })
    proxy.treat('drop', 'answer')
    const all = Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        store.commit({
          expect: i % 3 === 0 ? [{ key: key('taken'), version: old }] : [],
          put: [row(`f/${i}`, `${i}`)],
        }),
      ),
    )
    await until(async () => (await textOf(plain, 'f/1')) === '1')
    proxy.treat('pass')
    proxy.cut()
    const results = await all
    assert.deepEqual(
      results.map((result) => (result.ok ? 'landed' : result.conflicts[0])),
      Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 'taken' : 'landed')),
    )
    assert.equal((await plain.list('f/')).names.length, 9)
  })

  it('says that nothing is known of a commit when nobody answers, and never lets it land later on', async (t) => {
    const { proxy, store, plain } = await setUp(t, 600)
    proxy.treat('hold', 'request')
    const lost = store.commit({ put: [row('late', '1')] })
    await assert.rejects(lost, { code: 'storage_failed', message: /not known whether the write landed/ })
    proxy.treat('drop', 'request')
    proxy.cut()
    proxy.treat('pass')
    const version = await put(store, { late: '2' })
    await put(store, { other: '1' })
    assert.equal(await readOne(plain, 'late', version), 'unchanged')
  })

  it('lets no commit land that is still on its way when its doubt was settled', async (t) => {
    const { proxy: slow, plain, prefix } = await setUp(t)
    const quick = await startProxy(slow.target)
    t.after(() => quick.close())
    const store = await openEtcd({
      endpoints: [slow, quick].map(({ port }) => `http://127.0.0.1:${port}`),
      prefix: prefix,
      node: 'both',
      attempt: 300,
    })
    t.after(() => store.close())
    slow.treat('hold', 'request')
    const commit = store.commit({ put: [row('b', 'first')] })
    await until(async () => slow.held > 0)
    // That the call was given up does not reach etcd.
    slow.treat('drop', 'request')
    assert.ok((await commit).ok)
    await put(plain, { b: 'second' })
    slow.treat('pass')
    await put(store, { c: '1' })
    assert.equal(await textOf(plain, 'b'), 'second')
    assert.equal(await textOf(store, 'b'), 'second')
  })

  it('refuses what it cannot queue', async (t) => {
    const { proxy, store } = await setUp(t, 1000)
    proxy.treat('hold')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4200 }, (_, i) => store.commit({ put: [row(`q/${i}`, '')] })),
    )
    const codes = outcomes.map((one) => (one.status === 'rejected' ? one.reason.code : 'landed'))
    assert.ok(codes.filter((code) => code === 'overloaded').length >= 104)
    assert.ok(!codes.includes('landed'))
    proxy.treat('pass')
    proxy.cut()
    await put(store, { fine: '1' })
  })
})

const row = (name: string, text: string) => ({ key: key(name), value: bytes(text) })

/** Asks until it is so. */
async function until(so: () => Promise<boolean>): Promise<void> {
  while (!(await so())) await new Promise((resolve) => setImmediate(resolve))
}
