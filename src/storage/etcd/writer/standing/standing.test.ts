import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../../../../test/support/etcd.ts'
import { requires } from '../../../../../test/support/requires.ts'
import { bytes, fill, key, land, put, readOne } from '../../../contract/harness.ts'
import type { Commit, CommitResult, Expectation, Store } from '../../../store.ts'
import { readRanges } from '../../reading/ranges.ts'
import { type EtcdStore, openEtcd } from '../../store.ts'
import { openQueue } from '../queue-for-tests.ts'
import { standingOf } from './standing.ts'

describe(
  'a commit to etcd that expects more rows than are compared one by one',
  requires(missingEtcd),
  () => {
    let cluster: EtcdCluster
    before(async () => {
      cluster = await startEtcd()
    })
    after(() => cluster.stop())

    const names = Array.from({ length: 400 }, (_, i) => `near/r${i}`)
    /** One of those that are compared together, with what lies between it and the next one. */
    const middle = 'near/r250'

    type Between = (store: EtcdStore, tries: number) => Promise<void>

    /** A store with the rows, and a queue of another process that does something each time before it sends a commit. */
    async function prepare(t: TestContext, between: Between) {
      const prefix = `${randomUUID()}/`
      const store = await openEtcd({ endpoints: cluster.urls, prefix, node: 'other' })
      t.after(() => store.close())
      await fill(store, names)

      async function open(node: string, before: Between) {
        let sent = 0
        const { queue, calls, layout } = await openQueue(
          t,
          { urls: cluster.urls, prefix, node },
          (once) => async (work, tries) => {
            await before(store, ++sent)
            return once(work, tries)
          },
        )
        return { queue, calls, layout, sent: () => sent }
      }
      return { store, open, ...(await open('own', between)) }
    }

    async function expectationsOf(store: Store, more: readonly string[]): Promise<Expectation[]> {
      const keys = [...names, ...more].map(key)
      const rows = await store.read(keys)
      return rows.map((row, i) => ({
        key: keys[i] ?? key(''),
        version: typeof row === 'object' ? row.version : null,
      }))
    }
    const out = [{ key: key('near/out'), value: bytes('1') }]
    const elsewhere = Array.from({ length: 90 }, (_, i) => key(`elsewhere/${i}/never`))

    const breaking: readonly (readonly [string, Commit, string])[] = [
      ['changed', { put: [{ key: key(middle), value: bytes('2') }] }, middle],
      ['deleted', { delete: [key(middle)] }, middle],
      ['deleted among many', { delete: [key(middle), ...elsewhere] }, middle],
      ['the first, changed', { put: [{ key: key('near/r0'), value: bytes('2') }] }, 'near/r0'],
      ['the first, deleted', { delete: [key('near/r0')] }, 'near/r0'],
      ['the last, changed', { put: [{ key: key('near/r99'), value: bytes('2') }] }, 'near/r99'],
      ['made', { put: [{ key: key('near/r250-made'), value: bytes('2') }] }, 'near/r250-made'],
    ]
    for (const [what, change, row] of breaking) {
      it(`is refused when a row was ${what} after it was looked at`, async (t) => {
        const { store, queue } = await prepare(t, async (other, tries) => {
          if (tries === 1) await land(other, change)
        })
        const expect = await expectationsOf(store, ['near/r250-made'])
        const result: CommitResult = await queue.commit({ expect, put: out })
        assert.deepEqual(result, { ok: false, conflicts: [row] })
        assert.equal(await readOne(store, 'near/out'), undefined)
      })
    }

    it('is refused when a row was deleted by another such commit after it was looked at', async (t) => {
      const { store, queue } = await prepare(t, async (other, tries) => {
        if (tries === 1) await land(other, { expect, delete: [key(middle)] })
      })
      const expect = await expectationsOf(store, [])
      assert.deepEqual(await queue.commit({ expect, put: out }), { ok: false, conflicts: [middle] })
    })

    it('is refused by the names of all that is not as expected, whichever was compared by itself', async (t) => {
      const { store, queue } = await prepare(t, async (other, tries) => {
        if (tries > 1) return
        await put(other, { 'near/r0': '2', [middle]: '2', 'taken/a': '1' })
        await land(other, { delete: [key('near/r251')] })
      })
      const expect = await expectationsOf(store, [])
      const result = await queue.commit({ expect, expectEmpty: ['taken/', 'free/'], put: out })
      assert.ok(!result.ok)
      assert.deepEqual([...result.conflicts].sort(), ['near/r0', middle, 'near/r251', 'taken/'])
    })

    it('is refused by a prefix that is not empty, also the topmost, without being sent', async (t) => {
      const { store, queue, sent } = await prepare(t, async () => undefined)
      const expect = await expectationsOf(store, [])
      const result = await queue.commit({ expect, expectEmpty: ['near/', '', 'free/'], put: out })
      assert.deepEqual(result, { ok: false, conflicts: ['near/', ''] })
      assert.equal(sent(), 0)
    })

    it('lands beside another one that was refused and would have deleted from the folder', async (t) => {
      const deleting = Promise.withResolvers<void>()
      const looked = Promise.withResolvers<void>()
      const { store, queue, open } = await prepare(t, async (other, tries) => {
        if (tries === 1) {
          await put(other, { 'near/r250-else': '1' })
          second = later.queue.commit({ expect, put: out })
          await looked.promise
          return
        }
        deleting.resolve()
        await second
      })
      const later = await open('later', async () => {
        looked.resolve()
        await deleting.promise
      })
      let second: Promise<CommitResult> | undefined
      const expect = await expectationsOf(store, [])
      assert.ok((await queue.commit({ expect, delete: [key('near/never')] })).ok)
      assert.ok((await second)?.ok)
      assert.equal(later.sent(), 1)
    })

    it('lands once each though very many stand in the way of each other', async (t) => {
      const { store, queue, sent } = await prepare(t, async () => undefined)
      const expect = await expectationsOf(store, [])
      const many = 10
      const results = await Promise.all(
        Array.from({ length: many }, (_, i) =>
          queue.commit({ expect, put: [{ key: key(`near/r250-${i}`), value: bytes('1') }] }),
        ),
      )
      assert.ok(results.every(({ ok }) => ok))
      assert.ok(sent() <= 3 * many, `sent ${sent()} times`)
    })

    it('may expect rows of very many folders', async (t) => {
      const spread = Array.from({ length: 300 }, (_, i) => `spread/${i}/r`)
      const { store, queue, sent } = await prepare(t, async (other, tries) => {
        if (tries === 2) await land(other, { delete: [key('spread/250/r')] })
      })
      await fill(store, spread)
      const expect = await expectationsOf(store, spread)
      assert.ok((await queue.commit({ expect, put: out })).ok)
      const result = await queue.commit({ expect, put: out })
      assert.deepEqual(result, { ok: false, conflicts: ['spread/250/r'] })
      assert.equal(sent(), 2)
    })

    it('may not expect rows that lie among more others than etcd can look through', async (t) => {
      const { store, calls, layout } = await prepare(t, async () => undefined)
      await fill(
        store,
        names.slice(0, 200).map((name) => `${name}-else`),
      )
      const rows = names.map((name) => ({ name, key: layout.row(name) }))
      const { answers } = await readRanges(
        calls,
        rows.map(({ key: at }) => ({ from: at, to: `${at}\0`, limit: 1 })),
        0n,
      )
      const expect = rows.map((row, i) => ({ ...row, revision: answers[i]?.kvs[0]?.modRevision ?? 0n }))
      const look = (mostCompared: number) =>
        standingOf({ calls, layout, mostCompared }, { expect, expectEmpty: [] }, 2)
      assert.equal('conflicts' in (await look(599)), false)
      await assert.rejects(look(598), { code: 'storage_limit' })
    })

    it('lands with a further try when something else has changed in the folder', async (t) => {
      const { store, queue, sent } = await prepare(t, async (other, tries) => {
        if (tries === 1) await put(other, { 'near/r250-else': '1' })
        if (tries === 2) await land(other, { delete: [key('near/r250-else')] })
      })
      const expect = await expectationsOf(store, [])
      assert.equal((await queue.commit({ expect, put: out })).ok, true)
      assert.equal(sent(), 3)
    })

    it('lands at once when something has changed or gone in other folders', async (t) => {
      const { store, queue, sent } = await prepare(t, async (other) => {
        await put(other, { 'far/a': '1', 'near-by': '1', 'near/deeper/a': '1' })
        await land(other, { delete: [key('far/a'), ...elsewhere] })
      })
      const expect = await expectationsOf(store, [])
      assert.equal((await queue.commit({ expect, put: out })).ok, true)
      assert.equal(sent(), 1)
    })

    it('leaves the markers of folders as they are when it puts few rows', async (t) => {
      const { store, queue, calls, layout } = await prepare(t, async () => undefined)
      const marker = async () => {
        const at = layout.marker('near/')
        const { answers } = await readRanges(calls, [{ from: at, to: `${at}\0`, limit: 1 }], 0n)
        return answers[0]?.kvs[0]?.modRevision
      }
      const expect = await expectationsOf(store, [])
      assert.ok((await queue.commit({ expect, put: out })).ok)
      const before = await marker()
      assert.ok((await queue.commit({ expect, put: out })).ok)
      assert.equal(await marker(), before)
    })

    it('puts the markers of folders anew, since there is no room to compare them', async (t) => {
      const folders = Array.from({ length: 100 }, (_, i) => `many/${i}`)
      const row = (folder: string, name: string) => ({
        key: key(`${folder}/deep/${name}`),
        value: bytes('1'),
      })
      const { store, queue } = await prepare(t, async (other, tries) => {
        if (tries === 2) await land(other, { delete: folders.map((folder) => row(folder, 'a').key) })
      })
      assert.ok((await queue.commit({ put: folders.map((folder) => row(folder, 'a')) })).ok)
      const others = Array.from({ length: 30 }, (_, i) => `far/${i}/none`)
      const expect = await expectationsOf(store, others)
      assert.ok((await queue.commit({ expect, put: folders.map((folder) => row(folder, 'b')) })).ok)
      assert.equal((await store.list('many/')).names.length, 100)
      assert.deepEqual((await store.list('many/7/deep/')).names, ['b'])
      assert.deepEqual(await store.check(), [])
    })

    it('may delete from as many folders as any other', async (t) => {
      const { store, queue } = await prepare(t, async () => undefined)
      const gone = Array.from({ length: 100 }, (_, i) => `gone/${i}/deep/r`)
      const left = gone.map((name) => `${name}-left`)
      await fill(store, [...gone, ...left])
      assert.ok((await queue.commit({ expect: await expectationsOf(store, gone), delete: gone.map(key) })).ok)
      assert.deepEqual((await store.list('gone/99/deep/')).names, ['r-left'])
      const last = left.slice(1)
      assert.ok((await queue.commit({ expect: await expectationsOf(store, left), delete: last.map(key) })).ok)
      assert.deepEqual((await store.list('gone/')).names, ['0/'])
      assert.deepEqual(await store.check(), [])
    })
  },
)
