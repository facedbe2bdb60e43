import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { temporaryFile } from '../../../test/support/folder.ts'
import { fillNewFile } from './new-file.ts'

const unused = () => assert.fail('nothing is to be kept elsewhere')

describe('a new file', () => {
  it('is there, for its owner alone, before the work begins, and holds its text then', async () => {
    const path = temporaryFile()
    const work = async () => {
      assert.equal(statSync(path).mode & 0o777, 0o600)
      return 'keys\n'
    }
    await fillNewFile(path, work, unused)
    assert.equal(readFileSync(path, 'utf8'), 'keys\n')
  })

  it('never takes the place of anything, and then no work is done', async () => {
    const path = temporaryFile()
    const link = join(dirname(path), 'link')
    writeFileSync(path, 'shares')
    symlinkSync(join(dirname(path), 'elsewhere'), link)
    for (const taken of [path, link]) {
      const work = () => assert.fail('work was done')
      await assert.rejects(fillNewFile(taken, work, unused), /already; it is not written over/)
    }
    assert.equal(readFileSync(path, 'utf8'), 'shares')
  })

  it('goes when the work fails', async () => {
    const path = temporaryFile()
    const work = () => Promise.reject(new Error('refused'))
    await assert.rejects(fillNewFile(path, work, unused), /refused/)
    assert.equal(existsSync(path), false)
  })

  it('that cannot be made is refused before the work', async () => {
    const path = join(temporaryFile(), 'below')
    const work = () => assert.fail('work was done')
    await assert.rejects(fillNewFile(path, work, unused), /cannot be made \(ENOENT\)/)
  })

  it('that has no room keeps its text elsewhere', async () => {
    const path = temporaryFile()
    const module = new URL('new-file.ts', import.meta.url).href
    const program = `
      const { fillNewFile } = await import(${JSON.stringify(module)})
      const work = async () => 'keys'
      await fillNewFile(${JSON.stringify(path)}, work, (text) => process.stdout.write('kept ' + text))
        .catch((error) => process.stdout.write('; ' + error.message))`
    const script = `ulimit -f 0; exec "$0" --input-type=module -e "$1"`
    const { stdout } = await promisify(execFile)('bash', ['-c', script, process.execPath, program])
    assert.match(stdout, /^kept keys; the file .* cannot be written \(EFBIG\)$/)
  })
})
