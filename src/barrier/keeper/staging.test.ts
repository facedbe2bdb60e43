import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Commit, Store, Version } from '../../storage/store.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { transact } from '../../transaction/transaction.ts'
import { key, memoryStore, read } from '../barrier-for-tests.ts'
import { shamirBench, unseal } from './keeper-for-tests.ts'
import { createStagingStore } from './staging.ts'

const limits = { keysPerCommit: 100, expectationsPerCommit: 2000, bytesPerCommit: 1 << 20 }

/** What a commit asks for, with versions left to the run: `fresh` expects the row as it is, others a wrong one. */
type Step = { put: string[]; gone: string[]; expect: { name: string; fresh: boolean }[]; empty: string[] }

const names = fc.constantFrom('a', 'a/b', 'a/b/c', 'a/c', 'a.b', 'b', 'b/x/y', 'é/z')
const steps = fc.array(
  fc.record<Step>({
    put: fc.uniqueArray(names, { maxLength: 3 }),
    gone: fc.uniqueArray(names, { maxLength: 2 }),
    expect: fc.array(fc.record({ name: names, fresh: fc.boolean() }), { maxLength: 2 }),
    empty: fc.array(fc.constantFrom('a/', 'a/b/', 'c/', ''), { maxLength: 1 }),
  }),
  { maxLength: 12 },
)

async function apply(store: Store, { put, gone, expect, empty }: Step, count: number): Promise<boolean> {
  const rows = await store.read(expect.map(({ name }) => key(name)))
  const commit: Commit = {
    expect: expect.map(({ name, fresh }, i) => {
      const row = rows[i]
      const version = typeof row === 'object' ? row.version : null
      return { key: key(name), version: fresh ? version : version === null ? ('none' as Version) : null }
    }),
    expectEmpty: empty,
    put: put.map((name) => ({ key: key(name), value: Buffer.from(`${name} ${count}`) })),
    delete: gone.filter((name) => !put.includes(name)).map(key),
  }
  return (await store.commit(commit)).ok
}

async function contents(store: Store) {
  const { rows, more } = await store.scan('')
  const folder = await store.scan('a/', { after: 'a/b', limit: 1 })
  return {
    rows: rows.map((row) => [row.key, Buffer.from(row.value).toString()]),
    more,
    folder: [folder.rows.map((row) => row.key), folder.more],
    lists: [await store.list(''), await store.list('a/'), await store.list('', { after: 'a', limit: 2 })],
  }
}

describe('staging store', () => {
  it('does what a real store does', async (t) => {
    const real = await memoryStore(t)
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const staging = createStagingStore(limits)
        const { rows } = await real.scan('')
        await real.commit({ delete: rows.map((row) => row.key) })
        for (const [i, step] of script.entries()) {
          assert.equal(await apply(staging, step, i), await apply(real, step, i))
        }
        assert.deepEqual(await contents(staging), await contents(real))
      }),
      { numRuns: 60 },
    )
  })

  it('answers unchanged to whoever knows the version', async () => {
    const staging = createStagingStore(limits)
    await staging.commit({ put: [{ key: key('a'), value: Buffer.from('1') }] })
    const [row] = await staging.read([key('a')])
    assert.ok(typeof row === 'object')
    assert.deepEqual(await staging.read([key('a'), key('b')], [row.version, undefined]), [
      'unchanged',
      undefined,
    ])
    await staging.commit({ put: [{ key: key('a'), value: Buffer.from('1') }] })
    const [again] = await staging.snapshot().read([key('a')], [row.version])
    assert.ok(typeof again === 'object' && again.version !== row.version)
  })

  it('is written to an empty store in one commit, and to no other', async (t) => {
    const staging = createStagingStore(limits)
    await staging.commit({ put: ['a', 'b/c'].map((name) => ({ key: key(name), value: Buffer.from(name) })) })
    const real = await memoryStore(t)
    assert.equal(await staging.flush(real), true)
    assert.deepEqual((await real.list('')).names, ['a', 'b/'])
    await real.commit({ delete: [key('a')] })
    assert.equal(await staging.flush(real), false)
    assert.deepEqual((await real.list('')).names, ['b/'])
  })

  it('serves transactions, whose rows are there once the cluster is unsealed', async (t) => {
    const bench = await shamirBench(t)
    const things = jsonRecord<{ readonly count: number }>('thing')
    const keeper = await bench.node({
      async bootstrap({ store, barrier }) {
        const ground = { store, barrier, cache: createRecordCache(1e6) }
        for (let i = 0; i < 3; i++) {
          await transact(
            () => ground,
            async (tx) => {
              const { count } = (await tx.get(things, key('ns/root/thing'))) ?? { count: 0 }
              await tx.list('ns/root/')
              tx.put(things, key('ns/root/thing'), { count: count + 1 })
            },
          )
        }
        return 'hvs.root'
      },
    })
    const { shares } = await keeper.initialize({ shares: 1, threshold: 1 })
    await unseal(
      keeper,
      shares.map((share) => share.toString('hex')),
    )
    assert.equal(await read(bench.store, keeper.barrier(), key('ns/root/thing')), '{"count":3}')
  })
})
