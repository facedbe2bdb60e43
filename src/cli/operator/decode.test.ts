import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeToken } from './decode.ts'

describe('an encoded root token', () => {
  const otp = '2ZTOuQVAdh3IQzfkCBg7jiGlQ7'
  const token = 's.JYjlMbYJE2DXvqlQnDQXOFcz'
  const encoded = Buffer.from([...token].map((letter, i) => letter.charCodeAt(0) ^ otp.charCodeAt(i)))
    .toString('base64')
    .replace(/=+$/, '')

  it('is opened by its one-time password', () => {
    assert.equal(decodeToken(encoded, otp), token)
  })

  it('is not opened by another', () => {
    assert.throws(() => decodeToken(encoded, `${otp}x`), /not as long/)
    assert.throws(() => decodeToken(encoded, '~'.repeat(26).replace('~', '\x01')), /does not belong/)
    assert.throws(() => decodeToken('no base64!', otp), /not base64/)
  })
})
