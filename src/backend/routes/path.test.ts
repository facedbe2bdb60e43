import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../base/errors.ts'
import { requestPath } from './path.ts'

describe('a path that comes in a field', () => {
  it('is taken as it is where it is canonical', () => {
    for (const path of ['kv/a', 'kv/a/', 'a', 'kv/été/😀', 'kv/a b', 'kv/%2e%2e/x', 'kv/...', 'kv/.hidden']) {
      assert.equal(requestPath(path), path)
    }
  })

  it('is refused where it could mean another path', () => {
    const bad = [
      '',
      '/',
      '/kv/a',
      'kv//a',
      'kv/a//',
      '..',
      'kv/../a',
      'kv/.',
      'kv/./',
      'kv/..',
      'kv/\u0000',
      'a\nb',
    ]
    for (const path of [...bad, '\ud800', 'x'.repeat(2001)]) {
      assert.throws(
        () => requestPath(path),
        (error) => isFailure(error, 'invalid_path'),
        JSON.stringify(path),
      )
    }
  })

  it('never has a part that is empty or leads upwards', () => {
    const parts = fc.constantFrom('a', '.', '..', '', 'b c', '...')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (segments) => {
        const path = segments.join('/')
        const isGood = /^(?!\.{0,2}(\/|$))[^/]+(\/(?!\.{0,2}(\/|$))[^/]+)*\/?$/.test(path)
        if (isGood) assert.equal(requestPath(path), path)
        else assert.throws(() => requestPath(path))
      }),
    )
  })
})
