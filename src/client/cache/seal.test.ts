import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { namer, open, overheadBytes, seal } from './seal.ts'

const secret = Buffer.from('hvs.a-token-that-nobody-knows')

describe('a file of the cache', () => {
  it('opens with the secret and the name that it was made with', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, name) => {
        const sealed = seal(secret, name, Buffer.from(bytes))
        assert.equal(sealed.length, bytes.length + overheadBytes)
        assert.deepEqual(open(secret, name, sealed), Buffer.from(bytes))
        assert.equal(open(Buffer.from('another'), name, sealed), undefined)
        assert.equal(open(secret, `${name}x`, sealed), undefined)
      }),
    )
  })

  it('does not open when a bit is flipped or the end is cut', () => {
    const sealed = seal(secret, 'name', Buffer.from('hunter2'))
    for (let at = 0; at < sealed.length; at++) {
      const flipped = Buffer.from(sealed)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      assert.equal(open(secret, 'name', flipped), undefined, `byte ${at}`)
      assert.equal(open(secret, 'name', sealed.subarray(0, at)), undefined, `cut at ${at}`)
    }
    assert.equal(open(secret, 'name', Buffer.concat([sealed, Buffer.from([0])])), undefined)
  })

  it('is another one each time, and its name tells nothing', () => {
    const make = () => seal(secret, 'name', Buffer.from('hunter2')).toString('hex')
    assert.notEqual(make(), make())
    assert.equal(namer(secret)('a', 'b'), namer(secret)('a', 'b'))
    assert.notEqual(namer(secret)('a', 'b'), namer(secret)('ab'))
    assert.notEqual(namer(secret)('a'), namer(Buffer.from('another'))('a'))
  })
})
