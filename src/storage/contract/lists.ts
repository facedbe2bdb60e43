import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareKeys } from '../keys.ts'
import { defaultLimit, type Reader } from '../store.ts'
import { fill, key, land, type Opener, openStore, put } from './harness.ts'

/** All names of a folder, by pages of `limit`. */
export async function pagesOf(reader: Reader, prefix: string, limit: number): Promise<string[]> {
  const names: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await reader.list(prefix, { after, limit })
    assert.ok(page.names.length <= limit)
    names.push(...page.names)
    if (!page.more) return names
    assert.equal(page.names.length, limit)
    after = page.names.at(-1)
  }
}

/** Of several tries the quickest counts: other work on the machine only ever slows one down. */
async function quickest(tries: number, work: () => Promise<void>): Promise<number> {
  let best = Infinity
  for (let i = 0; i < tries; i++) {
    const began = performance.now()
    await work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}

export function listTests(open: Opener): void {
  describe('a list', () => {
    it('names the children of a folder once each, folders with a slash', async (t) => {
      const store = await openStore(t, open)
      await put(store, { 'f/a': '', 'f/b/1': '', 'f/b/2': '', 'f/b/c/3': '', 'f/d/e/f': '', g: '', 'f-': '' })
      assert.deepEqual(await store.list('f/'), { names: ['a', 'b/', 'd/'], more: false })
      assert.deepEqual(await store.list(''), { names: ['f-', 'f/', 'g'], more: false })
      assert.deepEqual(await store.list('f/b/'), { names: ['1', '2', 'c/'], more: false })
    })

    it('of a folder without rows is empty', async (t) => {
      const store = await openStore(t, open)
      await put(store, { a: '', 'b/c': '' })
      for (const prefix of ['a/', 'none/', 'b/c/', 'b/c/d/']) {
        assert.deepEqual(await store.list(prefix), { names: [], more: false })
      }
    })

    it('has a name twice when it is both a row and a folder', async (t) => {
      const store = await openStore(t, open)
      await put(store, { 'f/a': '', 'f/a-': '', 'f/a/b': '', 'f/a0': '' })
      assert.deepEqual((await store.list('f/')).names, ['a', 'a-', 'a/', 'a0'])
    })

    it('is in the order of UTF-8 bytes', async (t) => {
      const store = await openStore(t, open)
      const names = ['\u{1}', ' ', '-', '0', 'A', 'a', 'z', '~', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}']
      const last = ['\u{10000}', '\u{1f600}', '\u{10ffff}', '\u{10ffff}\u{10ffff}']
      await fill(
        store,
        [...names, ...last].toReversed().flatMap((name) => [`f/${name}`, `g/${name}/x`]),
      )
      assert.deepEqual((await store.list('f/')).names, [...names, ...last])
      const folders = [...names, ...last].map((name) => `${name}/`)
      assert.deepEqual((await store.list('g/')).names, folders.toSorted(compareKeys))
    })

    it('follows what is put and deleted', async (t) => {
      const store = await openStore(t, open)
      await put(store, { 'f/a': '', 'f/b/c': '' })
      assert.deepEqual((await store.list('f/')).names, ['a', 'b/'])
      await land(store, { delete: [key('f/a')] })
      assert.deepEqual((await store.list('f/')).names, ['b/'])
      await put(store, { 'f/b': '', 'f/b/d': '' })
      assert.deepEqual((await store.list('f/')).names, ['b', 'b/'])
      await land(store, { delete: [key('f/b/c')] })
      assert.deepEqual((await store.list('f/')).names, ['b', 'b/'])
      await land(store, { delete: [key('f/b/d'), key('f/b')] })
      assert.deepEqual((await store.list('f/')).names, [])
      assert.deepEqual((await store.list('')).names, [])
    })

    it('comes in pages of any size', async (t) => {
      const store = await openStore(t, open)
      const names = Array.from({ length: 150 }, (_, i) => (i % 3 === 0 ? `n${i}/` : `n${i}`))
      await fill(
        store,
        names.flatMap((name) => (name.endsWith('/') ? [`f/${name}a`, `f/${name}b`] : [`f/${name}`])),
      )
      names.sort(compareKeys)
      for (const limit of [1, 2, 7, 64, 149, 150, 151, 5000]) {
        assert.deepEqual(await pagesOf(store, 'f/', limit), names)
      }
      const exact = await store.list('f/', { limit: 150 })
      assert.equal(exact.more, false)
      assert.equal((await store.list('f/', { limit: 149 })).more, true)
    })

    it('goes on behind any text, be it a name or not', async (t) => {
      const store = await openStore(t, open)
      await put(store, {
        'f/a': '',
        'f/b/c': '',
        'f/b/d': '',
        'f/c': '',
        'f/\u{10ffff}': '',
        'f/\u{10ffff}/x': '',
      })
      const last = ['\u{10ffff}', '\u{10ffff}/']
      const behind: Record<string, string[]> = {
        '': ['a', 'b/', 'c', ...last],
        a: ['b/', 'c', ...last],
        'a/': ['b/', 'c', ...last],
        aa: ['b/', 'c', ...last],
        b: ['b/', 'c', ...last],
        'b/': ['c', ...last],
        'b/c': ['c', ...last],
        'b/zzz': ['c', ...last],
        b0: ['c', ...last],
        c: last,
        zzz: last,
        '\u{10ffff}': ['\u{10ffff}/'],
        '\u{10ffff}/': [],
      }
      for (const [after, names] of Object.entries(behind)) {
        assert.deepEqual((await store.list('f/', { after })).names, names, `behind ${JSON.stringify(after)}`)
      }
    })

    it('without a limit has at most 1000 names', async (t) => {
      const store = await openStore(t, open)
      await fill(
        store,
        Array.from({ length: defaultLimit + 1 }, (_, i) => `f/${i}`),
      )
      const { names, more } = await store.list('f/')
      assert.deepEqual([names.length, more], [defaultLimit, true])
      assert.deepEqual(await store.list('f/', { after: names.at(-1) }), { names: ['999'], more: false })
    })

    it('of 10,000 folders takes less than 100 ms, whatever they hold', async (t) => {
      const store = await openStore(t, open)
      const folders = Array.from({ length: 10_000 }, (_, i) => `folder-${i}`)
      await fill(
        store,
        folders.flatMap((folder, i) => {
          const size = i === 7 ? 20_000 : (i % 5) + 1
          return Array.from({ length: size }, (__, n) => `f/${folder}/${n}`)
        }),
      )
      let found = 0
      const time = await quickest(15, async () => {
        // A different limit each time, so that no earlier answer can serve.
        found = (await store.list('f/', { limit: 20_000 + Math.floor(Math.random() * 1e6) })).names.length
      })
      assert.equal(found, 10_000)
      assert.ok(time < 100, `${time.toFixed(1)} ms`)
    })
  })
}
