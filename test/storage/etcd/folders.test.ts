import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { bytes, contents, key, land, put, textOf } from '../../../src/storage/contract/harness.ts'
import { pagesOf } from '../../../src/storage/contract/lists.ts'
import { openEtcd } from '../../../src/storage/etcd/store.ts'
import type { Reader } from '../../../src/storage/store.ts'
import { type EtcdCluster, etcdctl, missingEtcd, startEtcd } from '../../support/etcd.ts'
import { requires } from '../../support/requires.ts'

const names = ['a', 'a/b', 'a/c/d', 'a/c/e', 'b/x/y/z', 'b/x/w', 'b-/x', 'c/0', 'c/1', 'c/2']

/** All rows that are found by walking through lists. */
async function walked(reader: Reader, folder = ''): Promise<string[]> {
  const found: string[] = []
  for (const name of await pagesOf(reader, folder, 3)) {
    if (!name.endsWith('/')) found.push(folder + name)
    else {
      const below = await walked(reader, folder + name)
      assert.notEqual(below.length, 0, `${folder}${name} is empty`)
      found.push(...below)
    }
  }
  return found
}

describe('folders in etcd', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  async function stores(t: TestContext, count = 2) {
    const prefix = `${randomUUID()}/`
    const open = async (node: string) => {
      const store = await openEtcd({ endpoints: cluster.urls, prefix, node })
      t.after(() => store.close())
      return store
    }
    return { prefix, open, all: await Promise.all(Array.from({ length: count }, (_, i) => open(`n${i}`))) }
  }

  it('are there while they hold a row, whatever is put and deleted at the same time', async (t) => {
    const { all } = await stores(t)
    const change = fc.record({
      put: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
      gone: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }),
      handle: fc.nat(1),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 6 }), async (rounds) => {
        const [first] = all
        assert.ok(first !== undefined)
        for (const round of rounds) {
          await Promise.all(
            round.map(({ put: puts, gone, handle }) =>
              land(all[handle] ?? first, {
                put: puts.map((name) => ({ key: key(name), value: bytes('') })),
                delete: gone.map((name) => key(name)),
              }),
            ),
          )
          const rows: string[] = Object.keys(await contents(first))
          assert.deepEqual((await walked(first)).sort(), rows.sort())
        }
        assert.deepEqual(await first.check(), [])
      }),
      { numRuns: 25 },
    )
  })

  it('go when many rows of many folders go in one commit', async (t) => {
    const { all } = await stores(t, 1)
    const [store] = all
    assert.ok(store !== undefined)
    const rows = Array.from({ length: 50 }, (_, i) => `f/${i}/a/b/c/x`)
    for (const part of [rows.slice(0, 25), rows.slice(25)]) {
      await put(store, Object.fromEntries(part.map((name) => [name, ''])))
    }
    // As many expectations as there may be beside them.
    const expect = Array.from({ length: 50 }, (_, i) => ({ key: key(`none/${i}`), version: null }))
    await land(store, { expect, delete: rows.map((name) => key(name)) })
    assert.deepEqual((await store.list('')).names, [])
    assert.deepEqual(await store.check(), [])
  })

  it('keep their marker while another row is there, and lose it with the last', async (t) => {
    const { all, prefix } = await stores(t, 1)
    const [store] = all
    assert.ok(store !== undefined)
    await put(store, Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f/${i}`, ''])))
    for (let i = 39; i > 0; i--) await land(store, { delete: [key(`f/${i}`)] })
    assert.deepEqual((await store.list('f/')).names, ['0'])
    await land(store, { delete: [key('f/0')] })
    assert.equal(etcdctl(cluster, ['get', '--prefix', `${prefix}rows/`, '--keys-only']).trim(), '')
  })

  it('hold keys of any depth', async (t) => {
    const { all } = await stores(t, 1)
    const [store] = all
    assert.ok(store !== undefined)
    const deep = Array.from({ length: 200 }, () => 'd').join('/')
    await put(store, { [deep]: '1', [`${deep}/e`]: '2', 'd/x': '3' })
    assert.deepEqual(Object.keys(await contents(store)), [deep, `${deep}/e`, 'd/x'])
    assert.equal(await textOf(store, deep), '1')
    await land(store, { delete: [key('d/x'), key(deep)] })
    assert.deepEqual(Object.keys(await contents(store)), [`${deep}/e`])
    assert.deepEqual(await store.check(), [])
  })
})
