import assert from 'node:assert/strict'
import { createDecipheriv, createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../base/errors.ts'
import { seededRandom } from '../barrier-for-tests.ts'
import { createNonceSource } from '../nonce.ts'
import { addTerm, decodeKeyring, encodeKeyring, newKeyring, openKeyring, sealKeyring } from './keyring.ts'

const isCorrupt = (error: unknown) => isFailure(error, 'corrupt') && error.message.includes('cluster/keyring')
const root = createSecretKey(Buffer.alloc(32, 9))
const nonces = createNonceSource()

describe('keyring', () => {
  it('gives back all terms, the active one and the derivation secret', () => {
    fc.assert(
      fc.property(fc.nat(20), (terms) => {
        const random = seededRandom('keyring')
        let keyring = newKeyring(random, 1000)
        for (let i = 0; i < terms; i++) keyring = addTerm(keyring, random, 2000 + i)
        const again = openKeyring(root, sealKeyring(root, nonces, keyring))
        assert.equal(again.active.term, terms + 1)
        assert.ok(again.derivation.equals(keyring.derivation))
        assert.deepEqual([...again.terms.keys()], [...keyring.terms.keys()])
        for (const [term, { installed, secret }] of keyring.terms) {
          assert.equal(again.terms.get(term)?.installed, installed)
          assert.ok(again.terms.get(term)?.secret.equals(secret))
        }
      }),
    )
  })

  it('has a new key in each term, and the same derivation secret', () => {
    const random = seededRandom('keys')
    const first = newKeyring(random, 0)
    const second = addTerm(first, random, 1)
    assert.ok(!second.active.secret.equals(first.active.secret))
    assert.ok(!second.active.secret.equals(second.derivation))
    assert.ok(second.derivation.equals(first.derivation))
    assert.ok(second.terms.get(1)?.secret.equals(first.active.secret))
  })

  it('is corrupt under another root key, with any byte changed, and at any other length', () => {
    const stored = sealKeyring(root, nonces, newKeyring(seededRandom('a'), 0))
    assert.throws(() => openKeyring(createSecretKey(Buffer.alloc(32, 8)), stored), isCorrupt)
    for (let at = 0; at < stored.length; at++) {
      // The term of the envelope chooses a key among several; the root key is one.
      if (at >= 1 && at <= 4) continue
      const changed = Buffer.from(stored)
      changed[at] = (changed[at] as number) ^ 0x40
      assert.throws(() => openKeyring(root, changed), isCorrupt, `byte ${at}`)
      assert.throws(() => openKeyring(root, stored.subarray(0, at)), isCorrupt, `length ${at}`)
    }
  })

  it('is corrupt when what is inside is no keyring', () => {
    const plain = encodeKeyring(addTerm(newKeyring(seededRandom('a'), 0), seededRandom('b'), 0))
    for (let length = 0; length < plain.length; length++) {
      assert.throws(() => decodeKeyring(plain.subarray(0, length)), isCorrupt)
    }
    const newer = Buffer.from(plain)
    newer[0] = 2
    assert.throws(() => decodeKeyring(newer), isCorrupt)
    const falling = Buffer.from(plain)
    falling.writeUInt32BE(9, 37)
    assert.throws(() => decodeKeyring(falling), isCorrupt)
  })

  it('leaves no key in the buffers that it passed through', (t) => {
    const buffers: Buffer[] = []
    const kept = <T>(value: T): T => {
      if (Buffer.isBuffer(value)) buffers.push(value)
      return value
    }
    /** Keeps what a method gives out, and lets it work as it does. */
    const watch = (target: object, name: string) => {
      // Whatever their types are: their answers are all that is looked at.
      const methods = target as Record<string, (...args: unknown[]) => unknown>
      const real = methods[name]
      t.mock.method(methods, name, function (this: unknown, ...args: unknown[]) {
        return kept(real?.apply(this, args))
      })
    }
    const prototypeOf = (value: object) => Object.getPrototypeOf(value)
    watch(prototypeOf(root), 'export')
    watch(Buffer, 'alloc')
    watch(prototypeOf(createDecipheriv('aes-256-gcm', root, Buffer.alloc(12))), 'update')
    buffers.length = 0
    const random = seededRandom('traces')
    const keyring = addTerm(
      newKeyring({ ...random, bytes: (length) => kept(random.bytes(length)) }, 0),
      { ...random, bytes: (length) => kept(random.bytes(length)) },
      1,
    )
    assert.equal(buffers.length, 3, 'two terms and the derivation secret')
    const again = openKeyring(root, sealKeyring(root, nonces, keyring))
    t.mock.restoreAll()
    assert.ok(again.active.secret.equals(keyring.active.secret))
    assert.ok(buffers.length >= 8, 'each key again, and all of them in clear twice')
    for (const buffer of buffers) assert.ok(buffer.every((byte) => byte === 0))
  })

  // The same bytes for ever: what was written by one version opens under every later one.
  it('keeps its format', () => {
    const fixed = createNonceSource((pool) => pool.fill(0xa5))
    const random = seededRandom('golden')
    const keyring = addTerm(newKeyring(random, 1_700_000_000_000), random, 1_800_000_000_123)
    assert.equal(encodeKeyring(keyring).toString('hex'), golden.plain)
    assert.equal(sealKeyring(root, fixed, keyring).toString('hex'), golden.stored)
    const again = openKeyring(root, Buffer.from(golden.stored, 'hex'))
    assert.deepEqual(
      [...again.terms.values()].map(({ term, installed }) => [term, installed]),
      [
        [1, 1_700_000_000_000],
        [2, 1_800_000_000_123],
      ],
    )
  })
})

const golden = {
  plain: [
    '01a65e708bf319065a6e3e2635aae02596bc6cce2467fe91e66b168a07a661c66d0000000200000001000001',
    '8bcfe5680047bebd67e55d1ee90357a5ce22b2703193035cefbc9dbec45481df664778d16f00000002000001',
    'a3185c507b0c5442af192dd6d3145e17f505473422cbf0c28755e06cec9d60456f283099ac',
  ].join(''),
  stored: [
    '0100000000a5a5a5a5a5a5a5a5a5a5a5a5292259eda9f04381eb2ec8027d48d0cec67b1036d5830e3e991c61',
    '1e7a6c1b7d23d804bd4b6f8948a692110237c81ee310f640ab0213cf24fa808782c1ca3d132a1d6cf866e85f',
    '6701e481b9c1f322bd269a7b7e86900a916defdb5b4191e77e2072c1c50520813ca91ea0039df964ac045471',
    'bd869abe9f5dc30075412bfdd8c37b96ae665bd495c90b46a51c',
  ].join(''),
}
