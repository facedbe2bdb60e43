import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { leaveRootToken } from './server.ts'

describe('the first root token', () => {
  it('is left where its owner alone can read it, and never over another one', async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'coffer-root-'))
    t.after(() => rm(home, { recursive: true }))
    const mask = process.umask(0)
    t.after(() => process.umask(mask))
    const folder = join(home, 'keys')
    const file = leaveRootToken(folder, 'hvs.first')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    assert.throws(() => leaveRootToken(folder, 'hvs.second'), { code: 'EEXIST' })
    assert.equal(await readFile(file, 'utf8'), 'hvs.first\n')
  })
})
