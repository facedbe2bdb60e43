import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { issueAuthority } from '../../../src/http/tls/issue.ts'
import { openStorage } from '../../../src/storage/open.ts'
import { connect } from '../../../src/storage/postgres/connection/connection.ts'
import { withDefaults } from '../../../src/storage/postgres/options.ts'
import { prepareSchema } from '../../../src/storage/postgres/schema.ts'
import { openPostgres, type PostgresOptions } from '../../../src/storage/postgres/store.ts'
import type { StorageKey, Store } from '../../../src/storage/store.ts'
import { missingPostgres, type PostgresServer, password, startPostgres } from '../../support/postgres.ts'
import { requires } from '../../support/requires.ts'

const key = (text: string) => text as StorageKey
const seat = { node: 'test', process: 0 }
const put = (store: Store, text: string) =>
  store.commit({ put: [{ key: key('a'), value: new TextEncoder().encode(text) }] })

async function refuses(options: PostgresOptions, code: string, text: RegExp): Promise<void> {
  await assert.rejects(openPostgres(options), (error: { code?: unknown; message: string }) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, text)
    assert.ok(!error.message.includes(password), 'the password is in the text')
    return true
  })
}

describe('opening a PostgreSQL store', requires(missingPostgres), () => {
  let server: PostgresServer
  let folder: string
  before(async () => {
    server = await startPostgres(['wal_level = logical'])
    folder = mkdtempSync(join(tmpdir(), 'coffer-test-'))
  })
  after(async () => {
    await server?.dispose()
    rmSync(folder, { recursive: true, force: true })
  })
  const fresh = async (): Promise<PostgresOptions> => ({ ...server.options(await server.newSchema()), seat })

  test('names each server that does not answer, and uses one that does', async () => {
    const options = await fresh()
    const nobody = { host: '127.0.0.1', port: 1 }
    await refuses({ ...options, hosts: [nobody] }, 'storage_failed', /^127\.0\.0\.1:1: .*ECONNREFUSED/)
    await refuses(
      { ...options, hosts: [nobody, { host: 'no.such.host.invalid', port: 5432 }] },
      'storage_failed',
      /127\.0\.0\.1:1: .*; no\.such\.host\.invalid:5432: /,
    )
    const store = await openPostgres({ ...options, hosts: [nobody, ...options.hosts] })
    assert.ok((await put(store, '1')).ok)
    await store.close()
  })

  test('wants a file to remember what it saw, at its start alone', async () => {
    const seenFile = join(folder, 'gone', 'seen')
    const options = { ...(await fresh()), seenFile }
    await refuses(options, 'storage_failed', new RegExp(`^${seenFile} cannot be written$`))
    mkdirSync(join(folder, 'gone'))
    const store = await openPostgres(options)
    rmSync(join(folder, 'gone'), { recursive: true })
    assert.ok((await put(store, '1')).ok)
    await store.close()
  })

  test('refuses a wrong password, user or database', async () => {
    const options = await fresh()
    const wrong = { ...options, password: async () => 'wrong' }
    await refuses(wrong, 'storage_failed', /refuses the user or its password/)
    await refuses({ ...options, user: 'nobody' }, 'storage_failed', /refuses the user or its password/)
    await refuses({ ...options, password: undefined }, 'storage_failed', /asks for a password, and none/)
    await refuses({ ...options, database: 'none' }, 'storage_failed', /no such database/)
    await refuses({ ...options, schema: 'pg_catalog' }, 'storage_failed', /may not do this/)
  })

  test('refuses a server whose certificate is of another authority or another host', async () => {
    const options = await fresh()
    const other = await issueAuthority([{ kind: 'ip', text: '127.0.0.1' }], Date.now())
    await refuses(
      { ...options, tls: async () => ({ ca: other.certificate }) },
      'storage_failed',
      /certificate of the database is not trusted .*tls_ca_file/,
    )
    const host = { host: '127.0.0.2', port: server.port }
    await server.sql(`ALTER SYSTEM SET listen_addresses = '127.0.0.1, 127.0.0.2'`)
    await server.stop()
    await server.start()
    await refuses({ ...options, hosts: [host] }, 'storage_failed', /ERR_TLS_CERT_ALTNAME_INVALID/)
  })

  test('refuses tables of a newer version', async () => {
    const options = await fresh()
    await (await openPostgres(options)).close()
    await server.sql(`UPDATE ${options.schema}.coffer_state SET format = 99`)
    await refuses(options, 'storage_format', /format 99; this program knows formats up to 1/)
  })

  test('refuses tables of another program, and leaves them as they are', async () => {
    const rows = await fresh()
    await server.sql(`CREATE TABLE ${rows.schema}.coffer_rows (id int)`)
    await server.sql(`GRANT ALL ON ${rows.schema}.coffer_rows TO coffer`)
    await refuses(rows, 'storage_format', /coffer_rows is of another program/)
    const state = await fresh()
    await server.sql(`CREATE TABLE ${state.schema}.coffer_state (id int)`)
    await server.sql(`GRANT ALL ON ${state.schema}.coffer_state TO coffer`)
    await refuses(state, 'storage_format', /coffer_state is of another program/)
    const tables = await server.sql(
      `SELECT table_name, string_agg(column_name, ' ') AS columns FROM information_schema.columns
       WHERE table_schema IN ('${rows.schema}', '${state.schema}') GROUP BY table_name ORDER BY table_name`,
    )
    assert.deepEqual(tables, [
      { table_name: 'coffer_rows', columns: 'id' },
      { table_name: 'coffer_state', columns: 'id' },
    ])
  })

  test('notices that the tables were emptied', async () => {
    const options = await fresh()
    await (await openPostgres(options)).close()
    await server.sql(`TRUNCATE ${options.schema}.coffer_state`)
    await refuses(options, 'storage_failed', /lost the state of the store/)
  })

  test('makes the tables once when many nodes start at the same time', async () => {
    const options = await fresh()
    const stores = await Promise.all(
      Array.from({ length: 6 }, (_, process) =>
        openPostgres({ ...options, seat: { node: 'many', process } }),
      ),
    )
    const results = await Promise.all(stores.map((store, i) => put(store, `${i}`)))
    assert.ok(results.every(({ ok }) => ok))
    for (const store of stores) await store.close()
  })

  test('takes tables that another node makes meanwhile for its own', async () => {
    for (const nth of [1, 2]) {
      const options = await fresh()
      const [host] = options.hosts
      assert.ok(host !== undefined)
      const connection = await connect(host, withDefaults(options))
      if (nth === 2) {
        // As another node leaves it between two of its steps.
        await server.sql(
          `CREATE TABLE ${options.schema}.coffer_state (id INT PRIMARY KEY, format INT NOT NULL, lineage UUID NOT NULL, sequence BIGINT NOT NULL);
           ALTER TABLE ${options.schema}.coffer_state OWNER TO coffer`,
        )
      }
      let isFirst = true
      const late = {
        ...connection,
        async run(...question: Parameters<typeof connection.run>) {
          const answer = connection.run(...question)
          if (isFirst) {
            isFirst = false
            await answer.catch(() => {})
            await (await openPostgres({ ...options, seat: { node: 'other', process: 0 } })).close()
          }
          return answer
        },
      }
      assert.match((await prepareSchema(late)).lineage, /^[0-9a-f-]{36}$/)
      await connection.close()
    }
  })

  test('stops using a database that lost data, while it runs and at the next start', async () => {
    const options = { ...(await fresh()), seenFile: join(folder, 'seen') }
    const store = await openPostgres(options)
    assert.ok((await put(store, '1')).ok)
    await server.stop()
    cpSync(join(server.folder, 'data'), join(server.folder, 'copy'), {
      recursive: true,
      preserveTimestamps: true,
    })
    await server.start()
    assert.ok((await put(store, '2')).ok)
    assert.ok((await put(store, '3')).ok)
    await server.stop()
    await server.restore(join(server.folder, 'copy'))
    await server.start()
    const lost = (error: { code?: unknown; message: string }) =>
      error.code === 'storage_failed' && /lost data that it had confirmed/.test(error.message)
    await assert.rejects(async () => store.read([key('a')]), lost)
    await assert.rejects(store.list(''), lost)
    await assert.rejects(put(store, '4'), lost)
    await assert.rejects(async () => store.snapshot().read([key('a')]), lost)
    await store.close()
    await refuses(options, 'storage_failed', /lost data that it had confirmed.*remove .*seen to go on/)
    // What the operator is told to do helps.
    rmSync(options.seenFile)
    const again = await openPostgres(options)
    const [row] = await again.read([key('a')])
    assert.equal(typeof row === 'object' && Buffer.from(row.value).toString(), '1')
    await again.close()
  })

  test('neither reads nor writes on connections whose server is behind what was seen', async () => {
    for (const use of [(store: Store) => store.read([key('a')]), (store: Store) => put(store, '2')]) {
      const options = await fresh()
      const store = await openPostgres(options)
      assert.ok((await put(store, '1')).ok)
      const setSequence = (to: number) =>
        server.sql(`UPDATE ${options.schema}.coffer_state SET sequence = ${to}`)
      await setSequence(1000)
      await store.read([key('a')])
      await setSequence(5)
      await assert.rejects(Promise.resolve(use(store)), /lost data that it had confirmed/)
      const rows = await server.sql(`SELECT value FROM ${options.schema}.coffer_rows WHERE key = 'a'`)
      assert.deepEqual(rows, [{ value: Buffer.from('1') }])
      await store.close()
    }
  })

  test('notices at the start that its own slot went back, though others have written as often since', async () => {
    const options = { ...(await fresh()), seenFile: join(folder, 'slot-seen') }
    const store = await openPostgres(options)
    for (let i = 0; i < 3; i++) assert.ok((await put(store, `${i}`)).ok)
    await store.close()
    await server.sql(`UPDATE ${options.schema}.coffer_rows SET value = '{"count":1}' WHERE key <> 'a'`)
    await refuses(options, 'storage_failed', /lost data that it had confirmed/)
  })

  test('refuses another store than before', async () => {
    const options = { ...(await fresh()), seenFile: join(folder, 'other') }
    await (await openPostgres(options)).close()
    await refuses({ ...options, ...(await fresh()) }, 'storage_failed', /another store than before/)
    writeFileSync(options.seenFile, '{')
    await refuses(options, 'storage_failed', /other is damaged/)
  })

  test('stops a process whose slot another one has taken', async () => {
    const options = await fresh()
    const [first, second] = [await openPostgres(options), await openPostgres(options)]
    assert.ok((await put(second, '2')).ok)
    await assert.rejects(put(first, '1'), /another process uses the same state folder or a copy of it/)
    assert.ok((await put(second, '3')).ok)
    await first.close()
    await second.close()
  })

  test('turns synchronous commits on where the database has them off', async () => {
    const options = await fresh()
    await server.sql(`ALTER ROLE coffer SET synchronous_commit = off`)
    await server.sql(`ALTER ROLE coffer SET log_statement = 'none'`)
    const store = await openPostgres(options)
    await server.sql('CREATE EXTENSION IF NOT EXISTS plpgsql')
    await server.sql(
      `CREATE FUNCTION ${options.schema}.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF current_setting('synchronous_commit') <> 'on' THEN RAISE 'not durable'; END IF; RETURN NEW; END $$`,
    )
    await server.sql(
      `CREATE TRIGGER note BEFORE INSERT OR UPDATE ON ${options.schema}.coffer_rows FOR EACH ROW EXECUTE FUNCTION ${options.schema}.note()`,
    )
    assert.ok((await put(store, '1')).ok)
    await store.close()
    await server.sql(`ALTER ROLE coffer RESET ALL`)
  })

  test('takes its password anew for each connection, from a file or a command, and its place in a folder', async () => {
    const { hosts, database, user, schema = '' } = await fresh()
    const [ca, secret] = [join(folder, 'ca.pem'), join(folder, 'password')]
    writeFileSync(ca, server.ca)
    writeFileSync(secret, `${password}\n`)
    const settings = {
      type: 'postgres',
      hosts,
      database,
      user,
      schema,
      tls: { caFile: ca, client: undefined },
      maxConnections: 8,
      stateFolder: join(folder, 'state', 'deep'),
    } as const
    const first = await openStorage({ ...settings, password: { file: secret } })
    const second = await openStorage({ ...settings, password: { command: ['cat', secret] } })
    assert.deepEqual([first.seat.process, second.seat.process], [0, 1])
    assert.equal(first.seat.node, second.seat.node)

    await server.sql(`ALTER ROLE coffer PASSWORD 'another'`)
    writeFileSync(secret, 'another')
    await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'coffer'`)
    for (const { store } of [first, second]) assert.ok((await put(store, 'x')).ok)
    await server.sql(`ALTER ROLE coffer PASSWORD '${password}'`)
    await first.store.close()
    await second.store.close()

    await assert.rejects(
      openStorage({ ...settings, password: { command: ['false'] } }),
      /password_command failed: false/,
    )
    await assert.rejects(
      openStorage({ ...settings, password: { file: '/none' } }),
      /cannot read \/none \(ENOENT\)/,
    )
    // The place was given back each time.
    const again = await openStorage({ ...settings, password: { command: ['echo', password] } })
    assert.equal(again.seat.process, 0)
    await again.store.close()
  })
})
