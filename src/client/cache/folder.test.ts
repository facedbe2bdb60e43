import assert from 'node:assert/strict'
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { requires } from '../../../test/support/requires.ts'
import { ClientError } from '../error.ts'
import { maxBytes, maxFiles, openFolder } from './folder.ts'
import { readKeyFile } from './key-file.ts'

const hour = 3_600_000
const nameOf = (number: number): string =>
  [number, number, number].map((part) => part.toString(16).padStart(24, '0')).join('-')

async function home(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-cache-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const refused = (text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ClientError)
  assert.equal(error.reason, 'invalid_argument')
  assert.match(error.message, text)
  return true
}

const asRoot = process.getuid?.() === 0 ? undefined : 'the rights of root'

describe('the folder of a cache', () => {
  it('and its files are for the owner alone, whatever the umask', async (t) => {
    const path = join(await home(t), 'a', 'b')
    const folder = await openFolder(path, hour)
    await folder.write(nameOf(1), Buffer.from('one'))
    await folder.write(nameOf(1), Buffer.from('two'))
    assert.equal((await lstat(path)).mode & 0o777, 0o700)
    assert.deepEqual(await readdir(path), [nameOf(1)])
    assert.equal((await lstat(join(path, nameOf(1)))).mode & 0o777, 0o600)
    assert.equal(String(await folder.read(nameOf(1))), 'two')
    assert.equal(await folder.read(nameOf(2)), undefined)
  })

  it('is refused when others reach it, or it is a link or a file', async (t) => {
    const base = await home(t)
    const open = join(base, 'open')
    await mkdir(open)
    await chmod(open, 0o750)
    await assert.rejects(openFolder(open, hour), refused(/reached by others; run: chmod 700/))
    await chmod(open, 0o700)
    await symlink(open, join(base, 'link'))
    await assert.rejects(openFolder(join(base, 'link'), hour), refused(/not a folder/))
    await writeFile(join(base, 'file'), '')
    await assert.rejects(openFolder(join(base, 'file'), hour), refused(/not a folder/))
    await chmod(base, 0o777)
    await assert.rejects(openFolder(open, hour), refused(/in the place of/))
    await chmod(base, 0o1777)
    await openFolder(open, hour)
    // The way to it counts, not the name of the way.
    await chmod(base, 0o777)
    const other = await home(t)
    await symlink(base, join(other, 'way'))
    await assert.rejects(openFolder(join(other, 'way', 'open'), hour), refused(/in the place of/))
  })

  it('is refused when it belongs to another', requires(asRoot), async (t) => {
    const base = await home(t)
    const folder = await openFolder(join(base, 'c'), hour)
    await folder.write(nameOf(1), Buffer.from('one'))
    await chown(join(base, 'c', nameOf(1)), 1, 1)
    await assert.rejects(folder.read(nameOf(1)), refused(/another user/))
    await chown(join(base, 'c'), 1, 1)
    await assert.rejects(openFolder(join(base, 'c'), hour), refused(/another user/))
    await chown(base, 1, 1)
    await assert.rejects(openFolder(join(base, 'd'), hour), refused(/in the place of/))
  })

  it('has plain files alone, which only the owner reaches', async (t) => {
    const base = await home(t)
    const path = join(base, 'c')
    const folder = await openFolder(path, hour)
    const target = join(base, 'target')
    await writeFile(target, 'hunter2', { mode: 0o600 })
    await symlink(target, join(path, nameOf(1)))
    await assert.rejects(folder.read(nameOf(1)), refused(/is a link/))
    await link(target, join(path, nameOf(2)))
    await assert.rejects(folder.read(nameOf(2)), refused(/not a plain file/))
    await writeFile(join(path, nameOf(3)), 'x')
    await chmod(join(path, nameOf(3)), 0o640)
    await assert.rejects(folder.read(nameOf(3)), refused(/chmod 600/))
    await mkdir(join(path, nameOf(4)))
    await assert.rejects(folder.read(nameOf(4)), refused(/not a plain file/))
    // What is written takes the place of a link, and leaves alone what the link led to.
    await folder.write(nameOf(1), Buffer.from('new'))
    assert.equal(String(await folder.read(nameOf(1))), 'new')
    assert.equal((await lstat(target)).size, 7)
  })

  it('is bounded in age, number and size, and holds on to what is not its own', async (t) => {
    const path = join(await home(t), 'c')
    const folder = await openFolder(path, hour)
    await writeFile(join(path, 'notes'), 'mine')
    const now = Date.now() / 1000
    await Promise.all(
      Array.from({ length: maxFiles }, async (_, at) => {
        const file = join(path, nameOf(at + 1))
        await writeFile(file, 'x', { mode: 0o600 })
        await utimes(file, now - at, now - at)
      }),
    )
    await utimes(join(path, nameOf(5)), now - 3601, now - 3601)
    await writeFile(join(path, `${nameOf(1)}.0123456789ab`), 'half')
    await utimes(join(path, `${nameOf(1)}.0123456789ab`), now - 100, now - 100)
    await folder.write(nameOf(5000), Buffer.from('new'))
    const names = await readdir(path)
    assert.ok(names.includes('notes') && names.includes(nameOf(5000)))
    for (const gone of [nameOf(5), `${nameOf(1)}.0123456789ab`]) assert.ok(!names.includes(gone), gone)
    assert.ok(names.length <= maxFiles + 1)

    await writeFile(join(path, nameOf(6000)), Buffer.alloc(maxBytes - 10), { mode: 0o600 })
    await folder.write(nameOf(6001), Buffer.from('newest'))
    await folder.write(nameOf(6002), Buffer.from('newest'))
    assert.deepEqual((await readdir(path)).sort(), [nameOf(6001), nameOf(6002), 'notes'].sort())
  })
})

describe('a key file', () => {
  it('is made for the owner alone, and then stays', async (t) => {
    const path = join(await home(t), 'key')
    const made = await readKeyFile(path)
    assert.ok(made.length >= 32)
    assert.equal((await lstat(path)).mode & 0o777, 0o600)
    assert.deepEqual(await readKeyFile(path), made)
  })

  it('is refused when others can read it, it is a link or too short', async (t) => {
    const base = await home(t)
    const path = join(base, 'key')
    await readKeyFile(path)
    await symlink(path, join(base, 'link'))
    await assert.rejects(readKeyFile(join(base, 'link')), refused(/is a link/))
    await chmod(path, 0o644)
    await assert.rejects(readKeyFile(path), refused(/reached by others/))
    await writeFile(join(base, 'short'), 'x'.repeat(31), { mode: 0o600 })
    await assert.rejects(readKeyFile(join(base, 'short')), refused(/less than 32 bytes/))
  })
})
