import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CofferError } from '../../base/errors.ts'
import { fakeIo } from '../testing/fake-io.ts'
import { readFields } from './values.ts'

const refused = (text: RegExp) => (error: CofferError) => {
  assert.equal(error.code, 'invalid_request')
  assert.match(error.message, text)
  return true
}

describe('fields on a command line', () => {
  it('are texts, up to the end of the argument', async () => {
    const fields = await readFields(fakeIo(), ['a=1', 'b=x=y', 'c=', 'd= e '])
    assert.deepEqual(fields, { a: '1', b: 'x=y', c: '', d: ' e ' })
  })

  it('stay what they are for any text that is not marked', async () => {
    const name = fc.string({ minLength: 1 }).filter((s) => !s.includes('='))
    const value = fc.string().filter((s) => !/^(-$|@|\\-$|\\@)/.test(s))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(name, value), { selector: ([n]) => n }), async (pairs) => {
        const fields = await readFields(
          fakeIo(),
          pairs.map(([n, v]) => `${n}=${v}`),
        )
        assert.deepEqual(new Map(Object.entries(fields)), new Map(pairs))
      }),
    )
  })

  it('become a list when a name comes twice', async () => {
    assert.deepEqual(await readFields(fakeIo(), ['a=1', 'a=2', 'a=3']), { a: ['1', '2', '3'] })
  })

  it('keep the spelling of numbers in JSON', async () => {
    const fields = await readFields(fakeIo({ stdin: '{"n": 12345678901234567890}' }), ['-'])
    assert.equal(JSON.stringify(fields), '{"n":12345678901234567890}')
  })

  it('come from standard input as it is, also its last line end', async () => {
    assert.deepEqual(await readFields(fakeIo({ stdin: ['ab', 'c\n'] }), ['v=-']), { v: 'abc\n' })
  })

  it('are asked for on a terminal, unseen', async () => {
    const io = fakeIo({ stdin: 'geheim\r', tty: true })
    assert.deepEqual(await readFields(io, ['pin=-']), { pin: 'geheim' })
    assert.equal(io.error(), 'pin (will be hidden): \n')
    assert.equal(io.out(), '')
  })

  it('take standard input once', async () => {
    await assert.rejects(readFields(fakeIo({ stdin: 'x' }), ['a=-', 'b=-']), refused(/only one value/))
  })

  it('are refused without repeating them', async () => {
    await assert.rejects(readFields(fakeIo(), ['s3cret']), (error: CofferError) => {
      assert.doesNotMatch(error.message, /s3cret/)
      return refused(/name=value/)(error)
    })
    await assert.rejects(readFields(fakeIo(), ['=v']), refused(/name=value/))
    await assert.rejects(readFields(fakeIo({ stdin: '[1]' }), ['-']), refused(/JSON object/))
    await assert.rejects(
      readFields(fakeIo({ stdin: '{"a": s3cret}' }), ['-']),
      refused(/^standard input is not JSON/),
    )
  })

  it('come from files, which must be text', async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'coffer-values-'))
    t.after(() => rm(home, { recursive: true }))
    await writeFile(join(home, 'text'), '\ufeffgrüße\r\n')
    await writeFile(join(home, 'binary'), Buffer.from([0xff, 0xfe, 0x00]))
    const io = fakeIo({ home })
    assert.deepEqual(await readFields(io, ['a=@~/text']), { a: '\ufeffgrüße\r\n' })
    await assert.rejects(readFields(io, ['a=@~/binary']), refused(/is not UTF-8 text; encode/))
    await assert.rejects(readFields(io, ['a=@~/none']), refused(/cannot be read \(ENOENT\)/))
    await assert.rejects(readFields(io, [`a=@${home}`]), refused(/cannot be read \(EISDIR\)/))
  })
})
