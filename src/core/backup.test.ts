import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { temporaryFile } from '../../test/support/folder.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../test/support/node.ts'
import { incarnationKey } from '../barrier/rows.ts'
import { isFailure } from '../base/errors.ts'
import { systemRandom } from '../base/random.ts'
import { openSqlite } from '../storage/sqlite/store.ts'
import { backUp, restore } from './backup.ts'

async function start(t: TestContext) {
  const folder = dirname(temporaryFile())
  const data = join(folder, 'data', 'coffer.db')
  const server = await startTestNode({ path: data })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/a', { fields: { k: 'before' } })
  return { folder, data, server, copy: join(folder, 'copy.db'), target: join(folder, 'other', 'coffer.db') }
}

const restoreTo = (source: string, data: string) => restore({ source, data, random: systemRandom })
const failsAs = (code: 'storage_failed' | 'corrupt' | 'storage_format', text: RegExp) => (error: unknown) =>
  isFailure(error, code) && text.test(error.message)

/** Every row of a store by its key, with its version. */
async function versionsOf(path: string): Promise<Map<string, string>> {
  const store = await openSqlite({ path })
  try {
    const { rows } = await store.scan('', { limit: 1000 })
    return new Map(rows.map(({ key, version }) => [key, version]))
  } finally {
    await store.close()
  }
}

describe('a backup', () => {
  it('has what was written before it, while others write, and is for its owner alone', async (t) => {
    const { server, data, copy, target } = await start(t)
    const writing = Promise.all(
      Array.from({ length: 60 }, (_, i) => server.ask('write', `kv/during${i}`, { fields: { i } })),
    )
    const seen: [number, number][] = []
    await backUp(data, copy, (done, total) => seen.push([done, total]))
    await writing
    await server.ask('write', 'kv/a', { fields: { k: 'after' } })
    assert.equal(statSync(copy).mode & 0o777, 0o600)
    const [done, total] = seen.at(-1) ?? []
    assert.ok(done !== undefined && done === total)

    await restoreTo(copy, target)
    const other = await startTestNode({ path: target, cluster: server })
    t.after(() => other.stop())
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: 'before' })
  })

  it('is never written over a file, and none is left where it fails', async (t) => {
    const { data, copy, folder } = await start(t)
    writeFileSync(copy, 'mine')
    await assert.rejects(() => backUp(data, copy), failsAs('storage_failed', /a file already/))
    assert.equal(readFileSync(copy, 'utf8'), 'mine')
    const nowhere = join(folder, 'no', 'such', 'folder')
    await assert.rejects(() => backUp(data, nowhere), failsAs('storage_failed', /./))
    const none = join(folder, 'none')
    await assert.rejects(() => backUp(none, join(folder, 'x')), failsAs('storage_failed', /no store/))
    assert.ok(!existsSync(none), 'looking for a store makes none')
  })
})

describe('a restore', () => {
  it('gives everything back as it was, tokens that were revoked since too', async (t) => {
    const { server, data, copy, target } = await start(t)
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { ttl: '1h' } }))
    await backUp(data, copy)
    await server.ask('write', 'auth/token/revoke', { fields: { token } })
    await server.ask('delete', 'kv/a')
    await restoreTo(copy, target)
    assert.equal(statSync(target).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(target, '..')), ['coffer.db'], 'and nothing beside it')
    const other = await startTestNode({ path: target, cluster: server })
    t.after(() => other.stop())
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a', { token })), { k: 'before' })
    assert.equal(codeOf(await other.ask('write', 'kv/b', { fields: { k: 'new' } })), undefined)
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
  })

  it('is another incarnation, none of whose versions was seen before, nor in another restore', async (t) => {
    const { data, server, copy, folder } = await start(t)
    await backUp(data, copy)
    const paths = [join(folder, 'one'), join(folder, 'two')]
    for (const path of paths) await restoreTo(copy, path)
    const [one, two] = await Promise.all(paths.map(versionsOf))
    const original = new Map(
      (await server.store.scan('', { limit: 1000 })).rows.map(({ key, version }) => [
        key as string,
        version as string,
      ]),
    )
    for (const [key, version] of original) {
      assert.equal(new Set([version, one?.get(key), two?.get(key)]).size, 3, key)
    }
    const incarnations = await Promise.all(
      paths.map(async (path) => {
        const store = await openSqlite({ path })
        const [row] = await store.read([incarnationKey])
        await store.close()
        return typeof row === 'object' ? Buffer.from(row.value).toString() : ''
      }),
    )
    const [own] = await server.store.read([incarnationKey])
    assert.ok(typeof own === 'object')
    assert.equal(new Set([...incarnations, Buffer.from(own.value).toString()]).size, 3)
  })

  it('leaves a store that is there as it is', async (t) => {
    const { server, data, copy, target } = await start(t)
    await backUp(data, copy)
    await assert.rejects(() => restoreTo(copy, data), failsAs('storage_failed', /a store already/))
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'before' })
    await restoreTo(copy, target)
    const bytes = readFileSync(target)
    await assert.rejects(() => restoreTo(copy, target), failsAs('storage_failed', /a store already/))
    assert.deepEqual(readFileSync(target), bytes)
    // A log without its file is what is left of a store, too.
    const half = join(target, '..', 'half')
    writeFileSync(`${half}-wal`, 'x')
    await assert.rejects(() => restoreTo(copy, half), failsAs('storage_failed', /a store already/))
  })

  it('refuses what is no whole backup, and leaves nothing behind', async (t) => {
    const { data, copy, target, folder } = await start(t)
    await backUp(data, copy)
    const bytes = readFileSync(copy)
    const damaged = join(folder, 'damaged')
    // In the table and in its index.
    const places = [...bytes.toString('latin1').matchAll(/\/data\/a/g)].map(({ index }) => index)
    assert.ok(places.length >= 2)
    for (const place of places) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(place + 6) ^ 1, place + 6)
      writeFileSync(damaged, changed)
      await assert.rejects(() => restoreTo(damaged, target), failsAs('corrupt', /the backup is damaged/))
    }
    writeFileSync(damaged, bytes.subarray(0, bytes.length / 2))
    await assert.rejects(() => restoreTo(damaged, target), failsAs('corrupt', /./))
    writeFileSync(damaged, 'no store at all'.repeat(1000))
    await assert.rejects(
      () => restoreTo(damaged, target),
      (error) => isFailure(error, 'corrupt', 'storage_format'),
    )
    const empty = join(folder, 'empty')
    await (await openSqlite({ path: empty })).close()
    await assert.rejects(() => restoreTo(empty, target), failsAs('corrupt', /never initialised/))
    await assert.rejects(
      () => restoreTo(join(folder, 'none'), target),
      failsAs('storage_failed', /no backup/),
    )
    assert.deepEqual(readdirSync(join(target, '..')), [])
  })

  it('reads a backup that may not be written', async (t) => {
    const { data, copy, target } = await start(t)
    await backUp(data, copy)
    chmodSync(copy, 0o400)
    const before = readFileSync(copy)
    await restoreTo(copy, target)
    assert.deepEqual(readFileSync(copy), before)
  })
})
