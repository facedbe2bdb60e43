import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openSqlite, type SqliteStore } from '../../src/storage/sqlite/store.ts'
import type { Commit, StorageKey } from '../../src/storage/store.ts'
import { smallDisk } from '../support/small-disk.ts'
import { openProcess, startProcess, temporaryFolder } from './child.ts'

const key = (text: string) => text as StorageKey
const commitOf = (name: string, bytes: number): Commit => ({
  put: ['left', 'right'].map((side) => ({ key: key(`${side}/${name}`), value: Buffer.alloc(bytes, 7) })),
})
const isFull = { code: 'storage_failed', message: /^the disk is full; nothing was written/ }

type Writer = Pick<SqliteStore, 'commit' | 'list' | 'check'>

/** Commits until one fails. @returns the names of those that landed */
async function fill(store: Writer, from: number, bytes: number, expected: object): Promise<string[]> {
  const landed: string[] = []
  for (let n = from; ; n++) {
    const name = String(n).padStart(6, '0')
    try {
      await store.commit(commitOf(name, bytes))
      landed.push(name)
    } catch (error) {
      assert.throws(() => {
        throw error
      }, expected)
      return landed
    }
    assert.ok(n < 5000, 'nothing bounds this disk')
  }
}

async function namesOf(store: Writer): Promise<string[]> {
  const left = await store.list('left/')
  assert.deepEqual((await store.list('right/')).names, left.names)
  return [...left.names]
}

describe('a store on a disk that is full', () => {
  const disk = smallDisk()
  if (disk !== undefined) {
    test('says so to every process, writes nothing by half, and goes on when there is space', async () => {
      const path = join(disk, 'store')
      const ballast = join(disk, 'ballast')
      writeFileSync(ballast, Buffer.alloc(1024 * 1024))
      const store = await openSqlite({ path })
      const guest = await openProcess({ path })
      const landed = await fill(store, 0, 20_000, isFull)
      assert.ok(landed.length > 5)
      await assert.rejects(guest.commit(commitOf('guest', 20_000)), isFull)
      assert.deepEqual(await namesOf(store), landed)
      assert.deepEqual(await namesOf(guest), landed)
      rmSync(ballast)
      const more = await fill(guest, landed.length, 20_000, isFull)
      assert.ok(more.length > 5)
      assert.deepEqual(await namesOf(store), [...landed, ...more])
      assert.deepEqual(await store.check(), [])
      await guest.close()
      await store.close()
      const again = await openSqlite({ path })
      assert.deepEqual(await namesOf(again), [...landed, ...more])
      await again.close()
    })
  }

  test('says so when the system refuses longer files, and goes on when something is removed', async () => {
    const path = join(temporaryFolder(), 'store')
    // Blocks of 512 bytes in sh: 1 MiB. What exceeds the limit fails, as the signal is ignored.
    const child = startProcess({
      execPath: '/bin/sh',
      execArgv: ['-c', `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`, process.execPath],
    })
    await child.open({ path })
    const landed = await fill(child, 0, 20_000, { code: 'storage_failed' })
    assert.ok(landed.length > 5)
    assert.deepEqual(await namesOf(child), landed)
    const gone = landed.splice(0, 10)
    await child.commit({ delete: gone.flatMap((name) => [key(`left/${name}`), key(`right/${name}`)]) })
    await child.commit(commitOf('more', 20_000))
    assert.deepEqual(await namesOf(child), [...landed, 'more'])
    assert.deepEqual(await child.check(), [])
    await child.close()
    await child.kill()
    const store = await openSqlite({ path })
    assert.deepEqual(await namesOf(store), [...landed, 'more'])
    assert.deepEqual(await store.check(), [])
    await store.close()
  })
})
