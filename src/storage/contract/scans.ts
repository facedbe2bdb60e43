import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareKeys } from '../keys.ts'
import { defaultLimit } from '../store.ts'
import { bytes, fill, key, type Opener, openStore, put } from './harness.ts'

export function scanTests(open: Opener): void {
  describe('a scan', () => {
    it('answers keys, values and versions below a prefix, in order', async (t) => {
      const store = await openStore(t, open)
      const first = await put(store, { 'f/b': '2', 'f/a/x': '1', f: '0', f0: '9', 'f-': '8' })
      const second = await put(store, { 'f/b/c': '3' })
      assert.deepEqual(await store.scan('f/'), {
        rows: [
          { key: 'f/a/x', value: bytes('1'), version: first },
          { key: 'f/b', value: bytes('2'), version: first },
          { key: 'f/b/c', value: bytes('3'), version: second },
        ],
        more: false,
      })
      const { rows } = await store.scan('')
      assert.deepEqual(
        rows.map((row) => row.key),
        ['f', 'f-', 'f/a/x', 'f/b', 'f/b/c', 'f0'],
      )
      assert.deepEqual(await store.scan('none/'), { rows: [], more: false })
    })

    it('comes in pages, each behind a whole key that need not be there any more', async (t) => {
      const store = await openStore(t, open)
      const names = Array.from({ length: 100 }, (_, i) => `f/${i % 10}/${i}`)
      await fill(store, [...names, 'e', 'g/x', '\u{10ffff}/\u{10ffff}'])
      names.sort(compareKeys)
      for (const limit of [1, 7, 99, 100, 101]) {
        const found: string[] = []
        for (let after: string | undefined; ; ) {
          const page = await store.scan('f/', { after, limit })
          assert.ok(page.rows.length <= limit)
          found.push(...page.rows.map((row) => row.key))
          after = page.rows.at(-1)?.key
          if (!page.more) break
        }
        assert.deepEqual(found, names)
      }
      const keysBehind = async (prefix: string, after: string) =>
        (await store.scan(prefix, { after })).rows.map((row) => row.key)
      assert.deepEqual(await keysBehind('f/', 'f/9/98x'), ['f/9/99'])
      assert.deepEqual(await keysBehind('f/', 'f/9/99'), [])
      assert.equal((await keysBehind('f/', 'a')).length, 100)
      assert.deepEqual(await keysBehind('f/', 'g'), [])
      assert.deepEqual(await keysBehind('', 'g/x'), ['\u{10ffff}/\u{10ffff}'])
      assert.deepEqual(await keysBehind('', '\u{10ffff}/\u{10ffff}'), [])
    })

    it('without a limit has at most 1000 rows', async (t) => {
      const store = await openStore(t, open)
      await fill(
        store,
        Array.from({ length: defaultLimit + 1 }, (_, i) => `f/${i}`),
      )
      const { rows, more } = await store.scan('f/')
      assert.deepEqual([rows.length, more], [defaultLimit, true])
    })

    it('of large values answers pages that fit into memory, and reaches them all', async (t) => {
      const store = await openStore(t, open)
      for (let i = 10; i < 50; i++) {
        await store.commit({
          put: [{ key: key(`f/${i}`), value: new Uint8Array(1024 * 1024 - 100).fill(i) }],
        })
      }
      let largest = 0
      for (const limit of [1000, 30]) {
        const found: number[] = []
        for (let after: string | undefined; ; ) {
          const { rows, more } = await store.scan('f/', { after, limit })
          found.push(...rows.map((row) => row.value[500] as number))
          largest = Math.max(
            largest,
            rows.reduce((sum, row) => sum + row.value.length, 0),
          )
          after = rows.at(-1)?.key
          if (!more) break
        }
        assert.deepEqual(
          found,
          Array.from({ length: 40 }, (_, i) => i + 10),
        )
      }
      assert.ok(largest < 32 * 1024 * 1024, `${largest} bytes`)
    })
  })
}
