import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readPattern } from './pattern.ts'

describe('what part of a name is looked for', () => {
  it('is found anywhere in the path, whatever its case', () => {
    assert.equal(readPattern('DB')('app/db-main'), true)
    assert.equal(readPattern('app/d')('App/db'), true)
    assert.equal(readPattern('db')('app/d-b'), false)
    assert.equal(readPattern('')('x'), true)
  })

  it('is a pattern of the whole name with * and ?, and of the whole path with a slash', () => {
    assert.equal(readPattern('db*')('app/db-main'), true)
    assert.equal(readPattern('db')('app/mydb'), true)
    assert.equal(readPattern('db*')('app/mydb'), false)
    assert.equal(readPattern('d?')('db'), true)
    assert.equal(readPattern('d?')('d😀'), true)
    assert.equal(readPattern('d?')('dbx'), false)
    assert.equal(readPattern('app/*/key')('app/x/y/key'), true)
    assert.equal(readPattern('app/*')('my/app/x'), false)
  })

  it('agrees with a regular expression, and takes no longer for what almost fits', () => {
    const text = fc.stringMatching(/^[ab?*]{0,8}$/)
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab]{0,8}$/), (pattern, name) => {
        fc.pre(/[*?]/.test(pattern))
        const source = pattern.replaceAll('*', '.*').replaceAll('?', '.')
        assert.equal(readPattern(pattern)(name), new RegExp(`^${source}$`).test(name))
      }),
    )
    assert.equal(readPattern(`${'*a'.repeat(250)}b`)('a'.repeat(2000)), false)
  })
})
