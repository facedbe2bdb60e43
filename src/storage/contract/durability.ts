import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytes, contents, key, land, type Opener, opened, put, readOne, rowOf, textOf } from './harness.ts'

export function durabilityTests(open: Opener): void {
  describe('closing', () => {
    it('waits for what was committed, and refuses what comes after', async (t) => {
      const { store } = await opened(t, open)
      const waiting = Array.from({ length: 20 }, (_, i) => put(store, { [`a/${i}`]: 'x' }))
      const closed = store.close()
      assert.equal(new Set(await Promise.all(waiting)).size, 20)
      await closed
      await assert.rejects(async () => put(store, { b: '1' }), { code: 'storage_failed' })
      await assert.rejects(async () => store.read([key('a/1')]), { code: 'storage_failed' })
      await assert.rejects(async () => store.list(''), { code: 'storage_failed' })
      await assert.rejects(async () => store.scan(''), { code: 'storage_failed' })
      await assert.rejects(async () => store.snapshot().read([key('a/1')]), { code: 'storage_failed' })
      await store.close()
    })

    it('keeps everything, and goes on with new versions', async (t) => {
      const { store, reopen } = await opened(t, open)
      if (reopen === undefined) return
      const seen = [await put(store, { a: '1', 'b/c': '2' }), await put(store, { a: '3' })]
      const again = await reopen()
      assert.deepEqual(await contents(again), { a: '3', 'b/c': '2' })
      assert.equal(await readOne(again, 'a', seen[1]), 'unchanged')
      assert.equal((await rowOf(again, 'b/c')).version, seen[0])
      seen.push(await put(again, { a: '4' }), await put(again, { d: '5' }))
      assert.equal(new Set(seen).size, 4)
    })
  })

  describe('two handles on the same data', () => {
    it('see each other’s commits at once', async (t) => {
      const { store, second } = await opened(t, open)
      if (second === undefined) return
      const other = await second()
      for (let i = 0; i < 30; i++) {
        const [writer, reader] = i % 2 === 0 ? [store, other] : [other, store]
        const version = await put(writer, { a: `${i}`, [`n/${i}`]: '' })
        assert.deepEqual(await rowOf(reader, 'a'), { value: bytes(`${i}`), version })
        assert.equal((await reader.list('n/')).names.length, i + 1)
        assert.equal(await readOne(reader, 'a', version), 'unchanged')
      }
    })

    it('hold each other to what they expect', async (t) => {
      const { store, second } = await opened(t, open)
      if (second === undefined) return
      const other = await second()
      const version = await put(store, { a: '1' })
      const expect = [{ key: key('a'), version }]
      await land(other, { expect, put: [{ key: key('a'), value: bytes('2') }] })
      const late = await store.commit({ expect, put: [{ key: key('a'), value: bytes('3') }] })
      assert.deepEqual(late, { ok: false, conflicts: ['a'] })
      assert.equal(await textOf(store, 'a'), '2')
    })

    it('work on when one is closed, in either order', async (t) => {
      const { store, second } = await opened(t, open)
      if (second === undefined) return
      const [other, third] = [await second(), await second()]
      await put(other, { a: '1' })
      await store.close()
      await put(other, { a: '2' })
      assert.equal(await textOf(third, 'a'), '2')
      await put(third, { a: '3' })
      await third.close()
      await put(other, { a: '4' })
      assert.equal(await textOf(other, 'a'), '4')
    })
  })
}
