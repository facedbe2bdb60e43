import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { openPostgres, type PostgresOptions } from '../../../src/storage/postgres/store.ts'
import type { StorageKey, Store } from '../../../src/storage/store.ts'
import { listedMetrics, measured } from '../../support/measured.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { requires } from '../../support/requires.ts'
import { startProxy, type TestProxy } from './proxy.ts'

const key = (text: string) => text as StorageKey
const put = (store: Store, text: string) =>
  store.commit({ put: [{ key: key('a'), value: new TextEncoder().encode(text) }] })

describe('what a store in PostgreSQL measures', requires(missingPostgres), () => {
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

  const opened = async (t: TestContext, more: Partial<PostgresOptions> = {}) => {
    const schema = more.schema ?? (await server.newSchema())
    const store = await openPostgres({
      ...server.options(schema),
      hosts: [{ host: '127.0.0.1', port: proxy.port }],
      seat: { node: 'test', process: 0 },
      ...more,
      schema,
    })
    t.after(() => store.close())
    return { store, schema }
  }

  test('are its connections, and whether it is there', async (t) => {
    const { store } = await opened(t)
    await store.read([key('a')])
    const snapshot = store.snapshot()
    await snapshot.read([key('a')])
    const found = await measured(store.measure)
    assert.equal(found.coffer_postgres_up, 1)
    // One that reads, one of the snapshot, and the one that asked for this.
    assert.equal(found['coffer_postgres_connections{state="open"}'], 3)
    assert.equal(found['coffer_postgres_connections{state="busy"}'], 1)
    assert.ok((found.coffer_postgres_round_trips_total ?? 0) > 0)
    snapshot.release()
  })

  test('are those that docs/metrics.md lists', async (t) => {
    const { store } = await opened(t)
    const served = (await store.measure()).map(({ name, kind }) => `${name} ${kind}`)
    assert.deepEqual(served, listedMetrics('A store in PostgreSQL'))
  })

  test('answer while the database does not', async (t) => {
    const { store } = await opened(t)
    await store.list('')
    server.pause()
    const found = await measured(store.measure).finally(() => server.resume())
    assert.equal(found.coffer_postgres_up, 0)
    assert.equal(found.coffer_postgres_synchronous, undefined)
  })

  test('say nothing of the database while all connections are in use', async (t) => {
    const { store } = await opened(t, { maxConnections: 4 })
    const snapshot = store.snapshot()
    await snapshot.list('')
    const found = await measured(store.measure)
    assert.equal(found.coffer_postgres_up, undefined)
    assert.equal(found['coffer_postgres_connections{state="busy"}'], 1)
    snapshot.release()
  })

  test('are whether commits wait for a standby', async (t) => {
    const { store, schema } = await opened(t)
    assert.equal((await measured(store.measure)).coffer_postgres_synchronous, 0)
    const next = await opened(t, { schema, seat: { node: 'test', process: 1 } })
    const restart = async () => {
      await server.stop()
      await server.start()
    }
    try {
      await server.sql(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
      await restart()
      assert.equal((await measured(next.store.measure)).coffer_postgres_synchronous, 1)
    } finally {
      await server.sql('ALTER SYSTEM RESET ALL')
      await restart()
    }
  })

  test('are the transactions that the database undid, and that are tried again', async (t) => {
    const { store, schema } = await opened(t)
    await server.sql(`CREATE SEQUENCE ${schema}.tries`)
    await server.sql(`GRANT ALL ON SEQUENCE ${schema}.tries TO coffer`)
    await server.sql(
      `CREATE FUNCTION ${schema}.undo() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN
         n := nextval('${schema}.tries');
         IF n = 1 THEN RAISE SQLSTATE '40001'; END IF;
         IF n = 2 THEN RAISE SQLSTATE '40P01'; END IF;
         RETURN NEW; END $$`,
    )
    await server.sql(
      `CREATE TRIGGER undo BEFORE INSERT OR UPDATE ON ${schema}.coffer_rows FOR EACH ROW EXECUTE FUNCTION ${schema}.undo()`,
    )
    assert.ok((await put(store, '1')).ok)
    const found = await measured(store.measure)
    assert.equal(found['coffer_postgres_undone_total{sqlstate="40001"}'], 1)
    assert.equal(found['coffer_postgres_undone_total{sqlstate="40P01"}'], 1)
  })

  test('are the commits whose answer was lost', async (t) => {
    const { store } = await opened(t)
    const doubts = async () => {
      const found = await measured(store.measure)
      const of = (result: string) => found[`coffer_store_doubts_total{result="${result}"}`] ?? 0
      return [of('landed'), of('not_landed'), of('unknown')]
    }
    assert.ok((await put(store, '1')).ok)
    proxy.arm({ side: 'answer', pass: 'nothing', piece: 1 })
    assert.ok((await put(store, '2')).ok)
    const [landed = 0, notLanded = 0, unknown] = await doubts()
    assert.equal(landed + notLanded, 1)
    assert.equal(unknown, 0)
  })

  test('are the commits of which the client had to be told that nothing is known', async (t) => {
    const { store } = await opened(t, { patience: 500, callTimeout: 300 })
    assert.ok((await put(store, '1')).ok)
    proxy.arm({ side: 'answer', pass: 'nothing', piece: 1 }, () => proxy.close())
    await assert.rejects(put(store, '2'), /it is not known whether this was written/)
    proxy.open()
    const found = await measured(store.measure)
    assert.equal(found['coffer_store_doubts_total{result="unknown"}'], 1)
  })
})
