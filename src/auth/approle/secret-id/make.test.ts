import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../../base/errors.ts'
import { metadataOf } from './make.ts'

describe('the metadata of a secret id', () => {
  it('is the same as an object and as its JSON text', () => {
    const texts = fc.dictionary(fc.string(), fc.string(), { maxKeys: 64, noNullPrototype: true })
    fc.assert(
      fc.property(texts, (sent) => {
        assert.deepEqual(metadataOf(JSON.stringify(sent)), { ...sent })
        assert.deepEqual(metadataOf(sent), { ...sent })
      }),
    )
  })

  it('is refused as a whole where it is anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          const values = Object.values(metadataOf(text))
          assert.ok(values.every((value) => typeof value === 'string'))
        } catch (error) {
          assert.ok(isFailure(error, 'invalid_request'), String(error))
        }
      }),
    )
    const deep = '['.repeat(30_000)
    for (const text of [
      deep,
      'x'.repeat(70_000),
      '{"a":1}',
      '"a"',
      JSON.stringify({ a: 'x'.repeat(1025) }),
    ]) {
      assert.throws(
        () => metadataOf(text),
        (error) => isFailure(error, 'invalid_request'),
      )
    }
  })
})
