import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { openSqlite, type SqliteStore } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { temporaryFolder } from './child.ts'

const folder = temporaryFolder()
const key = (text: string) => text as StorageKey
const put = (name: string, text: string) => ({ put: [{ key: key(name), value: Buffer.from(text) }] })

async function opened(t: TestContext, path: string): Promise<SqliteStore> {
  const store = await openSqlite({ path, patience: 2000 })
  t.after(() => store.close())
  return store
}

async function textOf(store: SqliteStore, name: string): Promise<string | undefined> {
  const [row] = await store.read([key(name)])
  return typeof row === 'object' ? Buffer.from(row.value).toString() : row
}

/** How many owners a store has had. */
function reignsOf(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  const reign = db.prepare('SELECT reign FROM state').get()?.reign
  db.close()
  return Number(reign)
}

describe('what lies beside a store', () => {
  test('is one lock for all links to it', async (t) => {
    const path = join(folder, 'data', 'store')
    const first = await opened(t, path)
    symlinkSync(path, join(folder, 'link'))
    symlinkSync(join(folder, 'data'), join(folder, 'data-link'))
    const others = [
      await opened(t, join(folder, 'link')),
      await opened(t, join(folder, 'data-link', 'store')),
    ]
    for (const [i, store] of [first, ...others].entries()) {
      await store.commit(put('a', `${i}`))
      for (const reader of [first, ...others]) assert.equal(await textOf(reader, 'a'), `${i}`)
    }
    assert.equal(reignsOf(path), 1)
  })

  test('is left alone by a copy of it', async (t) => {
    const path = join(folder, 'original')
    const store = await opened(t, path)
    await store.commit(put('a', '1'))
    // As somebody copies it who does not know how: the copy names the original's socket.
    const copy = join(folder, 'copied', 'original')
    mkdirSync(join(folder, 'copied'))
    copyFileSync(path, copy)
    copyFileSync(`${path}-wal`, `${copy}-wal`)
    const copied = await opened(t, copy)
    await copied.commit(put('a', 'of the copy'))
    const guest = await opened(t, path)
    await guest.commit(put('a', '2'))
    assert.equal(await textOf(store, 'a'), '2')
    assert.equal(await textOf(copied, 'a'), 'of the copy')
  })

  test('may lose its lock, and still one process writes at a time and nothing is lost or stale', async (t) => {
    const path = join(folder, 'unlocked')
    const first = await opened(t, path)
    await first.commit(put('a', '0'))
    assert.equal(await textOf(first, 'a'), '0')
    rmSync(`${path}.lock`)
    const second = await opened(t, path)
    assert.equal(reignsOf(path), 2)
    await second.commit(put('a', '1'))
    assert.equal(await textOf(first, 'a'), '1')
    await assert.rejects(first.commit(put('a', 'of the old owner')), { code: 'storage_locked' })
    // It has stepped down, and is one of those now that send their commits.
    const landed = await first.commit({ ...put('a', '2'), ...put('b', '2') })
    assert.ok(landed.ok)
    for (const store of [first, second]) assert.equal(await textOf(store, 'b'), '2')
    await second.commit(put('b', '3'))
    for (const store of [first, second]) assert.equal(await textOf(store, 'b'), '3')
    assert.equal(reignsOf(path), 2)
  })

  test('and another file in its place ends its use: nothing is written there, and nothing old is read', async (t) => {
    const [path, other] = [join(folder, 'replaced'), join(folder, 'other')]
    const owner = await openSqlite({ path })
    const guest = await opened(t, path)
    await guest.commit(put('a', '1'))
    const another = await openSqlite({ path: other })
    await another.commit(put('a', 'of the other'))
    await another.close()
    for (const end of ['', '-wal', '-shm']) rmSync(path + end)
    renameSync(other, path)
    await owner.close()
    await assert.rejects(guest.commit(put('a', '2')), { code: 'storage_failed', message: /replaced/ })
    await assert.rejects(async () => guest.read([key('a')]), { code: 'storage_failed', message: /replaced/ })
    const again = await opened(t, path)
    assert.equal(await textOf(again, 'a'), 'of the other')
  })
})
