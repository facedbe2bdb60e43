import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { portOf, splitAddress } from './address.ts'

describe('an address to listen at', () => {
  it('is a host and a port, with loopback for a missing host', () => {
    assert.deepEqual(splitAddress('127.0.0.1:8200', 'X'), { host: '127.0.0.1', port: 8200 })
    assert.deepEqual(splitAddress('localhost:0', 'X'), { host: 'localhost', port: 0 })
    assert.deepEqual(splitAddress('[::1]:8200', 'X'), { host: '::1', port: 8200 })
    assert.deepEqual(splitAddress(':8200', 'X'), { host: '127.0.0.1', port: 8200 })
  })

  it('of another form is refused by the name of its setting', () => {
    for (const text of ['8300', '', '127.0.0.1', '127.0.0.1:', 'a:b', '::1:8200', '[]:1', 'https://a:1']) {
      assert.throws(() => splitAddress(text, 'COFFER_LISTEN'), {
        code: 'invalid_config',
        message: /^COFFER_LISTEN must be an address and a port, such as /,
      })
    }
    for (const text of ['abc', '', '65536', '-1', '1.5', ' 1', '0x10']) {
      assert.throws(() => portOf(text, 'X'), { code: 'invalid_config', message: /^X must be a port/ }, text)
    }
    assert.throws(() => splitAddress('a:65536', 'X'), /must be a port/)
  })
})
