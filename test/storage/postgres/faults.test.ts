import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPostgres } from '../../../src/storage/postgres/store.ts'
import type { StorageKey, Store, Version } from '../../../src/storage/store.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { requires } from '../../support/requires.ts'
import { type Cut, startProxy, type TestProxy } from './proxy.ts'

const key = (text: string) => text as StorageKey
const bytes = (text: string) => new TextEncoder().encode(text)
const counter = key('counter')

/** The counter and the version of its row. */
async function look(store: Store): Promise<[number, Version | null]> {
  const [row] = await store.read([counter])
  return typeof row === 'object' ? [Number(Buffer.from(row.value)), row.version] : [0, null]
}

const raise = (store: Store, [count, version]: [number, Version | null]) =>
  store.commit({
    expect: [{ key: counter, version }],
    put: [{ key: counter, value: bytes(`${count + 1}`) }],
  })

describe('a PostgreSQL store whose connections fail', requires(missingPostgres), () => {
  let server: PostgresServer
  let proxy: TestProxy
  before(async () => {
    server = await startPostgres()
    proxy = await startProxy(server.port)
  })
  after(async () => {
    await proxy?.stop()
    await server?.dispose()
  })

  const open = async (more: Partial<Parameters<typeof openPostgres>[0]> = {}) =>
    openPostgres({
      ...server.options(await server.newSchema()),
      hosts: [{ host: '127.0.0.1', port: proxy.port }],
      seat: { node: 'test', process: 0 },
      ...more,
    })

  const points = (['request', 'answer'] as const).flatMap((side) =>
    (['nothing', 'half', 'all'] as const).flatMap((pass) =>
      [1, 2, 3, 4].map((piece): Cut => ({ side, pass, piece })),
    ),
  )

  test('lands each commit once, wherever its connection is cut', async () => {
    const store = await open()
    try {
      let cuts = 0
      for (const point of points) {
        const seen = await look(store)
        const armed = proxy.arm(point)
        const result = await raise(store, seen)
        armed.disarm()
        if (armed.done) cuts++
        assert.ok(armed.done || point.piece > 1, JSON.stringify(point))
        // Had it been sent again after it landed, it would be a conflict.
        assert.ok(result.ok, `${JSON.stringify(point)}: ${JSON.stringify(result)}`)
        assert.deepEqual(await look(store), [seen[0] + 1, result.version], JSON.stringify(point))
      }
      // How many pieces there are is the network's and the machine's affair.
      assert.ok(cuts > points.length / 4, `${cuts} cuts`)
    } finally {
      await store.close()
    }
  })

  test('answers reads, lists, scans and snapshots rightly, wherever their connection is cut', async () => {
    const store = await open()
    try {
      const put = ['a', 'b/c', 'b/d'].map((name) => ({ key: key(name), value: bytes(name) }))
      assert.ok((await store.commit({ put })).ok)
      const questions = {
        read: async () => (await store.read([key('a')])).map((row) => typeof row),
        list: async () => (await store.list('')).names,
        scan: async () => (await store.scan('')).rows.map((row) => row.key),
        snapshot: async () => {
          const snapshot = store.snapshot()
          try {
            return (await snapshot.list('')).names
          } finally {
            snapshot.release()
          }
        },
      }
      for (const [name, ask] of Object.entries(questions)) {
        const right = await ask()
        for (const point of points.filter(({ piece }) => piece === 1)) {
          const armed = proxy.arm(point)
          assert.deepEqual(await ask(), right, `${name} ${JSON.stringify(point)}`)
          assert.ok(armed.done, `${name} ${JSON.stringify(point)}`)
        }
      }
    } finally {
      await store.close()
    }
  })

  test('says what it knows of a commit when nobody can be asked any more, and settles it before the next', async () => {
    const store = await open({ patience: 500, callTimeout: 300 })
    const said = new Set<string>()
    try {
      for (const point of points) {
        const seen = await look(store)
        const armed = proxy.arm(point, () => proxy.close())
        const outcome = await raise(store, seen).catch((error) => error)
        armed.disarm()
        proxy.open()
        const now = await look(store)
        if ('ok' in outcome) assert.deepEqual(now, [seen[0] + 1, outcome.version])
        else {
          assert.equal(outcome.code, 'storage_failed')
          const words = /nothing was written|it is not known whether this was written/.exec(
            outcome.message,
          )?.[0]
          assert.ok(words !== undefined, outcome.message)
          said.add(`${words} ${now[0] - seen[0]}`)
        }
        const next = await raise(store, now)
        // Nothing of before comes late.
        assert.ok(next.ok)
        assert.deepEqual(await look(store), [now[0] + 1, next.version])
      }
      assert.deepEqual([...said].sort(), [
        'it is not known whether this was written 0',
        'it is not known whether this was written 1',
        'nothing was written 0',
      ])
    } finally {
      await store.close()
    }
  })

  test('writes nothing more when another process took its slot while it was in doubt', async () => {
    const options = { ...server.options(await server.newSchema()), seat: { node: 'test', process: 0 } }
    const through = { ...options, hosts: [{ host: '127.0.0.1', port: proxy.port }] }
    const store = await openPostgres({ ...through, patience: 500, callTimeout: 300 })
    assert.ok((await raise(store, [0, null])).ok)
    const seen = await look(store)
    proxy.arm({ side: 'request', piece: 1, pass: 'nothing' }, () => proxy.close())
    await assert.rejects(raise(store, seen), /it is not known whether this was written/)
    const other = await openPostgres(options)
    proxy.open()
    await assert.rejects(raise(store, seen), /another process uses the same state folder/)
    assert.deepEqual(await look(other), seen)
    await store.close()
    await other.close()
  })

  test('waits for a server that is stopped for a moment, and gives up on one that is not resumed', async () => {
    const store = await open({ patience: 2000, callTimeout: 500 })
    try {
      assert.ok((await raise(store, [0, null])).ok)
      const seen = await look(store)
      server.pause()
      const failed = await Promise.allSettled([raise(store, seen), store.read([counter]), store.list('')])
      for (const result of failed) {
        assert.equal(result.status, 'rejected')
        assert.equal(result.status === 'rejected' && result.reason.code, 'storage_failed')
        // Clients see it, and where the database is is none of their business.
        assert.doesNotMatch(`${result.status === 'rejected' && result.reason.message}`, /127\.0\.0\.1/)
      }
      const waiting = [look(store), store.list('')]
      server.resume()
      await Promise.all(waiting)
      const now = await look(store)
      const result = await raise(store, now)
      assert.ok(result.ok)
      assert.deepEqual(await look(store), [now[0] + 1, result.version])
    } finally {
      server.resume()
      await store.close()
    }
  })

  test('loses no confirmed commit when the server is killed, and goes on when it is back', async () => {
    const schema = await server.newSchema()
    const open = (process: number) =>
      openPostgres({ ...server.options(schema), seat: { node: 'test', process }, patience: 20_000 })
    const stores = await Promise.all([open(0), open(1)])
    try {
      let confirmed = 0
      let unknown = 0
      let enough = false
      const work = async (store: Store) => {
        while (!enough) {
          try {
            if ((await raise(store, await look(store))).ok) confirmed++
          } catch {
            unknown++
          }
        }
      }
      const working = stores.flatMap((store) => [work(store), work(store), work(store)])
      for (let round = 0; round < 3; round++) {
        const goal = confirmed + 20
        while (confirmed < goal) await new Promise((resolve) => setImmediate(resolve))
        await server.kill()
        await server.start()
      }
      const goal = confirmed + 20
      while (confirmed < goal) await new Promise((resolve) => setImmediate(resolve))
      enough = true
      await Promise.all(working)
      const [count] = await look(stores[0] as Store)
      assert.deepEqual([count, unknown], [confirmed, 0])
    } finally {
      await Promise.all(stores.map((store) => store.close()))
    }
  })
})
