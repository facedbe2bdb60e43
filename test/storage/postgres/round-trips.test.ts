import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { noCounts } from '../../../src/storage/postgres/connection/counts.ts'
import { openPostgres } from '../../../src/storage/postgres/store.ts'
import type { StorageKey } from '../../../src/storage/store.ts'
import { dataOf, startTestNode } from '../../support/node.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { requires } from '../../support/requires.ts'

const key = (text: string) => text as StorageKey
const value = new Uint8Array(100)

describe('round trips to PostgreSQL', requires(missingPostgres), () => {
  let server: PostgresServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server?.dispose())

  async function opened(t: TestContext) {
    const counts = noCounts()
    const options = server.options(await server.newSchema())
    const store = await openPostgres({ ...options, seat: { node: 'test', process: 0 }, counts })
    t.after(() => store.close())
    /** Of one piece of work, on connections that are there already. */
    const tripsOf = async (work: () => unknown): Promise<number> => {
      const before = counts.roundTrips
      await work()
      return counts.roundTrips - before
    }
    return { store, tripsOf }
  }

  test('are one for a read, of many keys too, known or not', async (t) => {
    const { store, tripsOf } = await opened(t)
    const keys = Array.from({ length: 500 }, (_, i) => key(`r/${i}`))
    assert.ok((await store.commit({ put: keys.map((one) => ({ key: one, value })) })).ok)
    const rows = await store.read(keys)
    assert.equal(await tripsOf(() => store.read([keys[0] as StorageKey])), 1)
    assert.equal(await tripsOf(() => store.read(keys)), 1)
    const known = rows.map((row) => (typeof row === 'object' ? row.version : undefined))
    const again = async () => assert.ok((await store.read(keys, known)).every((row) => row === 'unchanged'))
    assert.equal(await tripsOf(again), 1)
  })

  test('are shared by reads at the same time', async (t) => {
    const { store, tripsOf } = await opened(t)
    const reads = (from: number) =>
      Promise.all(Array.from({ length: 100 }, (_, i) => store.read([key(`r/${from + i}`)])))
    // Opens both connections for reads.
    await reads(0)
    assert.equal(await tripsOf(() => reads(100)), 3)
  })

  test('are one for a list, and for a page of a scan', async (t) => {
    const { store, tripsOf } = await opened(t)
    await store.list('')
    assert.equal(await tripsOf(() => store.list('')), 1)
    assert.equal(await tripsOf(() => store.scan('')), 1)
  })

  test('are one for the first question of a snapshot, and for each that follows', async (t) => {
    const { store, tripsOf } = await opened(t)
    await store.list('')
    const snapshot = store.snapshot()
    assert.equal(await tripsOf(() => snapshot.list('')), 1)
    assert.equal(await tripsOf(() => snapshot.read([key('a')])), 1)
    snapshot.release()
  })

  test('are one for a commit that lands, and three for one that expects what is not so', async (t) => {
    const { store, tripsOf } = await opened(t)
    const first = await store.commit({ put: [{ key: key('a'), value }] })
    assert.ok(first.ok)
    const commit = {
      expect: [{ key: key('a'), version: first.version }],
      expectEmpty: ['none/'],
      put: [
        { key: key('a'), value },
        { key: key('b'), value },
      ],
      delete: [key('c')],
    }
    assert.equal(await tripsOf(async () => assert.ok((await store.commit(commit)).ok)), 1)
    const refused = async () => assert.deepEqual(await store.commit(commit), { ok: false, conflicts: ['a'] })
    const errors = async () => (await server.log()).filter((line) => line.includes('ERROR:'))
    const before = await errors()
    // One on the chance that it is so, one that looks, and one that ends the transaction.
    assert.equal(await tripsOf(refused), 3)
    // Conflicts are everyday, and nothing for the log of the database.
    assert.deepEqual(await errors(), before)
  })

  test('are shared by commits at the same time', async (t) => {
    const { store, tripsOf } = await opened(t)
    assert.ok((await store.commit({ put: [{ key: key('f/x'), value }] })).ok)
    const commits = () =>
      Promise.all(
        Array.from({ length: 100 }, (_, i) => store.commit({ put: [{ key: key(`f/${i}`), value }] })),
      )
    assert.equal(await tripsOf(commits), 1)
  })

  test('are one for a request that reads a secret which was read before', async (t) => {
    const { store, tripsOf } = await opened(t)
    const node = await startTestNode({ wrap: () => store })
    t.after(() => node.stop())
    for (const [mount, options] of [
      ['one', { version: '1' }],
      ['two', { version: '2' }],
    ] as const) {
      await node.ask('write', `sys/mounts/${mount}`, { fields: { type: 'kv', options } })
    }
    await node.ask('write', 'one/a', { fields: { k: 'v' } })
    await node.ask('write', 'two/data/a', { fields: { data: { k: 'v' } } })
    for (const path of ['one/a', 'two/data/a']) {
      const read = async () => assert.ok(dataOf(await node.ask('read', path)))
      await read()
      // What the node does beside requests only adds to them.
      const trips: number[] = []
      for (let i = 0; i < 20; i++) trips.push(await tripsOf(read))
      assert.equal(Math.min(...trips), 1, path)
    }
  })
})
