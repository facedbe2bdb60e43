import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import { move, type Phase } from '../../src/core/migrate/migrate.ts'
import { openEtcd } from '../../src/storage/etcd/store.ts'
import { openPostgres } from '../../src/storage/postgres/store.ts'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey, Store } from '../../src/storage/store.ts'
import { type EtcdCluster, missingEtcd, startEtcd } from '../support/etcd.ts'
import { Killed, mortal, parts, placeOf, startOn } from '../support/move.ts'
import { codeOf, dataOf, startTestNode, type TestNode } from '../support/node.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { requires } from '../support/requires.ts'

/** What makes an empty store; a second handle is what another process has. */
type Opener = (t: TestContext) => Promise<{ readonly store: Store; second(): Promise<Store> }>

describe('a move between the kinds of stores', requires(missingEtcd ?? missingPostgres), () => {
  let etcd: EtcdCluster
  let postgres: PostgresServer
  before(async () => {
    ;[etcd, postgres] = await Promise.all([startEtcd(), startPostgres()])
  })
  after(() => Promise.all([etcd?.stop(), postgres?.dispose()]))

  const opening =
    (open: (t: TestContext) => Promise<() => Promise<Store>>): Opener =>
    async (t) => {
      const one = await open(t)
      const opened = async () => {
        const store = await one()
        t.after(() => store.close())
        return store
      }
      return { store: await opened(), second: opened }
    }
  const onEtcd = opening(async () => {
    const prefix = `${randomUUID()}/`
    return () => openEtcd({ endpoints: etcd.urls, prefix, node: randomUUID() })
  })
  const onPostgres = opening(async () => {
    const options = postgres.options(await postgres.newSchema())
    let process = 0
    return () => openPostgres({ ...options, seat: { node: 'test', process: process++ } })
  })
  const inMemory: Opener = async (t) => {
    const store = await openSqlite({ path: ':memory:' })
    t.after(() => store.close())
    return { store, second: async () => store }
  }

  const ways: readonly [string, Opener, Opener][] = [
    ['SQLite to etcd', inMemory, onEtcd],
    ['etcd to PostgreSQL', onEtcd, onPostgres],
    ['PostgreSQL to etcd', onPostgres, onEtcd],
    ['SQLite to PostgreSQL', inMemory, onPostgres],
    ['etcd to SQLite', onEtcd, inMemory],
    ['PostgreSQL to SQLite', onPostgres, inMemory],
  ]
  for (const [name, from, to] of ways) {
    it(`loses nothing from ${name}, killed twice and written to all the while`, async (t) => {
      const old = await from(t)
      const next = await to(t)
      const server = await startTestNode({ wrap: () => old.store })
      t.after(() => server.stop())
      await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
      await fill(old.store, 1500)
      const writes = writing(server)
      const beside = { from: placeOf(await old.second()), to: placeOf(next.store) }
      // Killed twice: amid the copying, and after the fence.
      for (const last of ['copying', 'last changes'] as const) {
        const life = { left: Number.POSITIVE_INFINITY, isAfter: true }
        const [one, two] = [beside.from, beside.to].map(({ store }) => placeOf(mortal(life, store)))
        assert.ok(one !== undefined && two !== undefined)
        const progress = (phase: Phase) => {
          if (phase === last) life.left = 0
        }
        await assert.rejects(() => move({ ...parts, from: one, to: two, progress }), Killed)
      }
      const { rows } = await move({ ...parts, ...beside })
      assert.ok(rows > 1500)
      const acknowledged = await writes.ended
      const other = await startOn(t, await next.second(), server)
      for (const [path, value] of acknowledged) {
        assert.deepEqual(dataOf(await other.ask('read', path)), { value }, path)
        assert.equal(codeOf(await server.ask('read', path)), 'storage_moved')
      }
      assert.equal(codeOf(await other.ask('write', 'kv/new', { fields: { value: 'x' } })), undefined)
    })
  }
})

async function fill(store: Store, count: number): Promise<void> {
  for (let i = 0; i < count; i += 50) {
    const put = Array.from({ length: 50 }, (_, k) => ({
      key: `ns/root/filler/${(i + k) % 7}/${i + k}` as StorageKey,
      value: Buffer.alloc(200, i + k),
    }))
    assert.ok((await store.commit({ put })).ok)
  }
}

/** Writes until it is refused because the data has moved; resolves to what was acknowledged. */
function writing(server: TestNode) {
  const acknowledged = new Map<string, string>()
  const worker = async (name: number) => {
    for (let i = 0; ; i++) {
      const [path, value] = [`kv/w${name}/${i % 20}`, `${i}`]
      const code = codeOf(await server.ask('write', path, { fields: { value } }))
      if (code === 'storage_moved') return
      assert.equal(code, undefined)
      acknowledged.set(path, value)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { ended: Promise.all([0, 1, 2].map(worker)).then(() => acknowledged) }
}
