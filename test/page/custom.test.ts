import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure } from '../../src/base/errors.ts'
import { customMetadata } from '../../src/engines/kv2/custom.ts'
import { customChanges, customOf as shownCustom } from '../../web/src/api/custom.ts'
import { customOf, lineFaults, linesOf, newLine } from '../../web/src/parts/secret/custom/custom.ts'

const isTaken = (name: string, value: string): boolean => {
  try {
    customMetadata({ [name]: value })
    return true
  } catch (error) {
    assert.ok(isFailure(error, 'invalid_request', 'invalid_request_wrapped'), String(error))
    return false
  }
}

describe('the custom metadata of a secret', () => {
  test('is refused on the page as the server would', () => {
    const names = [
      '',
      'a',
      'x'.repeat(128),
      'x'.repeat(129),
      'ä'.repeat(64),
      'ä'.repeat(65),
      'a\nb',
      '__proto__',
    ]
    const values = [
      '',
      'a',
      'x'.repeat(512),
      'x'.repeat(513),
      '€'.repeat(170),
      '€'.repeat(171),
      'a\tb',
      '\u202e',
      'a b',
    ]
    for (const name of names) {
      for (const value of values) {
        if (name === '' && value === '') continue
        const line = newLine(name, value)
        assert.equal(lineFaults([line]).size === 0, isTaken(name, value), JSON.stringify([name, value]))
      }
    }
  })

  test('has each name once, and lines that nobody filled do not count', () => {
    const [first, again, empty] = [newLine('a', '1'), newLine('a', '2'), newLine()]
    assert.deepEqual([...lineFaults([first, again, empty])], [[again.id, 'twice']])
    assert.deepEqual(customOf([first, empty]), { a: '1' })
    assert.deepEqual(customOf(linesOf({ a: '1', b: '2' })), { a: '1', b: '2' })
  })

  test('changes in what differs alone', () => {
    const before = { same: '1', other: '1', gone: '1' }
    assert.deepEqual(customChanges(before, { same: '1', other: '2', constructor: '3' }), {
      other: '2',
      gone: null,
      constructor: '3',
    })
    assert.deepEqual(customChanges(before, before), {})
    assert.deepEqual(shownCustom({ a: '1', b: 2 }), { a: '1' })
    assert.deepEqual(shownCustom(null), {})
  })
})
