import assert from 'node:assert/strict'
import {
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../store.ts'
import { connectWriter } from './schema.ts'
import { openSqlite } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-sqlite-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const freshPath = () => join(folder, `s${++count}`, 'store')
const key = (text: string) => text as StorageKey
const bytes = (text: string) => Buffer.from(text)

describe('the SQLite store', () => {
  test('keeps what was committed when it is opened again, and goes on counting versions', async () => {
    const path = freshPath()
    const first = await openSqlite({ path })
    const before = await first.commit({ put: [{ key: key('a'), value: bytes('1') }] })
    await first.close()
    const second = await openSqlite({ path })
    const [row] = await second.read([key('a')])
    assert.ok(typeof row === 'object' && before.ok)
    assert.equal(row.version, before.version)
    const after = await second.commit({ put: [{ key: key('a'), value: bytes('1') }] })
    assert.ok(after.ok && after.version !== before.version)
    await second.close()
  })

  test('waits for the disk at every commit', () => {
    const db = connectWriter(join(folder, 'durable'), undefined)
    const [mode, waits] = ['journal_mode', 'synchronous'].map(
      (name) => db.prepare(`PRAGMA ${name}`).get()?.[name],
    )
    // 2 is FULL: the log is synchronised before a commit is answered (sqlite.org/pragma.html#pragma_synchronous).
    assert.deepEqual([mode, waits], ['wal', 2])
    db.close()
  })

  test('ends a full check that is under way when it is closed', async () => {
    const store = await openSqlite({ path: freshPath() })
    const checking = assert.rejects(store.check(), (error) => isFailure(error, 'storage_failed'))
    await store.close()
    await checking
  })

  test('gives its files and their folder to nobody else', async () => {
    const path = freshPath()
    const store = await openSqlite({ path })
    await store.commit({ put: [{ key: key('a'), value: bytes('1') }] })
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(statSync(`${path}-wal`).mode & 0o777, 0o600)
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
    await store.close()
  })

  test('refuses data of a newer format, and files that are not its own', async () => {
    const path = freshPath()
    await (await openSqlite({ path })).close()
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    await assert.rejects(openSqlite({ path }), (error) => isFailure(error, 'storage_format'))
    const other = join(folder, 'other')
    writeFileSync(other, 'this is no database, but it is long enough to look like one '.repeat(20))
    await assert.rejects(openSqlite({ path: other }), (error) => isFailure(error, 'corrupt'))
    const foreign = join(folder, 'foreign')
    const theirs = new DatabaseSync(foreign)
    theirs.exec('CREATE TABLE t (a); PRAGMA application_id = 7')
    theirs.close()
    await assert.rejects(openSqlite({ path: foreign }), (error) => isFailure(error, 'storage_format'))
  })

  test('says where nothing can be opened: below a file, at a link to nothing', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const link = join(folder, 'a-link')
    symlinkSync(join(folder, 'nothing', 'store'), link)
    for (const path of [
      join(file, 'store'),
      join(file, 'data', 'store'),
      link,
      join(folder, 'n'.repeat(300)),
    ]) {
      await assert.rejects(openSqlite({ path }), {
        code: 'storage_failed',
        message: /cannot be opened; check its path/,
      })
    }
  })

  test('answers a damaged row with an error and never with its bytes', async () => {
    const path = freshPath()
    const store = await openSqlite({ path })
    await store.commit({ put: [{ key: key('a'), value: bytes('needle-in-the-page') }] })
    await store.close()
    const folded = new DatabaseSync(path)
    folded.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    folded.close()
    const image = readFileSync(path)
    const at = image.indexOf('needle-in-the-page')
    assert.ok(at > 0)
    const file = openSync(path, 'r+')
    writeSync(file, 'X', at)
    const again = await openSqlite({ path })
    await assert.rejects(
      async () => again.read([key('a')]),
      (error) => isFailure(error, 'corrupt'),
    )
    await assert.rejects(again.scan(''), (error) => isFailure(error, 'corrupt'))
    await again.close()
  })

  test('tells that a disk is full or read-only, writes nothing, and goes on when there is space', async (context) => {
    const path = freshPath()
    const store = await openSqlite({ path })
    await store.commit({ put: [{ key: key('a'), value: bytes('1') }] })
    await store.close()
    // A bound on the pages of the file is SQLite's own way to be full.
    const full = await openSqlite({ path, maxPages: 24 })
    const big = { put: [{ key: key('big'), value: Buffer.alloc(400_000) }] }
    await assert.rejects(
      full.commit(big),
      (error) => isFailure(error, 'storage_failed') && /full/.test(error.message),
    )
    const [row] = await full.read([key('big')])
    assert.equal(row, undefined)
    const small = await full.commit({ put: [{ key: key('b'), value: bytes('2') }] })
    assert.equal(small.ok, true)
    await full.close()
    context.diagnostic('the bound was 24 pages')
  })

  test('copies itself into a file while it is written, and the copy is of one instant', async (t) => {
    const path = freshPath()
    const store = await openSqlite({ path })
    t.after(() => store.close())
    const put = Array.from({ length: 500 }, (_, i) => ({ key: key(`n/${i}`), value: Buffer.alloc(4000, i) }))
    await store.commit({ put })
    const copy = join(folder, 'copy')
    const seen: number[] = []
    const writing = store.commit({ put: [{ key: key('late'), value: bytes('x') }] })
    const beside = new DatabaseSync(path, { timeout: 5000 })
    await store.backup(copy, (done) => {
      // What is written from now on is of a later instant.
      if (seen.push(done) === 1) beside.exec("INSERT INTO rows VALUES (null, 'n/later', 0, 0, 0, x'00')")
    })
    beside.exec("DELETE FROM rows WHERE key = 'n/later'")
    beside.close()
    await writing
    assert.ok(seen.length > 1)
    assert.deepEqual(await store.check(), [])
    const restored = await openSqlite({ path: copy })
    assert.equal((await restored.list('n/')).names.length, 500)
    assert.equal(statSync(copy).mode & 0o777, 0o600)
    await restored.close()
  })

  test('lists ten thousand folders without reading what lies in them', async () => {
    const store = await openSqlite({ path: ':memory:' })
    for (let batch = 0; batch < 10; batch++) {
      const put = Array.from({ length: 5000 }, (_, i) => ({
        key: key(`f/${batch * 1000 + Math.floor(i / 5)}/${i % 5}`),
        value: bytes('x'),
      }))
      await store.commit({ put })
    }
    const { names } = await store.list('f/', { limit: 20_000 })
    assert.equal(names.length, 10_000)
    await store.close()
  })
})
