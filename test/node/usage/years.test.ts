import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import type { Store } from '../../../src/storage/store.ts'
import { lastingPrefix } from '../../../src/usage/lasting.ts'
import { keptDays, usagePrefix } from '../../../src/usage/record.ts'
import { dataOf, startTestNode, type TestNode, type TestNodeOptions } from '../../support/node.ts'

const start = Date.UTC(2030, 0, 1)
const day = 24 * 3600_000

async function startWithSecrets(t: TestContext, paths: readonly string[], options: TestNodeOptions = {}) {
  let inner: Store | undefined
  const wrap = (store: Store) => {
    inner = store
    return store
  }
  const server = await startTestNode({ time: start, wrap, ...options })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  for (const path of paths) await server.ask('write', `kv/${path}`, { fields: { v: 1 } })
  const names = async (prefix: string) => (await inner?.list(prefix))?.names ?? []
  /** Time passes, and the duties do what is due. */
  const pass = async (days: number) => {
    await server.node.tend()
    server.clock.advance(days * day)
    for (let i = 0; i < 3; i++) await server.node.tend()
  }
  return { server, names, pass }
}

const usageOf = async (server: TestNode, path = 'kv/a') =>
  dataOf(await server.ask('read', `sys/usage/${path}`))

const unused = async (server: TestNode, days: number, path = 'kv') =>
  (
    dataOf(await server.ask('read', `sys/usage/unused/${path}`, { fields: { days } })).secrets as JsonObject[]
  ).map((secret) => secret.path)

describe('the usage of a secret over years', () => {
  test('tells secrets that nobody read for months or years from those that somebody did', async (t) => {
    const { server, pass } = await startWithSecrets(t, ['a', 'b', 'never'])
    await server.ask('read', 'kv/a')
    await pass(100)
    await server.ask('read', 'kv/b')
    await pass(800)
    assert.deepEqual(await unused(server, 799), ['kv/a', 'kv/b', 'kv/never'])
    assert.deepEqual(await unused(server, 850), ['kv/a', 'kv/never'])
    assert.deepEqual(await unused(server, 901), ['kv/never'])
  })

  test('keeps who was last, the sums and the months, in one row for each secret', async (t) => {
    const { server, names, pass } = await startWithSecrets(t, ['a', 'b'])
    await server.ask('read', 'kv/a')
    const before = await usageOf(server)
    await pass(keptDays)
    assert.deepEqual(await names(usagePrefix), [])
    assert.equal((await names(lastingPrefix)).length, 2)
    assert.deepEqual(await usageOf(server), before)
    await server.ask('read', 'kv/a')
    await pass(keptDays)
    assert.equal((await names(lastingPrefix)).length, 2)
    const { reads, writes, since, last_read: last, months } = await usageOf(server)
    assert.deepEqual([reads, writes, since], [2, 1, '2030-01-01T00:00:00.000Z'])
    assert.equal((last as JsonObject).time, '2030-01-31T00:00:00.000Z')
    assert.deepEqual(months, [{ month: '2030-01', reads: 2, writes: 1 }])
  })

  test('keeps days one by one until they are over for too long', async (t) => {
    const { server, names, pass } = await startWithSecrets(t, ['a'])
    await pass(keptDays - 1)
    assert.deepEqual(await names(usagePrefix), ['2030-01-01/'])
    await server.ask('read', 'kv/a')
    await pass(1)
    assert.deepEqual(await names(usagePrefix), ['2030-01-30/'])
  })

  test('goes when the secret is gone, with its mount as well', async (t) => {
    const { server, names, pass } = await startWithSecrets(t, ['a', 'b'])
    await server.ask('write', 'sys/mounts/other', { fields: { type: 'kv' } })
    await server.ask('write', 'other/c', { fields: { v: 1 } })
    await pass(keptDays)
    assert.equal((await names(lastingPrefix)).length, 3)
    await server.ask('delete', 'kv/a')
    await server.ask('delete', 'sys/mounts/other')
    await pass(keptDays + 1)
    await pass(1)
    assert.equal((await names(lastingPrefix)).length, 1)
    assert.deepEqual((await usageOf(server, 'kv/b')).writes, 1)
    assert.deepEqual((await usageOf(server, 'kv/a')).writes, 0)
  })

  test('goes with a secret that moves, and with those of a folder, and leaves nothing behind', async (t) => {
    const { server, names, pass } = await startWithSecrets(t, ['a', 'dir/b', 'dir/c'])
    for (const path of ['a', 'dir/b', 'dir/c']) await server.ask('read', `kv/${path}`)
    await pass(400)
    await server.ask('read', 'kv/a')
    await server.ask('write', 'sys/mounts/kv2', { fields: { type: 'kv', options: { version: '2' } } })
    const move = (from: string, to: string) => server.ask('write', 'sys/kv/move', { fields: { from, to } })
    await move('kv/a', 'kv2/a')
    await move('kv/dir/', 'kv/other/')
    await server.node.tend()
    const { reads, since, last_read: last } = await usageOf(server, 'kv2/data/a')
    assert.deepEqual([reads, since], [2, '2030-01-01T00:00:00.000Z'])
    assert.equal((last as JsonObject).time, '2031-02-05T00:00:00.000Z')
    for (const name of ['b', 'c']) assert.equal((await usageOf(server, `kv/other/${name}`)).reads, 1)
    for (const old of ['kv/a', 'kv/dir/b', 'kv/dir/c']) {
      assert.equal((await usageOf(server, old)).since, null, old)
    }
    assert.equal((await names(lastingPrefix)).length, 3)
    // The names within the rows moved too: nothing takes them for rows of secrets that are gone.
    await pass(keptDays + 1)
    await pass(1)
    assert.equal((await names(lastingPrefix)).length, 3)
    assert.deepEqual(await unused(server, 400), ['kv/other/b', 'kv/other/c'])
    await server.ask('delete', 'kv/other/b')
    await server.ask('delete', 'kv2/metadata/a')
    await pass(keptDays + 1)
    await pass(1)
    assert.equal((await names(lastingPrefix)).length, 1)
  })

  test('tells nothing of a new secret that somebody makes where one has just moved away', async (t) => {
    const { server } = await startWithSecrets(t, ['a'])
    await server.ask('read', 'kv/a')
    await server.ask('write', 'sys/kv/move', { fields: { from: 'kv/a', to: 'kv/b' } })
    server.clock.advance(60_000)
    await server.ask('write', 'kv/a', { fields: { v: 2 } })
    for (let i = 0; i < 3; i++) await server.ask('read', 'kv/a')
    await server.node.tend()
    const { reads, last_read: last } = await usageOf(server, 'kv/b')
    assert.deepEqual([reads, (last as JsonObject).time], [1, '2030-01-01T00:00:00.000Z'])
    const old = await usageOf(server, 'kv/a')
    assert.deepEqual([old.reads, old.writes, old.since], [3, 1, '2030-01-01T00:01:00.000Z'])
  })

  test('is kept while the secret can be restored', async (t) => {
    const { server, names, pass } = await startWithSecrets(t, [])
    await server.ask('write', 'sys/mounts/kept', {
      fields: { type: 'kv', config: { deleted_secrets_ttl: '90d' } },
    })
    await server.ask('write', 'kept/a', { fields: { v: 1 } })
    await server.ask('delete', 'kept/a')
    await pass(60)
    assert.equal((await names(lastingPrefix)).length, 1)
    await pass(31)
    await pass(1)
    await pass(1)
    assert.equal((await names(lastingPrefix)).length, 0)
  })
})
