import assert from 'node:assert/strict'
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { readToken, tokenFile, writeToken } from './token-file.ts'

async function newHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'coffer-token-'))
  t.after(() => rm(home, { recursive: true }))
  return home
}

describe('the stored token', () => {
  it('is read back, and readable by its owner alone whatever the umask', async (t) => {
    const home = await newHome(t)
    const before = process.umask(0o000)
    t.after(() => process.umask(before))
    await writeToken(home, 'hvs.one')
    assert.equal((await stat(tokenFile(home))).mode & 0o777, 0o600)
    assert.deepEqual(await readToken(home), { token: 'hvs.one', exposed: false })
  })

  it('replaces an older one as a whole, also one that others could read', async (t) => {
    const home = await newHome(t)
    await writeFile(tokenFile(home), 'a much longer token than the new one', { mode: 0o644 })
    await writeToken(home, 'new')
    assert.equal(await readFile(tokenFile(home), 'utf8'), 'new')
    assert.equal((await stat(tokenFile(home))).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(home), ['.vault-token'])
  })

  it('is never written through a symbolic link', async (t) => {
    const home = await newHome(t)
    await writeFile(join(home, 'victim'), 'untouched')
    await symlink(join(home, 'victim'), tokenFile(home))
    await writeToken(home, 'token')
    assert.equal(await readFile(join(home, 'victim'), 'utf8'), 'untouched')
    assert.equal((await lstat(tokenFile(home))).isSymbolicLink(), false)
  })

  it('is said to be exposed when others can read it', async (t) => {
    const home = await newHome(t)
    await writeToken(home, 'token')
    await chmod(tokenFile(home), 0o640)
    assert.deepEqual(await readToken(home), { token: 'token', exposed: true })
  })

  it('may be absent or empty', async (t) => {
    const home = await newHome(t)
    assert.equal(await readToken(home), undefined)
    await writeFile(tokenFile(home), ' \n')
    assert.equal(await readToken(home), undefined)
  })

  it('loses its line end', async (t) => {
    const home = await newHome(t)
    await writeFile(tokenFile(home), 'token\n', { mode: 0o600 })
    assert.equal((await readToken(home))?.token, 'token')
  })

  it('leaves nothing behind when it cannot be stored', async (t) => {
    const home = await newHome(t)
    await mkdir(join(tokenFile(home), 'in-the-way'), { recursive: true })
    await assert.rejects(writeToken(home, 'token'), /could not be stored/)
    assert.deepEqual(await readdir(home), ['.vault-token'])
    await assert.rejects(readToken(home), /is not a token file/)
  })
})
