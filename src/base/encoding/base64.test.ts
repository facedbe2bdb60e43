import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeBase64 } from './base64.ts'

const at = (text: string) => decodeBase64(text).at

describe('base64', () => {
  it('comes back as the bytes that were encoded, with line breaks anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(100), (bytes, where) => {
        const text = Buffer.from(bytes).toString('base64')
        const broken = `${text.slice(0, where)}\r\n${text.slice(where)}\n`
        for (const written of [text, broken]) {
          const decoded = decodeBase64(written)
          assert.ok(decoded.at === undefined, written)
          assert.deepEqual(decoded.bytes, Buffer.from(bytes))
        }
      }),
    )
  })

  it('is refused at the byte that does not fit', () => {
    assert.equal(at('not base64!'), 3)
    assert.equal(at('!'), 0)
    assert.equal(at('aGVsbG8'), 4)
    assert.equal(at('aGVsbG8=x'), 8)
    assert.equal(at('aGVsbG8=====')! >= 8, true)
    assert.equal(at('='), 0)
    assert.equal(at('ab=c'), 2)
    assert.equal(at('ab='), 3)
    assert.equal(at('aé=='), 1)
    assert.equal(at('a-_='), 1)
    assert.equal(at(''), undefined)
  })

  it('is never taken for what it is not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const decoded = decodeBase64(text)
        const clean = text.replace(/[\r\n]/g, '')
        const isBase64 = clean.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(clean)
        assert.equal(decoded.at === undefined, isBase64)
      }),
    )
  })
})
