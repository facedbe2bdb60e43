import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Expectation, Store, Version } from '../store.ts'
import {
  bytes,
  contents,
  fill,
  key,
  land,
  type Opener,
  openStore,
  put,
  readOne,
  rowOf,
  textOf,
} from './harness.ts'

export function commitTests(open: Opener): void {
  describe('a commit', () => {
    it('puts and deletes, deletes first', async (t) => {
      const store = await openStore(t, open)
      await put(store, { a: '1', b: '2', c: '3' })
      const change = { key: key('b'), value: bytes('4') }
      await land(store, { put: [change], delete: [key('a'), key('b'), key('never')] })
      assert.deepEqual(await contents(store), { b: '4', c: '3' })
    })

    it('of nothing lands', async (t) => {
      const store = await openStore(t, open)
      await land(store, {})
      await land(store, { expect: [], expectEmpty: [], put: [], delete: [] })
      assert.deepEqual(await contents(store), {})
    })

    it('gives all its rows one version, and leaves those of others', async (t) => {
      const store = await openStore(t, open)
      const first = await put(store, { a: '1', b: '1' })
      const second = await put(store, { b: '2', c: '2' })
      const versions = [await rowOf(store, 'a'), await rowOf(store, 'b'), await rowOf(store, 'c')]
      assert.deepEqual(
        versions.map(({ version }) => version),
        [first, second, second],
      )
    })

    it('never gives a key a version that it has had', async (t) => {
      const store = await openStore(t, open)
      const seen = new Set<Version>()
      for (let i = 0; i < 20; i++) {
        seen.add(await put(store, { a: 'same' }))
        if (i % 3 === 0) await land(store, { delete: [key('a')] })
        if (i % 5 === 0)
          await store.commit({ expect: [{ key: key('none'), version: [...seen][0] as Version }] })
      }
      assert.equal(seen.size, 20)
    })

    it('is seen by the next read', async (t) => {
      const store = await openStore(t, open)
      for (let i = 0; i < 50; i++) {
        const version = await put(store, { a: `${i}`, [`b/${i}`]: 'x' })
        assert.deepEqual(await rowOf(store, 'a'), { value: bytes(`${i}`), version })
        assert.equal((await store.list('b/')).names.length, i + 1)
      }
    })
  })

  describe('an expectation', () => {
    it('holds while the row has the version, or while there is none', async (t) => {
      const store = await openStore(t, open)
      const a = key('a')
      const first = await land(store, {
        expect: [{ key: a, version: null }],
        put: [{ key: a, value: bytes('1') }],
      })
      const second = await land(store, {
        expect: [
          { key: a, version: first },
          { key: key('b'), version: null },
        ],
        put: [{ key: a, value: bytes('2') }],
      })
      await land(store, { expect: [{ key: a, version: second }], delete: [a] })
      await land(store, { expect: [{ key: a, version: null }] })
    })

    it('that fails writes nothing and names every key that is not as expected', async (t) => {
      const store = await openStore(t, open)
      const old = await put(store, { changed: '1', deleted: '1', exists: '1' })
      const now = await put(store, { changed: '2', kept: '2' })
      await land(store, { delete: [key('deleted')] })
      const before = await contents(store)
      const result = await store.commit({
        expect: [
          { key: key('changed'), version: old },
          { key: key('kept'), version: now },
          { key: key('deleted'), version: old },
          { key: key('never'), version: null },
          { key: key('exists'), version: null },
        ],
        put: [
          { key: key('kept'), value: bytes('3') },
          { key: key('new'), value: bytes('3') },
        ],
        delete: [key('exists')],
      })
      assert.equal(result.ok, false)
      assert.deepEqual(result.ok ? [] : [...result.conflicts].sort(), ['changed', 'deleted', 'exists'])
      assert.deepEqual(await contents(store), before)
      assert.equal(await readOne(store, 'kept', now), 'unchanged')
    })

    it('of a version from elsewhere fails', async (t) => {
      const store = await openStore(t, open)
      const version = await put(store, { a: '1' })
      for (const odd of ['', '0', '-1', 'x', `${version}0`, 'null']) {
        // No version of this store, whatever its type says.
        const expect = [{ key: key('a'), version: odd as Version }]
        assert.deepEqual(await store.commit({ expect, delete: [key('a')] }), { ok: false, conflicts: ['a'] })
        const absent = [{ key: key('none'), version: odd as Version }]
        assert.deepEqual(await store.commit({ expect: absent }), { ok: false, conflicts: ['none'] })
      }
    })

    it('of an empty folder fails while any row lies below it, however deep', async (t) => {
      const store = await openStore(t, open)
      await put(store, { 'a/b/c': '1', ab: '1', 'a-': '1' })
      const add = [{ key: key('new'), value: bytes('1') }]
      const refused = await store.commit({ expectEmpty: ['a/', 'x/', 'a/b/'], put: add })
      assert.equal(refused.ok, false)
      assert.deepEqual(refused.ok ? [] : [...refused.conflicts].sort(), ['a/', 'a/b/'])
      assert.equal(await textOf(store, 'new'), undefined)

      await land(store, { expectEmpty: ['a/b/c/', 'ab/', 'b/'] })
      assert.equal((await store.commit({ expectEmpty: [''] })).ok, false)
      await land(store, { delete: [key('a/b/c')] })
      await land(store, { expectEmpty: ['a/'], put: [{ key: key('a/d'), value: bytes('1') }] })
      await land(store, { delete: [key('a/d'), key('ab'), key('a-')] })
      await land(store, { expectEmpty: [''], put: add })
    })
  })

  describe('commits at the same time', () => {
    it('that expect the same row let one win', async (t) => {
      const store = await openStore(t, open)
      const version = await put(store, { a: 'start' })
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          store.commit({
            expect: [{ key: key('a'), version }],
            put: [{ key: key('a'), value: bytes(`${i}`) }],
          }),
        ),
      )
      const winners = results.flatMap((result, i) => (result.ok ? [i] : []))
      assert.equal(winners.length, 1)
      assert.equal(await textOf(store, 'a'), `${winners[0]}`)
      for (const result of results) if (!result.ok) assert.deepEqual(result.conflicts, ['a'])
    })

    it('that each expect what another one writes land as if one came after the other', async (t) => {
      const store = await openStore(t, open)
      await put(store, { 'f/here': '' })
      for (let i = 0; i < 10; i++) {
        const [a, b] = [key(`f/a${i}`), key(`f/b${i}`)]
        const results = await Promise.all([
          store.commit({ expect: [{ key: b, version: null }], put: [{ key: a, value: bytes('') }] }),
          store.commit({ expect: [{ key: a, version: null }], put: [{ key: b, value: bytes('') }] }),
        ])
        assert.equal(results.filter(({ ok }) => ok).length, 1)
      }
    })

    it('that expect the same folder to be empty let one win', async (t) => {
      const store = await openStore(t, open)
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.commit({ expectEmpty: ['f/'], put: [{ key: key(`f/${i}`), value: bytes('') }] }),
        ),
      )
      assert.equal(results.filter(({ ok }) => ok).length, 1)
      assert.equal((await store.list('f/')).names.length, 1)
    })

    it('stand or fall each alone', async (t) => {
      const store = await openStore(t, open)
      await put(store, { taken: '1' })
      const results = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          store.commit({
            expect: i % 3 === 0 ? [{ key: key('taken'), version: null }] : [],
            put: [{ key: key(`n/${i}`), value: bytes(`${i}`) }],
          }),
        ),
      )
      results.forEach((result, i) => {
        assert.equal(result.ok, i % 3 !== 0)
      })
      assert.equal((await store.list('n/')).names.length, 40)
    })

    it('lose no update when each is tried until it lands', async (t) => {
      const store = await openStore(t, open)
      await put(store, { counter: '0' })
      const increment = async (): Promise<void> => {
        for (;;) {
          const { value, version } = await rowOf(store, 'counter')
          const next = bytes(`${Number(Buffer.from(value)) + 1}`)
          const expect = [{ key: key('counter'), version }]
          if ((await store.commit({ expect, put: [{ key: key('counter'), value: next }] })).ok) return
        }
      }
      await Promise.all(Array.from({ length: 20 }, increment))
      assert.equal(await textOf(store, 'counter'), '20')
    })
  })

  describe('a commit that expects very many rows', () => {
    /** Rows in one folder and some in others, with what a commit expects of them: most are there, some are not. */
    async function manyExpected(store: Store, count: number) {
      const names = Array.from({ length: count }, (_, i) =>
        i % 10 === 9 ? `far/${i % 100}/r${i}` : `near/r${i}`,
      )
      const absent = names.filter((_, i) => i % 7 === 3)
      await fill(
        store,
        names.filter((name) => !absent.includes(name)),
      )
      const rows = await store.read(names.map(key))
      return {
        names,
        absent,
        expect: rows.map((row, i): Expectation => {
          const version = typeof row === 'object' ? row.version : null
          return { key: key(names[i] ?? ''), version }
        }),
      }
    }
    const write = { put: [{ key: key('near/out'), value: bytes('1') }], delete: [key('near/r0')] }

    it('lands when all are as they were, and writes as any other', async (t) => {
      const store = await openStore(t, open)
      const { expect } = await manyExpected(store, 1500)
      await land(store, { expect, ...write })
      assert.equal(await textOf(store, 'near/out'), '1')
      assert.equal(await textOf(store, 'near/r0'), undefined)
      await land(store, {
        expect: expect.slice(1),
        put: Array.from({ length: store.limits.keysPerCommit }, (_, i) => ({
          key: key(`new/${i}/deep/r`),
          value: bytes('2'),
        })).slice(0, 100),
      })
      assert.equal((await store.list('new/')).names.length, 100)
      assert.deepEqual((await store.list('new/99/')).names, ['deep/'])
    })

    it('is refused, and names the row, when one was changed, deleted, made or made anew', async (t) => {
      const store = await openStore(t, open)
      const { expect, absent, names } = await manyExpected(store, 400)
      const there = names.filter((name) => !absent.includes(name))
      const near = there.filter((name) => name.startsWith('near/'))
      const far = there.filter((name) => name.startsWith('far/'))
      const cases: [string, () => Promise<unknown>][] = []
      for (const list of [near, far]) {
        const [first, second, third] = list.slice(5)
        assert.ok(first !== undefined && second !== undefined && third !== undefined)
        cases.push([first, () => put(store, { [first]: 'x' })])
        cases.push([second, () => land(store, { delete: [key(second)] })])
        cases.push([
          third,
          async () => {
            await land(store, { delete: [key(third)] })
            await put(store, { [third]: 'x' })
          },
        ])
      }
      for (const name of absent.slice(0, 2)) cases.push([name, () => put(store, { [name]: 'x' })])
      const conflicts: string[] = []
      for (const [name, change] of cases) {
        await change()
        conflicts.push(name)
        const result = await store.commit({ expect, ...write })
        assert.ok(!result.ok)
        assert.deepEqual([...result.conflicts].sort(), conflicts.toSorted(), name)
      }
      assert.equal(await textOf(store, 'near/out'), undefined)
      assert.equal(await textOf(store, 'near/r0'), 'x')
    })
  })

  describe('the limits of a commit', () => {
    const rows = (count: number, value: Uint8Array) =>
      Array.from({ length: count }, (_, i) => ({ key: key(`row/${i}`), value }))

    it('are at least 100 keys and a mebibyte', async (t) => {
      const store = await openStore(t, open)
      assert.ok(store.limits.keysPerCommit >= 100)
      assert.ok(store.limits.bytesPerCommit >= 1024 * 1024)
      await land(store, { put: rows(100, new Uint8Array(10_400)) })
      assert.equal((await store.list('row/')).names.length, 100)
    })

    it('count puts, deletes and prefixes together, and expectations by themselves', async (t) => {
      const store = await openStore(t, open)
      const { keysPerCommit: most, expectationsPerCommit: mostExpected } = store.limits
      assert.ok(mostExpected >= 2000)
      const expect = Array.from({ length: mostExpected }, () => ({ key: key('none'), version: null }))
      const full = { expect, expectEmpty: ['none/'], put: rows(most - 2, bytes('1')), delete: [key('none')] }
      await land(store, full)
      for (const more of [
        { ...full, expect: [...expect, ...expect.slice(0, 1)] },
        { ...full, expectEmpty: ['none/', 'never/'] },
        { ...full, put: rows(most - 1, bytes('2')) },
        { ...full, delete: [key('none'), key('never')] },
      ]) {
        await assert.rejects(async () => store.commit(more), { code: 'storage_limit' })
      }
      assert.equal(await textOf(store, 'row/0'), '1')
    })

    it('count the bytes of keys and values, and what is larger is refused whole', async (t) => {
      const store = await openStore(t, open)
      const most = store.limits.bytesPerCommit
      const value = (size: number) => new Uint8Array(size).fill(1)
      const split = (size: number) => [
        { key: key('a'), value: value(size - 10) },
        { key: key('b'), value: value(8) },
      ]
      await refusedAndWhole(store, { put: split(most + 1) })
      await refusedAndWhole(store, { put: [{ key: key('small'), value: value(1) }, ...split(most)] })
      await land(store, { put: split(most) })
      assert.equal((await rowOf(store, 'a')).value.length, most - 10)
    })

    async function refusedAndWhole(store: Store, commit: Parameters<Store['commit']>[0]): Promise<void> {
      await assert.rejects(async () => store.commit(commit), { code: 'storage_limit' })
      assert.deepEqual(await store.scan(''), { rows: [], more: false })
    }
  })
}
