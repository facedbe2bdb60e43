import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { emptyStore } from '../../../test/support/move.ts'
import { isFailure } from '../../base/errors.ts'
import { chaosStore, type Mischief } from '../../storage/contract/chaos.ts'
import { compareKeys } from '../../storage/keys.ts'
import { openSqlite } from '../../storage/sqlite/store.ts'
import type { Reader, StorageKey, Store } from '../../storage/store.ts'
import { digestOf } from './digest.ts'
import { pass } from './pass.ts'
import { markRow, moveKey } from './rows.ts'

const pause = async () => {}
const mark = { id: 'move', run: 'run', source: 'source', phase: 'copying' } as const

/** Answers scans by pages of very few rows, and takes very small commits. */
const narrow = (store: Store, pageSize: number): Store => ({
  ...store,
  limits: { keysPerCommit: 4, expectationsPerCommit: 4, bytesPerCommit: 200 },
  scan: (prefix, options) => store.scan(prefix, { ...options, limit: pageSize }),
})

async function filled(rows: Readonly<Record<string, Uint8Array>>): Promise<Store> {
  const store = await openSqlite({ path: ':memory:' })
  await store.commit({
    // Each key is one that the generator made to be valid.
    put: Object.entries(rows).map(([key, value]) => ({ key: key as StorageKey, value })),
  })
  return store
}

async function contents(store: Reader): Promise<[string, string][]> {
  const { rows } = await store.scan('')
  return rows
    .filter(({ key }) => key !== moveKey)
    .map(({ key, value }) => [key, Buffer.from(value).toString('hex')])
}

// Names whose order by UTF-8 is another than that by UTF-16, and some of the move's own.
const segment = fc.constantFrom('a', 'b', 'a0', 'é', '\uffee', '\u{10400}', 'cluster', 'migration')
const keys = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const rowsOf = fc
  .dictionary(keys, fc.uint8Array({ maxLength: 40 }), { maxKeys: 12 })
  .map((rows) =>
    Object.fromEntries(Object.entries(rows).filter(([key]) => !`${key}/`.startsWith('cluster/migration/'))),
  )
const mischiefs = fc.array(fc.constantFrom<Mischief>('none', 'conflict', 'delay', 'lost answer'), {
  maxLength: 10,
})

describe('a pass over two stores', () => {
  it('makes the second the first, whatever is in it and however its commits go', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        rowsOf,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        mischiefs,
        async (before, after, here, there, mischief) => {
          const source = await filled(before)
          const target = await filled(after)
          const marked = await target.commit({ put: [markRow(mark)] })
          assert.ok(marked.ok)
          let at = 0
          const difficult = chaosStore(narrow(target, there), () => mischief[at++] ?? 'none')
          const done = await pass({
            source: narrow(source, here),
            target: difficult,
            mark: marked.version,
            pause,
          })
          assert.deepEqual(await contents(target), await contents(source))
          assert.deepEqual([done.rows, done.tooLarge], [Object.keys(before).length, 0])
          const [one, two] = await Promise.all([
            digestOf(source, pause),
            digestOf(narrow(target, there), pause),
          ])
          assert.deepEqual(one, two)
          await Promise.all([source.close(), target.close()])
        },
      ),
      { numRuns: 150 },
    )
  })

  it('writes nothing where nothing differs', async (t) => {
    const source = await filled({ 'a/b': Buffer.from('1'), c: Buffer.from('2') })
    const target = await emptyStore(t)
    const marked = await target.commit({ put: [markRow(mark)] })
    assert.ok(marked.ok)
    const options = { source, target, mark: marked.version, pause }
    assert.equal((await pass(options)).changed, 2)
    const refusing: Store = { ...target, commit: () => assert.fail('a commit') }
    assert.equal((await pass({ ...options, target: refusing })).changed, 0)
    await source.close()
  })

  it('ends once another run has taken the target', async (t) => {
    const source = await filled({ a: Buffer.from('1') })
    const target = await emptyStore(t)
    const marked = await target.commit({ put: [markRow(mark)] })
    assert.ok(marked.ok)
    await target.commit({ put: [markRow({ ...mark, run: 'another' })] })
    await assert.rejects(
      () => pass({ source, target, mark: marked.version, pause }),
      (error) => isFailure(error, 'conflict') && /another run/.test(error.message),
    )
    assert.deepEqual(await contents(target), [])
    await source.close()
  })

  it('leaves the rows of the move itself where they are', async (t) => {
    const source = await filled({ 'cluster/migration/format': Buffer.from('here'), a: Buffer.from('1') })
    const target = await emptyStore(t)
    const own = 'cluster/migration/mounts' as StorageKey
    const marked = await target.commit({ put: [markRow(mark), { key: own, value: Buffer.from('there') }] })
    assert.ok(marked.ok)
    await pass({ source, target, mark: marked.version, pause })
    assert.deepEqual((await contents(target)).map(([key]) => key).sort(compareKeys), ['a', own])
    await source.close()
  })
})

describe('the digest of a store', () => {
  it('tells apart where one row ends and the next begins', async () => {
    const digests = new Set<string>()
    const stores = [{ ab: 'c' }, { a: 'bc' }, { a: '', b: 'c' }, { a: 'b', c: '' }, {}, { abc: '' }]
    for (const rows of stores) {
      const store = await filled(
        Object.fromEntries(Object.entries(rows).map(([key, value]) => [key, Buffer.from(value)])),
      )
      digests.add((await digestOf(store, pause)).sha256)
      await store.close()
    }
    assert.equal(digests.size, stores.length)
  })
})
