import assert from 'node:assert/strict'
import { createSecretKey, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { isFailure } from '../../base/errors.ts'
import { createNonceSource } from '../nonce.ts'
import { addHandover, encodeHandover, followHandover, handoverLife, parseHandover } from './handover.ts'

const roots = [1, 2, 3, 4].map((fill) => createSecretKey(Buffer.alloc(32, fill)))
const [first, second, third, stranger] = roots as [KeyObject, KeyObject, KeyObject, KeyObject]
const nonces = createNonceSource()

describe('handover', () => {
  const one = addHandover([], first, second, nonces, 1000)
  const two = addHandover(one, second, third, nonces, 2000)

  it('leads from any of the former root keys to the latest', () => {
    const stored = parseHandover(encodeHandover(two))
    assert.ok(followHandover(first, stored)?.equals(third))
    assert.ok(followHandover(second, stored)?.equals(third))
  })

  it('leads nowhere from another key, nor from the latest', () => {
    assert.equal(followHandover(stranger, two), undefined)
    assert.equal(followHandover(third, two), undefined)
  })

  it('drops what has had its time', () => {
    const later = addHandover(one, second, third, nonces, 1000 + handoverLife)
    assert.equal(later.length, 1)
    assert.equal(followHandover(first, later), undefined)
    assert.ok(followHandover(second, later)?.equals(third))
  })

  it('is corrupt when it has another shape', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      '{"entries":{}}',
      '{"entries":[null]}',
      '{"entries":[{"created":-1,"wrapped":""}]}',
      '{"entries":[{"created":1}]}',
    ]) {
      assert.throws(
        () => parseHandover(Buffer.from(text)),
        (error) => isFailure(error, 'corrupt') && error.message.includes('cluster/handover'),
        text,
      )
    }
  })

  it('ignores an entry that is damaged', () => {
    const [entry] = one
    assert.ok(entry)
    assert.equal(followHandover(first, [{ ...entry, wrapped: 'AAAA' }]), undefined)
  })
})
