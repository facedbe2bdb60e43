import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { checkRequestedPlace } from './place.ts'

const base = mkdtempSync(join(tmpdir(), 'coffer-place-'))
after(() => rmSync(base, { recursive: true }))
const folder = join(base, 'log')
const refused = { code: 'invalid_request' }

describe('the log of a device that a request asks for', () => {
  it('may lie in the folder or below it, also before that is there', async () => {
    for (const name of ['audit.log', 'deep/er/a.log']) await checkRequestedPlace(join(folder, name), folder)
    mkdirSync(folder)
    await checkRequestedPlace(join(folder, 'deep/er/a.log'), folder)
  })

  it('may lie nowhere else', async () => {
    for (const path of [join(base, 'a.log'), `${folder}-other/a.log`, '/a.log', `${folder}.log`]) {
      await assert.rejects(checkRequestedPlace(path, folder), refused)
    }
    await assert.rejects(checkRequestedPlace(join(folder, 'a.log'), undefined), refused)
  })

  it('may not get out of the folder by a link', async () => {
    mkdirSync(folder, { recursive: true })
    symlinkSync(base, join(folder, 'out'))
    await assert.rejects(checkRequestedPlace(join(folder, 'out', 'a.log'), folder), refused)
    await assert.rejects(checkRequestedPlace(join(folder, 'out', 'new', 'a.log'), folder), refused)
  })

  it('has a name that is a log’s, and no part that begins with a dot', async () => {
    for (const name of ['audit', 'a.sh', 'a.log.sh', '.bash_login', '.log', '.x.log', '.ssh/a.log']) {
      await assert.rejects(checkRequestedPlace(join(folder, name), folder), refused)
    }
  })
})
