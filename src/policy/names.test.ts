import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../base/errors.ts'
import { finalPolicies, foldNames, policyName } from './names.ts'

describe('the name of a policy', () => {
  it('is folded once', () => {
    assert.equal(policyName('  Ops-Team '), 'ops-team')
    for (const spelling of ['root', 'ROOT', 'Root', ' root\u00a0', '\ufeffrOOt']) {
      assert.equal(policyName(spelling), 'root', JSON.stringify(spelling))
    }
  })

  it('may hold dots, spaces, slashes and letters of any script', () => {
    for (const name of ['a.b', 'a b', 'x/y', 'größe', '方針']) assert.equal(policyName(name), name)
  })

  it('is refused when it reads like a reserved one', () => {
    const spellings = [
      'ｒｏｏｔ',
      'ⓡoot',
      'ro\u00adot',
      'ro\u200dot',
      'root\ufe0f',
      'r\u034foot',
      'rest\u0000',
    ]
    for (const name of [...spellings, 'reſponse-wrapping', 'deﬀault'.replace('ﬀ', 'ｆ')]) {
      assert.throws(() => policyName(name), { code: 'invalid_request' }, JSON.stringify(name))
    }
  })

  it('is refused when it is empty, too long or not a text', () => {
    for (const name of ['', '  ', 'a'.repeat(161), 'é'.repeat(81), '\ud800', 'a\nb']) {
      assert.throws(() => policyName(name), { code: 'invalid_request' })
    }
  })

  it('never changes again, and is root only when it is spelled so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          const name = policyName(text)
          assert.equal(policyName(name), name)
          assert.equal(name === 'root', /^root$/i.test(text.trim()))
        } catch (error) {
          assert.ok(isFailure(error, 'invalid_request'))
        }
      }),
    )
  })
})

describe('lists of policy names', () => {
  it('are folded, unique and sorted', () => {
    assert.deepEqual(foldNames(['b', ' A', 'a', '']), ['a', 'b'])
  })

  it('of a login gain default, unless it is left out, and root swallows the rest', () => {
    assert.deepEqual(finalPolicies(['x'], { noDefault: false }), ['default', 'x'])
    assert.deepEqual(finalPolicies(['x', 'default'], { noDefault: true }), ['x'])
    assert.deepEqual(finalPolicies(['x', 'ROOT'], { noDefault: false }), ['root'])
  })
})
