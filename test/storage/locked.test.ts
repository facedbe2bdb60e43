import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { openProcess, temporaryFolder } from './child.ts'

const folder = temporaryFolder()
const key = (text: string) => text as StorageKey
const put = (name: string) => ({ put: [{ key: key(name), value: Buffer.from(name) }] })
/** Milliseconds. */
const bound = 5000

/** Another program that runs these statements on a file and then holds what they gave it. */
async function alien(path: string, statements: string): Promise<{ leave(): Promise<void> }> {
  const code = `
    const db = new (require('node:sqlite').DatabaseSync)(process.argv[1])
    db.exec(process.argv[2])
    process.stdout.write('held')
    process.stdin.resume().on('end', () => process.exit())`
  const child = spawn(process.execPath, ['--no-warnings', '-e', code, path, statements], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    async leave() {
      child.stdin.end()
      await exited
    },
  }
}

async function refusedInTime(work: Promise<unknown>): Promise<void> {
  const begin = performance.now()
  await assert.rejects(work, { code: 'storage_locked', message: /^another program holds the store locked/ })
  assert.ok(performance.now() - begin < bound)
}

describe('a store that an alien program holds locked', () => {
  for (const [name, statements] of [
    ['for writing', 'BEGIN EXCLUSIVE'],
    ['for itself alone', 'PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE'],
  ] as const) {
    test(`is refused at the start, held ${name}, and opens when it is free`, async () => {
      const path = join(folder, `start-${name}`)
      const before = await openSqlite({ path })
      await before.commit(put('a'))
      await before.close()
      const holder = await alien(path, statements)
      await refusedInTime(openSqlite({ path }))
      await holder.leave()
      const store = await openSqlite({ path })
      assert.equal(typeof (await store.read([key('a')]))[0], 'object')
      await store.close()
    })
  }

  test('that has no tables yet is refused too', async () => {
    const path = join(folder, 'empty')
    const holder = await alien(path, 'BEGIN EXCLUSIVE')
    await refusedInTime(openSqlite({ path }))
    await holder.leave()
    await (await openSqlite({ path })).close()
  })

  test('answers reads, refuses the commits of every process, writes none of them, and goes on afterwards', async () => {
    const path = join(folder, 'in-use')
    const store = await openSqlite({ path })
    await store.commit(put('a'))
    const guest = await openProcess({ path })
    const holder = await alien(path, 'BEGIN EXCLUSIVE')
    await Promise.all([
      refusedInTime(store.commit(put('b'))),
      refusedInTime(store.commit(put('c'))),
      refusedInTime(guest.commit(put('d'))),
    ])
    assert.deepEqual((await store.list('')).names, ['a'])
    assert.deepEqual((await guest.list('')).names, ['a'])
    await holder.leave()
    for (const [user, name] of [
      [store, 'b'],
      [guest, 'd'],
    ] as const) {
      assert.equal((await user.commit(put(name))).ok, true)
    }
    assert.deepEqual((await store.list('')).names, ['a', 'b', 'd'])
    await guest.close()
    await store.close()
  })

  test('when its owner dies is taken over as soon as it is free', async () => {
    const path = join(folder, 'takeover')
    const owner = await openProcess({ path })
    const guest = await openProcess({ path, patience: 600 })
    await owner.commit(put('a'))
    const holder = await alien(path, 'BEGIN EXCLUSIVE')
    await owner.kill()
    await assert.rejects(guest.commit(put('b')), {
      code: 'storage_locked',
      message: /^another program holds the store locked.*; whether this was written is not known$/,
    })
    await holder.leave()
    assert.equal((await guest.commit(put('c'))).ok, true)
    await guest.close()
  })
})
