import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { staticSeal } from './static.ts'

const id = '01234567-89ab-cdef-0123-456789abcdef'
const root = createSecretKey(Buffer.alloc(32, 5))

async function folders(t: TestContext): Promise<{ base: string; keys: string; file: string }> {
  const base = await mkdtemp(join(tmpdir(), 'coffer-static-'))
  t.after(() => rm(base, { recursive: true }))
  const keys = join(base, 'keys')
  return { base, keys, file: join(keys, `${id}.key`) }
}

const refuses = (pattern: RegExp) => (error: unknown) =>
  isFailure(error, 'invalid_config') && pattern.test(error.message)

describe('static seal', () => {
  it('keeps 32 random bytes in a file of mode 0600 that is named after the cluster', async (t) => {
    const { keys, file } = await folders(t)
    const seal = staticSeal({ folder: keys, random: systemRandom })
    await seal.prepare(id)
    assert.deepEqual(await readdir(keys), [`${id}.key`])
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(keys)).mode & 0o777, 0o700)
    const bytes = await readFile(file)
    assert.equal(bytes.length, 32)
    assert.notDeepEqual(bytes, Buffer.alloc(32))
    const wrapped = await seal.wrap(id, root, 'binding')
    assert.ok((await seal.unwrap(id, wrapped, 'binding')).equals(root))
    await assert.rejects(
      () => seal.unwrap(id, wrapped, 'other'),
      (error) => isFailure(error, 'corrupt'),
    )
  })

  it('tells a store of another cluster from a key that was lost', async (t) => {
    const { keys } = await folders(t)
    const seal = staticSeal({ folder: keys, random: systemRandom })
    const other = 'fedcba98-89ab-cdef-0123-456789abcdef'
    await seal.prepare(other)
    const open = () => seal.unwrap(id, Buffer.alloc(80), 'b')
    await assert.rejects(
      open,
      refuses(new RegExp(`there is that of the cluster ${other}: this store is another`)),
    )
    assert.deepEqual(await readdir(keys), [`${other}.key`])
  })

  it('never writes over a key, and takes back one that is not needed', async (t) => {
    const { keys, file } = await folders(t)
    const seal = staticSeal({ folder: keys, random: systemRandom })
    const { undo } = await seal.prepare(id)
    const bytes = await readFile(file)
    await assert.rejects(() => seal.prepare(id), refuses(/cannot be written \(EEXIST\)/))
    assert.deepEqual(await readFile(file), bytes)
    await undo()
    assert.deepEqual(await readdir(keys), [])
  })

  it('says what is wrong with its key and makes no other', async (t) => {
    const { keys, file } = await folders(t)
    const seal = staticSeal({ folder: keys, random: systemRandom })
    await seal.prepare(id)
    const wrapped = await seal.wrap(id, root, 'b')
    const open = () => seal.unwrap(id, wrapped, 'b')

    for (const mode of [0o640, 0o604, 0o660, 0o611]) {
      await chmod(file, mode)
      await assert.rejects(open, refuses(/may be read by others: chmod 600/), mode.toString(8))
    }
    await chmod(file, 0o400)
    assert.ok((await open()).equals(root))
    await chmod(file, 0o600)
    for (const length of [0, 31, 33, 64]) {
      await writeFile(file, Buffer.alloc(length, 1))
      await assert.rejects(open, refuses(/is not 32 bytes long/), `${length}`)
    }
    await writeFile(file, Buffer.alloc(32, 1))
    await assert.rejects(
      open,
      (error) => isFailure(error, 'corrupt') && error.message.includes('it is not that of its cluster'),
    )
    await rm(file)
    await assert.rejects(open, refuses(/is missing: put it back from your backup/))
    await mkdir(file)
    await assert.rejects(open, refuses(/is not a regular file|cannot be read/))
    assert.deepEqual(await readdir(keys), [`${id}.key`])
  })

  it('refuses a folder inside of the data folder, also by way of a symbolic link', async (t) => {
    const { base } = await folders(t)
    const data = join(base, 'data')
    await mkdir(data)
    await symlink(data, join(base, 'link'))
    for (const folder of [
      data,
      join(data, 'keys'),
      join(data, '..keys'),
      join(base, 'link', 'keys'),
      join(base, 'x', '..', 'data'),
    ]) {
      const seal = staticSeal({ folder, dataFolder: data, random: systemRandom })
      await assert.rejects(() => seal.prepare(id), refuses(/outside of the data folder/), folder)
      await assert.rejects(
        () => seal.unwrap(id, Buffer.alloc(80), 'b'),
        refuses(/outside of the data/),
        folder,
      )
    }
    await staticSeal({ folder: join(base, 'data-keys'), dataFolder: data, random: systemRandom }).prepare(id)
  })
})
