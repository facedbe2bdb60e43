import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { growsLinearly } from '../../../test/support/growth.ts'
import { checkNamespace, tokenOf, wrapTtlOf } from './headers.ts'

describe('the token of a request', () => {
  test('is X-Vault-Token, else the bearer', () => {
    assert.equal(tokenOf({ 'x-vault-token': 'a' }), 'a')
    assert.equal(tokenOf({ authorization: 'Bearer b' }), 'b')
    assert.equal(tokenOf({ 'x-vault-token': 'a', authorization: 'Bearer b' }), 'a')
    assert.equal(tokenOf({ 'x-vault-token': '', authorization: 'Bearer b' }), 'b')
  })

  test('is none where nothing of the kind is sent', () => {
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'bearer b', 'Basic b', 'Bearerb']) {
      assert.equal(tokenOf(authorization === undefined ? {} : { authorization }), undefined)
    }
  })
})

describe('the wrapping of an answer', () => {
  test('is asked for in seconds or as a duration', () => {
    for (const [text, seconds] of [
      ['60', 60],
      ['60s', 60],
      ['5m', 300],
      ['1.5h', 5400],
      ['1d', 86_400],
      ['1ms', 1],
    ] as const) {
      assert.equal(wrapTtlOf({ 'x-vault-wrap-ttl': text }), seconds)
    }
    for (const text of ['', '0', '0s']) assert.equal(wrapTtlOf({ 'x-vault-wrap-ttl': text }), undefined)
    assert.equal(wrapTtlOf({}), undefined)
  })

  test('for a time that is none is refused', () => {
    const prefix = 'error parsing X-Vault-Wrap-TTL header: '
    for (const [text, message] of [
      ['-5s', `${prefix}requested wrap ttl cannot be negative`],
      ['-1', `${prefix}requested wrap ttl cannot be negative`],
      ['abc', `${prefix}time: invalid duration "abc"`],
    ] as const) {
      assert.throws(() => wrapTtlOf({ 'x-vault-wrap-ttl': text }), { code: 'invalid_request', message })
    }
    for (const text of ['99999999999999h', '60, 60', 'NaN', 'Infinity', '1e9']) {
      assert.throws(() => wrapTtlOf({ 'x-vault-wrap-ttl': text }), { code: 'invalid_request' })
    }
  })
})

describe('the namespace of a request', () => {
  test('is the root, by any of its names', () => {
    for (const name of [undefined, '', '/', 'root', 'root/', '/root', '//root//', '/'.repeat(16_000)]) {
      checkNamespace(name === undefined ? {} : { 'x-vault-namespace': name })
    }
  })

  test('is read in time in proportion to its length', () => {
    const read = (name: string) =>
      assert.throws(() => checkNamespace({ 'x-vault-namespace': name }), { code: 'not_found' })
    assert.ok(growsLinearly((size) => `a${'/'.repeat(size)}a`, read, 16_384))
  })

  test('that is another is not found', () => {
    for (const name of ['ns1', 'ns1/', 'Root', 'root/a', 'root/root', '..', '/x'.repeat(8_000)]) {
      assert.throws(() => checkNamespace({ 'x-vault-namespace': name }), {
        code: 'not_found',
        message: 'namespace not found',
      })
    }
  })
})
