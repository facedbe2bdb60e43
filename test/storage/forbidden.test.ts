import assert from 'node:assert/strict'
import { chmodSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { programForAll, startProcess, temporaryFolder } from './child.ts'

/** Root may write anywhere, so the process under test becomes this user, who owns nothing here. */
const nobody = 65534
const asRoot = process.getuid?.() === 0
const program = asRoot ? programForAll() : undefined
if (program !== undefined) openToAll(program, dirname(dirname(dirname(program))))

/** Lets every user read a file and enter the folders above it. */
function openToAll(file: string, top: string): void {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    chmodSync(folder, 0o755)
    if (folder === top) return
  }
}

/** A user who may not write opens a store with one row, whose folder and files have these modes. */
async function refused(modes: { folder: number; files: number }, message: RegExp): Promise<void> {
  const path = join(temporaryFolder(), 'data', 'store')
  const store = await openSqlite({ path })
  await store.commit({ put: [{ key: 'a' as StorageKey, value: Buffer.from('1') }] })
  await store.close()
  chmodSync(dirname(dirname(path)), 0o755)
  const files = [path, `${path}.lock`]
  for (const file of files) chmodSync(file, modes.files)
  const before = statSync(path)
  chmodSync(dirname(path), modes.folder)
  const child = startProcess(program === undefined ? {} : { program })
  if (asRoot) await child.become(nobody)
  await assert.rejects(child.open({ path }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'storage_failed')
    assert.match(error.message, message)
    return true
  })
  await child.kill()
  chmodSync(dirname(path), 0o700)
  assert.deepEqual([statSync(path).mtimeMs, statSync(path).size], [before.mtimeMs, before.size])
  for (const file of files) chmodSync(file, 0o600)
  const again = await openSqlite({ path })
  assert.deepEqual((await again.list('')).names, ['a'])
  await again.close()
}

describe('a user who may not write', () => {
  test('is told so, where file and folder may be read', async () => {
    await refused({ folder: 0o555, files: 0o444 }, /^the store is read-only; check the permissions/)
  })

  test('is told so, where only the folder may be written', async () => {
    await refused({ folder: 0o777, files: 0o444 }, /^the store is read-only; check the permissions/)
  })

  test('is told so, where only the file may be written', async () => {
    await refused({ folder: 0o555, files: 0o666 }, /^the store is read-only; check the permissions/)
  })

  test('is told so, where neither may be read', async () => {
    await refused(
      { folder: 0o000, files: 0o000 },
      /^the store cannot be opened; check its path, and the permissions/,
    )
  })
})
