import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { guessBits } from '../../web/src/crypt/strength.ts'

describe('the strength of a passphrase', () => {
  test('counts what is easily guessed as weak', () => {
    const weak = [
      '',
      'a',
      'password',
      'Passw0rd1',
      'aaaaaaaaaaaaaaaaaaaaaaaa',
      '12345678901234567890',
      'correct horse',
    ]
    for (const one of weak) assert.ok(guessBits(one) < 50, `${one}: ${guessBits(one)}`)
  })

  test('counts what is drawn by chance as strong, whether of characters or of words', () => {
    for (const one of ['x9!kd-Wq20_mT4vR', 'gravel-otter-plaster-noon-violet-drum-saddle']) {
      assert.ok(guessBits(one) >= 75, `${one}: ${guessBits(one)}`)
    }
  })

  test('never says less of more words', () => {
    assert.ok(guessBits('gravel otter plaster noon') > guessBits('gravel otter plaster'))
  })
})
