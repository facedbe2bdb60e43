import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPostgres } from '../../../src/storage/postgres/store.ts'
import type { StorageKey, Store } from '../../../src/storage/store.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { requires } from '../../support/requires.ts'

const key = (text: string) => text as StorageKey
const put = (store: Store, text: string) =>
  store.commit({ put: [{ key: key('a'), value: new TextEncoder().encode(text) }] })
const textOf = async (store: Store) => {
  const [row] = await store.read([key('a')])
  return typeof row === 'object' ? Buffer.from(row.value).toString() : row
}

/** Commits wait for the standby from now on. */
async function replicateSynchronously(primary: PostgresServer): Promise<void> {
  await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
  await primary.sql('SELECT pg_reload_conf()')
  for (;;) {
    const [row] = await primary.sql('SELECT sync_state FROM pg_stat_replication')
    if (row?.sync_state === 'sync') return
  }
}

/** Ends the connections of commits that wait for the standby; they stand on the primary from then on. */
async function endThoseThatWait(primary: PostgresServer, until: { readonly over: boolean }): Promise<number> {
  let count = 0
  while (!until.over) {
    const ended = await primary.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
    )
    count += ended.length
  }
  return count
}

describe('a PostgreSQL store on a primary with a standby', requires(missingPostgres), () => {
  let primary: PostgresServer
  let standby: PostgresServer
  before(async () => {
    primary = await startPostgres()
    standby = await primary.standby()
  })
  after(async () => {
    await standby?.dispose()
    await primary?.dispose()
  })

  const both = async (more = {}) => {
    const options = primary.options(await primary.newSchema())
    const [here] = options.hosts
    const [there] = standby.options().hosts
    return { ...options, hosts: [there, here].filter((host) => host !== undefined), ...more }
  }
  const seat = { node: 'test', process: 0 }

  test('uses the server that takes writes, and refuses a standby alone', async () => {
    const options = await both({ seat })
    const store = await openPostgres({ ...options, seat })
    assert.ok((await put(store, '1')).ok)
    await store.close()
    const alone = { ...options, seat, hosts: options.hosts.slice(0, 1) }
    await assert.rejects(openPostgres(alone), /is a standby, or takes no writes/)
  })

  test('confirms no commit that a synchronous standby has not received', async () => {
    const store = await openPostgres({ ...(await both()), seat, patience: 3000, callTimeout: 500 })
    assert.ok((await put(store, '1')).ok)
    await replicateSynchronously(primary)
    assert.ok((await put(store, '2')).ok)
    await standby.stop()
    // The primary shows it once nothing waits for the standby any more, which is no reason to confirm it.
    const waiting = { over: false }
    const ended = endThoseThatWait(primary, waiting)
    try {
      await assert.rejects(put(store, '3'), /it is not known whether this was written/)
    } finally {
      waiting.over = true
    }
    assert.ok((await ended) > 0)
    await standby.start()
    const next = await put(store, '4')
    assert.ok(next.ok)
    assert.equal(await textOf(store), '4')
    await store.close()
  })

  test('goes on with everything that was confirmed when the standby takes over', async () => {
    await replicateSynchronously(primary)
    const store = await openPostgres({ ...(await both()), seat, patience: 20_000 })
    const versions = []
    for (let i = 0; i < 20; i++) versions.push(await put(store, `${i}`))
    assert.equal(await textOf(store), '19')
    const late = Array.from({ length: 10 }, (_, i) =>
      store.commit({ put: [{ key: key(`late/${i}`), value: new Uint8Array() }] }),
    )
    await primary.kill()
    await standby.sql(`ALTER SYSTEM RESET synchronous_standby_names`)
    await standby.sql('SELECT pg_promote()')
    assert.equal(await textOf(store), '19')
    assert.ok((await Promise.all(late)).every(({ ok }) => ok))
    assert.equal((await store.list('late/')).names.length, 10)
    const last = await put(store, '20')
    assert.ok(last.ok)
    assert.equal(await textOf(store), '20')
    await store.close()
  })
})
