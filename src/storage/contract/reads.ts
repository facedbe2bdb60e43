import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { maxKeyBytes, maxSegmentBytes, type StorageKey, type Version } from '../store.ts'
import { bytes, key, land, type Opener, openStore, put, readOne, rowOf, textOf } from './harness.ts'

export function readTests(open: Opener): void {
  describe('a read', () => {
    it('answers what was put, in the order that was asked for', async (t) => {
      const store = await openStore(t, open)
      await put(store, { a: '1', 'a/b': '2', c: '3' })
      const rows = await store.read(['c', 'gone', 'a/b', 'c'].map((name) => key(name)))
      assert.deepEqual(
        rows.map((row) => (typeof row === 'object' ? Buffer.from(row.value).toString() : row)),
        ['3', undefined, '2', '3'],
      )
      assert.deepEqual(await store.read([]), [])
    })

    it('answers "unchanged" where the caller knows the version, and the row where it knows another', async (t) => {
      const store = await openStore(t, open)
      const old = await put(store, { a: '1', b: '1' })
      const now = await put(store, { a: '2' })
      const keys = ['a', 'a', 'b', 'b', 'gone'].map((name) => key(name))
      for (const _ of ['cold', 'warm']) {
        const [known, outdated, kept, unknown, gone] = await store.read(keys, [now, old, old, undefined, old])
        assert.equal(known, 'unchanged')
        assert.deepEqual(outdated, { value: bytes('2'), version: now })
        assert.equal(kept, 'unchanged')
        assert.deepEqual(unknown, { value: bytes('1'), version: old })
        assert.equal(gone, undefined)
      }
    })

    it('takes a version that the store never gave for one that differs', async (t) => {
      const store = await openStore(t, open)
      const version = await put(store, { a: '1' })
      for (const odd of [
        '',
        '0',
        'x',
        ' ',
        `${version} `,
        ` ${version}`,
        '-1',
        'NaN',
        '\u{10000}'.repeat(200),
      ]) {
        // What came from elsewhere is no version of this store, whatever its type says.
        assert.deepEqual(await readOne(store, 'a', odd as Version), { value: bytes('1'), version }, odd)
      }
    })

    it('sees that a row went and came back', async (t) => {
      const store = await openStore(t, open)
      const first = await put(store, { a: '1' })
      assert.equal(await readOne(store, 'a', first), 'unchanged')
      await land(store, { delete: [key('a')] })
      assert.equal(await readOne(store, 'a', first), undefined)
      const second = await put(store, { a: '1' })
      assert.deepEqual(await readOne(store, 'a', first), { value: bytes('1'), version: second })
      assert.equal(await readOne(store, 'a', second), 'unchanged')
    })

    it('comes from one instant', async (t) => {
      const store = await openStore(t, open)
      await put(store, { a: '0', b: '0' })
      let done = false
      const writing = (async () => {
        for (let i = 1; i <= 100; i++) await put(store, { a: `${i}`, b: `${i}` })
        done = true
      })()
      while (!done) {
        const [a, b] = await store.read([key('a'), key('b')])
        assert.deepEqual(a, b)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await writing
    })
  })

  describe('a value', () => {
    it('is any bytes, from none to a mebibyte', async (t) => {
      const store = await openStore(t, open)
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      const large = new Uint8Array(1024 * 1024 - 100).map((_, i) => (i * 7919) >> 3)
      for (const value of [new Uint8Array(0), all, large]) {
        const version = await land(store, { put: [{ key: key('a'), value }] })
        const row = await rowOf(store, 'a')
        assert.ok(Buffer.from(row.value).equals(value))
        assert.equal(row.version, version)
      }
    })

    it('is taken as it is at the call, and what is read is the caller’s own', async (t) => {
      const store = await openStore(t, open)
      const value = Buffer.from('xright').subarray(1)
      const committed = land(store, { put: [{ key: key('a'), value }] })
      value.fill(0)
      await committed
      const read = (await rowOf(store, 'a')).value
      assert.deepEqual(read, bytes('right'))
      read.fill(0)
      assert.equal(await textOf(store, 'a'), 'right')
    })
  })

  describe('a key', () => {
    const part = 'é'.repeat(255)
    const longest = `${[part, part, part, part].join('/')}/aaaa`

    it('has up to 2048 bytes, and segments of up to 512', async (t) => {
      const store = await openStore(t, open)
      assert.equal(Buffer.byteLength(longest), maxKeyBytes)
      const widest = 'w'.repeat(maxSegmentBytes)
      await put(store, { [longest]: 'long', [widest]: 'wide', [`${widest}/x`]: 'below' })
      assert.equal(await textOf(store, longest), 'long')
      assert.equal(await textOf(store, widest), 'wide')
      assert.deepEqual((await store.list('')).names, [widest, `${widest}/`, `${part}/`])
    })

    it('that is none is refused, and nothing of its commit is kept', async (t) => {
      const store = await openStore(t, open)
      const odd = [
        '',
        '/',
        '/a',
        'a/',
        'a//b',
        'a\0b',
        '\ud800',
        `${longest}a`,
        'w'.repeat(maxSegmentBytes + 1),
      ]
      for (const text of odd) {
        // The type says that it was checked; the store does not rely on that for what it keeps.
        const rows = [key('good'), text as StorageKey].map((name) => ({ key: name, value: bytes('x') }))
        await assert.rejects(async () => store.commit({ put: rows }), { code: 'invalid_path' })
      }
      assert.deepEqual(await store.scan(''), { rows: [], more: false })
    })

    it('is compared exactly: no case, form or width of letters is folded', async (t) => {
      const store = await openStore(t, open)
      const names = [
        'a',
        'A',
        'ａ',
        'é',
        'e\u{301}',
        'a ',
        ' a',
        'a\n',
        'ß',
        'ss',
        '\u{ffff}',
        '\u{10ffff}',
        '%61',
      ]
      await put(store, Object.fromEntries(names.map((name) => [name, name])))
      for (const name of names) assert.equal(await textOf(store, name), name)
      assert.equal((await store.list('')).names.length, names.length)
    })
  })
}
