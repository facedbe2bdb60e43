import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../base/errors.ts'
import { envelopeOverhead, openEnvelope, sealEnvelope, termOf } from './envelope.ts'
import { createNonceSource, nonceBytes } from './nonce.ts'

const secret = createSecretKey(Buffer.alloc(32, 1))
const nonces = createNonceSource()
const isCorrupt = (name: string) => (error: unknown) =>
  isFailure(error, 'corrupt') && error.message.includes(name) && !error.message.includes('plaintext')

describe('envelope', () => {
  it('gives back what was put in, for any value and key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 5000 }),
        fc.string(),
        fc.nat(0xffff_ffff),
        (plain, name, term) => {
          const stored = sealEnvelope(secret, term, nonces, name, plain)
          assert.equal(stored.length, plain.length + envelopeOverhead)
          assert.equal(termOf(stored), term)
          assert.deepEqual(openEnvelope(secret, name, stored), Buffer.from(plain))
        },
      ),
    )
  })

  it('opens bytes that lie anywhere in a larger buffer', () => {
    const stored = sealEnvelope(secret, 7, nonces, 'a/b', Buffer.from('plaintext'))
    const larger = Buffer.concat([Buffer.alloc(5, 0xff), stored, Buffer.alloc(5, 0xff)])
    const view = new Uint8Array(larger.buffer, larger.byteOffset + 5, stored.length)
    assert.equal(termOf(view), 7)
    assert.equal(openEnvelope(secret, 'a/b', view).toString(), 'plaintext')
  })

  it('is corrupt when any bit of any byte is flipped, but for the term, which chooses the key', () => {
    const stored = sealEnvelope(secret, 1, nonces, 'some/key', Buffer.from('plaintext'))
    for (let at = 0; at < stored.length; at++) {
      if (at >= 1 && at <= 4) continue
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(stored)
        changed[at] = (changed[at] as number) ^ (1 << bit)
        assert.throws(() => openEnvelope(secret, 'some/key', changed), isCorrupt('some/key'), `byte ${at}`)
      }
    }
  })

  it('is corrupt at every length but its own', () => {
    const stored = sealEnvelope(secret, 1, nonces, 'some/key', Buffer.from('plaintext'))
    for (let length = 0; length < stored.length; length++) {
      assert.throws(() => openEnvelope(secret, 'some/key', stored.subarray(0, length)), isCorrupt('some/key'))
    }
    assert.throws(
      () => openEnvelope(secret, 'some/key', Buffer.concat([stored, Buffer.alloc(1)])),
      isCorrupt(''),
    )
  })

  it('is corrupt under any other storage key', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        fc.pre(!Buffer.from(name).equals(Buffer.from(other)))
        const stored = sealEnvelope(secret, 1, nonces, name, Buffer.from('plaintext'))
        assert.throws(() => openEnvelope(secret, other, stored), isCorrupt(JSON.stringify(other)))
      }),
    )
  })

  it('is corrupt under another secret', () => {
    const stored = sealEnvelope(secret, 1, nonces, 'k', Buffer.from('plaintext'))
    const other = createSecretKey(Buffer.alloc(32, 2))
    assert.throws(() => openEnvelope(other, 'k', stored), isCorrupt('k'))
  })

  it('is corrupt whatever random bytes stand in its place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => openEnvelope(secret, 'k', bytes), isCorrupt('k'))
      }),
    )
  })

  it('names no term where the bytes are no envelope', () => {
    assert.equal(termOf(Buffer.from('{"minReader":1,"minWriter":1,"something":"longer"}')), undefined)
    assert.equal(termOf(Buffer.alloc(envelopeOverhead - 1, 1)), undefined)
    assert.equal(termOf(Buffer.alloc(0)), undefined)
  })

  // The same bytes for ever: what was written by one version opens under every later one.
  it('keeps its format', () => {
    const fixed = createNonceSource((pool) => pool.fill(0xa5))
    const vectors = [
      ['kv/a', 1, '', '0100000001a5a5a5a5a5a5a5a5a5a5a5a53b5d8cc55cd5890c2c06444b5c456eda'],
      [
        'ns/root/mount/x/Zürich',
        0xfffe,
        'coffer',
        '010000fffea5a5a5a5a5a5a5a5a5a5a5a5fc4bd89438cbc92e4442d19873028aa66a34aec3d586',
      ],
    ] as const
    for (const [name, term, plain, stored] of vectors) {
      assert.equal(sealEnvelope(secret, term, fixed, name, Buffer.from(plain)).toString('hex'), stored)
      assert.equal(openEnvelope(secret, name, Buffer.from(stored, 'hex')).toString(), plain)
    }
  })
})

describe('nonces', () => {
  it('never repeat, across blocks of the pool', () => {
    const source = createNonceSource()
    const target = Buffer.alloc(nonceBytes)
    const seen = new Set<string>()
    for (let i = 0; i < 5000; i++) {
      source.write(target, 0)
      seen.add(target.toString('hex'))
    }
    assert.equal(seen.size, 5000)
  })

  it('are drawn from the generator once in a thousand', () => {
    let calls = 0
    const source = createNonceSource((pool) => {
      calls++
      pool.fill(calls)
    })
    const target = Buffer.alloc(nonceBytes)
    for (let i = 0; i < 1025; i++) source.write(target, 0)
    assert.equal(calls, 2)
    assert.deepEqual(target, Buffer.alloc(nonceBytes, 2))
  })
})
