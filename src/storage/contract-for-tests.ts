import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isFailure } from '../base/errors.ts'
import type { Commit, CommitResult, StorageKey, Store, Version } from './store.ts'

/**
 * The storage contract as tests: every implementation passes all of them.
 *
 * @param open makes an empty store
 */
export function storageContract(name: string, open: () => Promise<Store>): void {
  describe(`the storage contract, ${name}`, () => {
    let store: Store
    let folder = 0
    /** A key that no other test uses. */
    const fresh = () => `t${++folder}/`
    const key = (text: string) => text as StorageKey
    const bytes = (text: string) => Buffer.from(text)

    before(async () => {
      store = await open()
    })
    after(() => store.close())

    async function write(...rows: [string, string][]): Promise<Version> {
      return landed(await store.commit({ put: rows.map(([k, v]) => ({ key: key(k), value: bytes(v) })) }))
    }
    const landed = (result: CommitResult): Version =>
      result.ok ? result.version : assert.fail(`conflict at ${result.conflicts.join()}`)
    const one = async (k: string, known?: Version) => (await store.read([key(k)], [known]))[0]
    async function value(k: string): Promise<string | undefined> {
      const row = await one(k)
      assert.notEqual(row, 'unchanged')
      return typeof row === 'object' ? Buffer.from(row.value).toString() : undefined
    }

    test('a row that was written is read with its version, and one that was not is absent', async () => {
      const at = fresh()
      const version = await write([`${at}a`, 'x'])
      const [found, missing] = await store.read([key(`${at}a`), key(`${at}b`)])
      assert.ok(typeof found === 'object')
      assert.equal(Buffer.from(found.value).toString(), 'x')
      assert.equal(found.version, version)
      assert.equal(missing, undefined)
    })

    test('a version that is still right is answered without the value', async () => {
      const at = fresh()
      const version = await write([`${at}a`, 'x'])
      for (let again = 0; again < 3; again++) assert.equal(await one(`${at}a`, version), 'unchanged')
      const next = await write([`${at}a`, 'y'])
      const found = await one(`${at}a`, version)
      assert.ok(typeof found === 'object')
      assert.equal(found.version, next)
      await store.commit({ delete: [key(`${at}a`)] })
      assert.equal(await one(`${at}a`, next), undefined)
    })

    test('a version never comes back, not even after delete and create', async () => {
      const at = fresh()
      const seen = new Set<Version>()
      for (let round = 0; round < 20; round++) {
        seen.add(await write([`${at}a`, 'same']))
        await store.commit({ delete: [key(`${at}a`)] })
      }
      assert.equal(seen.size, 20)
    })

    test('values of any bytes and of no bytes come back as they were', async () => {
      const at = fresh()
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
      landed(
        await store.commit({
          put: [
            { key: key(`${at}a`), value: all },
            { key: key(`${at}b`), value: Buffer.alloc(0) },
          ],
        }),
      )
      const [a, b] = await store.read([key(`${at}a`), key(`${at}b`)])
      assert.deepEqual(typeof a === 'object' && Buffer.from(a.value), all)
      assert.equal(typeof b === 'object' && b.value.length, 0)
    })

    test('a list shows the immediate children in the order of their bytes, folders with a slash', async () => {
      const at = fresh()
      const names = ['b', 'a-b', 'a.b', 'a/x', 'a/y/z', 'a', 'é', '\u{1f600}', '￿', 'a0']
      await write(...names.map((name): [string, string] => [at + name, 'v']))
      const expected = ['a', 'a-b', 'a.b', 'a/', 'a0', 'b', 'é', '￿', '\u{1f600}']
      assert.deepEqual(await store.list(at), { names: expected, more: false })
    })

    test('a list goes on behind a name, page by page, and misses and repeats none', async () => {
      const at = fresh()
      const names = Array.from({ length: 57 }, (_, i) => (i % 3 === 0 ? `n${i}/x` : `n${i}`))
      await write(...names.map((name): [string, string] => [at + name, 'v']))
      const whole = (await store.list(at)).names
      for (const limit of [1, 2, 7, 56, 57, 58]) {
        const found: string[] = []
        for (let after: string | undefined; ; ) {
          const page = await store.list(at, { after, limit })
          assert.ok(page.names.length <= limit)
          found.push(...page.names)
          after = page.names.at(-1)
          if (!page.more) break
        }
        assert.deepEqual(found, whole)
      }
    })

    test('a list of a folder shows nothing of its siblings', async () => {
      const at = fresh()
      await write([`${at}a/x`, '1'], [`${at}a0`, '1'], [`${at}a-`, '1'], [`${at}ab/x`, '1'])
      assert.deepEqual((await store.list(`${at}a/`)).names, ['x'])
      assert.deepEqual((await store.list(`${at}none/`)).names, [])
    })

    test('a scan gives keys and values below a prefix in order', async () => {
      const at = fresh()
      await write([`${at}b/c`, '2'], [`${at}a`, '1'], [`${at}d`, '3'])
      const { rows, more } = await store.scan(at, { limit: 2 })
      assert.deepEqual(
        rows.map((row) => [row.key, Buffer.from(row.value).toString()]),
        [
          [`${at}a`, '1'],
          [`${at}b/c`, '2'],
        ],
      )
      assert.equal(more, true)
      const rest = await store.scan(at, { after: rows[1]?.key })
      assert.deepEqual(
        rest.rows.map((row) => row.key),
        [`${at}d`],
      )
      assert.equal(rest.more, false)
    })

    test('a snapshot answers from the instant of its first question', async () => {
      const at = fresh()
      await write([`${at}a`, '1'])
      const snapshot = store.snapshot()
      const first = await snapshot.read([key(`${at}a`)])
      await write([`${at}a`, '2'], [`${at}b`, '1'])
      const later = await snapshot.read([key(`${at}a`), key(`${at}b`)])
      assert.deepEqual(later, [first[0], undefined])
      assert.deepEqual((await snapshot.list(at)).names, ['a'])
      assert.equal((await snapshot.scan(at)).rows.length, 1)
      snapshot.release()
      snapshot.release()
      assert.equal(await value(`${at}a`), '2')
    })

    test('a failed expectation names its key and writes nothing', async () => {
      const at = fresh()
      const version = await write([`${at}a`, '1'])
      await write([`${at}a`, '2'])
      const commits: Commit[] = [
        { expect: [{ key: key(`${at}a`), version }] },
        { expect: [{ key: key(`${at}a`), version: null }] },
      ]
      for (const commit of commits) {
        const result = await store.commit({ ...commit, put: [{ key: key(`${at}b`), value: bytes('x') }] })
        assert.deepEqual(result, { ok: false, conflicts: [`${at}a`] })
      }
      assert.equal(await value(`${at}b`), undefined)
    })

    test('an expectation of a row that is missing fails, and one of absence holds', async () => {
      const at = fresh()
      const version = await write([`${at}a`, '1'])
      await store.commit({ delete: [key(`${at}a`)] })
      assert.equal((await store.commit({ expect: [{ key: key(`${at}a`), version }], delete: [] })).ok, false)
      const commit = {
        expect: [{ key: key(`${at}a`), version: null }],
        put: [{ key: key(`${at}a`), value: bytes('2') }],
      }
      assert.equal((await store.commit(commit)).ok, true)
      assert.equal((await store.commit(commit)).ok, false)
    })

    test('a prefix that is expected to be empty is checked with all below it', async () => {
      const at = fresh()
      const put = [{ key: key(`${at}done`), value: bytes('x') }]
      assert.equal((await store.commit({ expectEmpty: [`${at}f/`], put })).ok, true)
      await write([`${at}f/g/h`, '1'])
      assert.deepEqual(await store.commit({ expectEmpty: [`${at}f/`], put }), {
        ok: false,
        conflicts: [`${at}f/`],
      })
    })

    test('of commits at once on one row exactly one wins a round', async () => {
      const at = fresh()
      const version = await write([`${at}n`, '0'])
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          store.commit({
            expect: [{ key: key(`${at}n`), version }],
            put: [{ key: key(`${at}n`), value: bytes(String(i)) }],
          }),
        ),
      )
      assert.equal(results.filter(({ ok }) => ok).length, 1)
    })

    test('counting with retries loses no increment', async () => {
      const at = fresh()
      await write([`${at}n`, '0'])
      const increment = async (): Promise<void> => {
        for (;;) {
          const row = await one(`${at}n`)
          assert.ok(typeof row === 'object')
          const next = Number(Buffer.from(row.value).toString()) + 1
          const result = await store.commit({
            expect: [{ key: key(`${at}n`), version: row.version }],
            put: [{ key: key(`${at}n`), value: bytes(String(next)) }],
          })
          if (result.ok) return
        }
      }
      await Promise.all(Array.from({ length: 40 }, increment))
      assert.equal(await value(`${at}n`), '40')
    })

    test('a commit of a hundred keys and a mebibyte is taken', async () => {
      const at = fresh()
      const put = Array.from({ length: 100 }, (_, i) => ({
        key: key(`${at}${i}`),
        value: Buffer.alloc(10_400, i),
      }))
      landed(await store.commit({ put }))
      assert.equal((await store.list(at)).names.length, 100)
    })

    test('a commit beyond the declared limits is refused whole', async () => {
      const at = fresh()
      const put = Array.from({ length: store.limits.keysPerCommit + 1 }, (_, i) => ({
        key: key(`${at}${i}`),
        value: bytes('x'),
      }))
      await assert.rejects(
        async () => store.commit({ put }),
        (error) => isFailure(error, 'storage_limit'),
      )
      assert.deepEqual((await store.list(at)).names, [])
    })

    test('what a commit wrote is seen by the next read without waiting', async () => {
      const at = fresh()
      for (let round = 0; round < 50; round++) {
        await write([`${at}a`, String(round)])
        assert.equal(await value(`${at}a`), String(round))
      }
    })
  })
}
