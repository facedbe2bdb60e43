import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { growsLinearly } from '../../../test/support/growth.ts'
import { decodePolicy } from './decode.ts'

const policy = 'path "kv/*" { capabilities = ["read"] }'

describe('the text of a policy', () => {
  it('is taken out of base64, in lines and with blanks around it too', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 80 }), (text, width) => {
        const coded = Buffer.from(text).toString('base64')
        const lines = coded.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\r\n')
        assert.equal(decodePolicy(coded), Buffer.from(text).toString())
        assert.equal(decodePolicy(` ${lines}\n`), Buffer.from(text).toString())
      }),
    )
  })

  it('stays as it is when it is none', () => {
    for (const text of ['', ' ', policy, '= =', '====', `${policy}==`, 'cGF0aA===']) {
      assert.equal(decodePolicy(text), text)
    }
  })

  it('is looked at in time in proportion to its length', () => {
    for (const make of [
      (size: number) => `${' '.repeat(size)}!`,
      (size: number) => `${'a '.repeat(size / 2)}!`,
      (size: number) => `${'='.repeat(size)}!`,
      (size: number) => `a${' ='.repeat(size / 2)}!`,
    ]) {
      assert.ok(growsLinearly(make, decodePolicy, 16_384))
    }
  })
})
