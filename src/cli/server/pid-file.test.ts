import assert from 'node:assert/strict'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { leavePidFile } from './pid-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-pid-'))
after(() => rmSync(folder, { recursive: true }))
const inside = (name: string) => join(folder, name)
const number = `${process.pid}\n`

describe('the file with the number of the process', () => {
  it('is made, and removed when the server ends', () => {
    const remove = leavePidFile(inside('made'))
    assert.equal(readFileSync(inside('made'), 'utf8'), number)
    remove()
    assert.ok(!existsSync(inside('made')))
    remove()
  })

  it('takes the place of one that another process left, whatever its length', () => {
    for (const content of ['', '1', '4194304123\n']) {
      writeFileSync(inside('left'), content)
      leavePidFile(inside('left'))
      assert.equal(readFileSync(inside('left'), 'utf8'), number)
    }
  })

  it('stays where another process wrote its number meanwhile', () => {
    const remove = leavePidFile(inside('taken'))
    writeFileSync(inside('taken'), '1\n')
    remove()
    assert.equal(readFileSync(inside('taken'), 'utf8'), '1\n')
  })

  it('is nothing that a link leads to, and no other file', () => {
    const text = 'something that somebody needs'
    writeFileSync(inside('victim'), text)
    writeFileSync(inside('number'), '12\n')
    writeFileSync(inside('digits'), '1'.repeat(40))
    symlinkSync(inside('victim'), inside('link'))
    symlinkSync(inside('nothing'), inside('dangling'))
    linkSync(inside('number'), inside('second-name'))
    mkdirSync(inside('folder'))
    for (const [name, message] of [
      ['link', /link \(it is a symbolic link\)/],
      ['dangling', /\(it is a symbolic link\)/],
      ['victim', /holds something else/],
      ['digits', /holds something else/],
      ['second-name', /holds something else/],
      ['folder', /EISDIR/],
      ['none/below', /ENOENT/],
    ] as const) {
      assert.throws(() => leavePidFile(inside(name)), { code: 'invalid_config', message })
    }
    assert.equal(readFileSync(inside('victim'), 'utf8'), text)
    assert.equal(readFileSync(inside('number'), 'utf8'), '12\n')
    assert.ok(!existsSync(inside('nothing')))
  })
})
