import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contents, fill, key, land, type Opener, openStore, put, readOne, textOf } from './harness.ts'
import { pagesOf } from './lists.ts'

export function snapshotTests(open: Opener): void {
  describe('a snapshot', () => {
    it('is of the instant of its first read, not of its making', async (t) => {
      const store = await openStore(t, open)
      const snapshot = store.snapshot()
      t.after(() => snapshot.release())
      await put(store, { a: '1' })
      assert.equal(await textOf(snapshot, 'a'), '1')
      await put(store, { a: '2', b: '2' })
      assert.equal(await textOf(snapshot, 'a'), '1')
      assert.equal(await textOf(snapshot, 'b'), undefined)
      assert.equal(await textOf(store, 'a'), '2')
    })

    it('keeps rows, lists and scans as they were, whatever is written', async (t) => {
      const store = await openStore(t, open)
      const before = { 'f/a': '1', 'f/b/x': '2', 'f/c': '3', 'f/d/y': '4', g: '5' }
      await put(store, before)
      const snapshot = store.snapshot()
      t.after(() => snapshot.release())
      assert.deepEqual((await snapshot.list('f/')).names, ['a', 'b/', 'c', 'd/'])

      await put(store, {
        'f/a': 'new',
        'f/a/z': 'new',
        'f/b/w': 'new',
        'f/e': 'new',
        'e/n': 'new',
        'f/b2/n': 'new',
      })
      await land(store, { delete: [key('f/c'), key('f/d/y'), key('g')] })
      assert.deepEqual((await snapshot.list('f/')).names, ['a', 'b/', 'c', 'd/'])
      assert.deepEqual((await snapshot.list('f/b/')).names, ['x'])
      assert.deepEqual((await snapshot.list('f/d/')).names, ['y'])
      assert.deepEqual((await snapshot.list('')).names, ['f/', 'g'])
      assert.deepEqual(await contents(snapshot), before)
      assert.deepEqual(await snapshot.list('f/', { after: 'b/', limit: 1 }), { names: ['c'], more: true })
      assert.deepEqual((await store.list('f/')).names, ['a', 'a/', 'b/', 'b2/', 'e'])
    })

    it('knows versions as they were', async (t) => {
      const store = await openStore(t, open)
      const old = await put(store, { a: '1' })
      const snapshot = store.snapshot()
      t.after(() => snapshot.release())
      assert.equal(await readOne(snapshot, 'a', old), 'unchanged')
      const now = await put(store, { a: '2' })
      assert.equal(await readOne(store, 'a', now), 'unchanged')
      assert.equal(await readOne(snapshot, 'a', old), 'unchanged')
      assert.deepEqual(await readOne(snapshot, 'a', now), await readOne(snapshot, 'a'))
      assert.equal(await textOf(snapshot, 'a'), '1')
    })

    it('stands beside others of other instants', async (t) => {
      const store = await openStore(t, open)
      const snapshots = []
      for (let i = 0; i < 20; i++) {
        await put(store, { counter: `${i}`, [`n/${i}`]: '' })
        const snapshot = store.snapshot()
        snapshots.push(snapshot)
        assert.equal(await textOf(snapshot, 'counter'), `${i}`)
      }
      for (const [i, snapshot] of snapshots.entries()) {
        assert.equal(await textOf(snapshot, 'counter'), `${i}`)
        assert.equal((await snapshot.list('n/')).names.length, i + 1)
        snapshot.release()
      }
    })

    it('can be shared out in any number while nothing is written', async (t) => {
      const store = await openStore(t, open)
      await put(store, { a: '1' })
      const snapshots = Array.from({ length: 1000 }, () => store.snapshot())
      for (const snapshot of snapshots) assert.equal(await textOf(snapshot, 'a'), '1')
      snapshots[0]?.release()
      await put(store, { a: '2' })
      for (const snapshot of snapshots.slice(1)) {
        assert.equal(await textOf(snapshot, 'a'), '1')
        snapshot.release()
      }
      assert.equal(await textOf(store, 'a'), '2')
    })

    it('lists and scans a large folder from its instant while rows are written', async (t) => {
      const store = await openStore(t, open)
      const names = Array.from({ length: 5000 }, (_, i) => `${i + 10_000}`)
      await fill(
        store,
        names.map((name) => `f/${name}`),
      )
      const snapshot = store.snapshot()
      t.after(() => snapshot.release())
      await snapshot.read([key('f/10000')])
      const listing = snapshot.list('f/', { limit: 10_000 })
      const scanning = snapshot.scan('f/', { limit: 10_000 })
      await put(store, { 'f/0': 'new', 'f/12000a': 'new', 'f/z': 'new' })
      await land(store, { delete: [key('f/14999'), key('f/10001')] })
      assert.deepEqual(await listing, { names, more: false })
      assert.deepEqual(
        (await scanning).rows.map((row) => row.key),
        names.map((name) => `f/${name}`),
      )
      assert.deepEqual(await pagesOf(snapshot, 'f/', 1500), names)
    })

    it('can be released twice, and answers nothing afterwards', async (t) => {
      const store = await openStore(t, open)
      await put(store, { a: '1' })
      const [used, unused] = [store.snapshot(), store.snapshot()]
      await used.read([key('a')])
      for (const snapshot of [used, unused]) {
        snapshot.release()
        snapshot.release()
        await assert.rejects(async () => snapshot.read([key('a')]), { code: 'internal' })
        await assert.rejects(async () => snapshot.list(''), { code: 'internal' })
        await assert.rejects(async () => snapshot.scan(''), { code: 'internal' })
      }
      assert.equal(await textOf(store, 'a'), '1')
    })
  })
}
