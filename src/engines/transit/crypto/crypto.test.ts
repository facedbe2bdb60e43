import assert from 'node:assert/strict'
import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { derive } from './derive.ts'
import { signDigest, verifyDigest } from './ecdsa-digest.ts'
import { hashCalled } from './hashes.ts'
import { unwrapKey, wrapKey } from './key-wrap.ts'
import { maxSalt, signPkcs1, signPss, verifyPkcs1, verifyPss } from './rsa-digest.ts'

const names = ['sha1', ...['sha2', 'sha3'].flatMap((f) => [224, 256, 384, 512].map((bits) => `${f}-${bits}`))]
const hashes = names.map((name) => hashCalled(name) ?? assert.fail(name))
const digestOf = (name: string, message: Buffer) => createHash(name).update(message).digest()
const message = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes))
const flipped = (bytes: Buffer, at: number) => {
  const other = Buffer.from(bytes)
  other[at % other.length] = (other[at % other.length] ?? 0) ^ 1
  return other
}

describe('derivation of keys', () => {
  it('is that of HKDF, for a context of any length', () => {
    const hmac = (key: Uint8Array, ...parts: Uint8Array[]) =>
      createHmac('sha256', key).update(Buffer.concat(parts)).digest()
    const context = fc.oneof(message, fc.uint8Array({ minLength: 1020, maxLength: 1030 }))
    fc.assert(
      fc.property(message, context, fc.integer({ min: 1, max: 64 }), (key, info, length) => {
        const extracted = hmac(Buffer.alloc(32), key)
        const first = hmac(extracted, info, Buffer.of(1))
        const second = hmac(extracted, first, info, Buffer.of(2))
        assert.deepEqual(derive(key, info, length), Buffer.concat([first, second]).subarray(0, length))
      }),
    )
  })
})

describe('an ECDSA signature of a digest', () => {
  for (const namedCurve of ['P-256', 'P-384', 'P-521']) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    it(`on ${namedCurve} is one of the message, and the reverse`, () => {
      fc.assert(
        fc.property(message, fc.constantFrom(...hashes), fc.nat(), (said, { name }, at) => {
          const digest = digestOf(name, said)
          const made = signDigest(privateKey, digest, randomBytes)
          const dsaEncoding = 'ieee-p1363'
          assert.equal(verify(name, said, { key: publicKey, dsaEncoding }, made), true)
          const theirs = sign(name, said, { key: privateKey, dsaEncoding })
          assert.equal(verifyDigest(publicKey, digest, theirs), true)
          assert.equal(verifyDigest(publicKey, digest, flipped(theirs, at)), false)
          assert.equal(verifyDigest(publicKey, flipped(digest, 0), theirs), false)
        }),
        { numRuns: 40 },
      )
    })

    it(`on ${namedCurve} is of the leftmost bits of a long one`, () => {
      const long = Buffer.concat([randomBytes(66), Buffer.alloc(20_000, 7)])
      const made = signDigest(privateKey, long, randomBytes)
      assert.equal(verifyDigest(publicKey, long, made), true)
      assert.equal(verifyDigest(publicKey, long.subarray(0, 66), made), true)
      assert.equal(verifyDigest(publicKey, flipped(long, 0), made), false)
    })

    it(`on ${namedCurve} is not hostile bytes`, () => {
      const order = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[namedCurve] ?? 0
      const digest = digestOf('sha256', Buffer.from('x'))
      const made = signDigest(privateKey, digest, randomBytes)
      for (const bytes of [
        Buffer.alloc(0),
        Buffer.alloc(2 * order),
        Buffer.alloc(2 * order, 0xff),
        made.subarray(1),
        Buffer.concat([Buffer.alloc(order), made.subarray(order)]),
        Buffer.concat([made.subarray(0, order), Buffer.alloc(order)]),
      ]) {
        assert.equal(verifyDigest(publicKey, digest, bytes), false)
      }
      assert.throws(() => signDigest(privateKey, Buffer.alloc(32), randomBytes), /digest to sign is zero/)
      assert.equal(verifyDigest(publicKey, Buffer.alloc(32), made), false)
    })
  }
})

describe('an ECDSA signature of a digest by the negative key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const negative = (bytes: Buffer) =>
    Buffer.from((order - BigInt(`0x${bytes.toString('hex')}`)).toString(16).padStart(64, '0'), 'hex')

  it('is none: the sign of the point counts', () => {
    for (let i = 0; i < 20; i++) {
      const digest = digestOf('sha224', randomBytes(8))
      const made = signDigest(privateKey, digest, randomBytes)
      const r = made.subarray(0, 32)
      const s = made.subarray(32)
      const padded = Buffer.concat([Buffer.alloc(4), digest])
      assert.equal(verifyDigest(publicKey, padded, Buffer.concat([r, negative(s)])), true)
      for (const other of [s, negative(s)]) {
        const moved = Buffer.concat([r, other])
        assert.equal(verifyDigest(publicKey, negative(padded), moved), false)
      }
    }
  })
})

describe('an RSA signature of a digest', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

  it('by PKCS #1 v1.5 is one of the message, and the reverse', () => {
    for (const hash of hashes) {
      const said = randomBytes(20)
      const digest = digestOf(hash.name, said)
      const made = signPkcs1(privateKey, hash, digest)
      assert.deepEqual(made, sign(hash.name, said, privateKey), hash.name)
      assert.equal(verifyPkcs1(publicKey, hash, digest, made), true)
      assert.equal(verifyPkcs1(publicKey, hash, flipped(digest, 3), made), false)
      assert.equal(verifyPkcs1(publicKey, hash, digest, flipped(made, 100)), false)
      assert.equal(verifyPkcs1(publicKey, undefined, digest, made), false)
    }
  })

  it('by PSS is one of the message, and the reverse, whatever its salt', () => {
    for (const hash of hashes) {
      for (const saltLength of [0, 1, hash.bytes, maxSalt(privateKey, hash)]) {
        const said = randomBytes(20)
        const digest = digestOf(hash.name, said)
        const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
        const made = signPss(privateKey, hash, digest, randomBytes(saltLength))
        assert.equal(verify(hash.name, said, { key: publicKey, ...options }, made), true, hash.name)
        const theirs = sign(hash.name, said, { key: privateKey, ...options })
        assert.equal(verifyPss(publicKey, hash, digest, theirs, undefined), true)
        assert.equal(verifyPss(publicKey, hash, digest, theirs, saltLength), true)
        assert.equal(verifyPss(publicKey, hash, digest, theirs, saltLength + 1), false)
        assert.equal(verifyPss(publicKey, hash, flipped(digest, 3), theirs, undefined), false)
        assert.equal(verifyPss(publicKey, hash, digest, flipped(theirs, 100), undefined), false)
        assert.equal(verifyPss(publicKey, hash, digest, Buffer.alloc(256, 0xff), undefined), false)
      }
    }
  })
})

describe('a wrapped key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

  it('comes out as it went in, and not when a bit of it has changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 90 }), fc.nat(), (bytes, at) => {
        const wrapped = wrapKey(publicKey, 'sha256', randomBytes(32), Buffer.from(bytes))
        assert.deepEqual(unwrapKey(privateKey, 'sha256', wrapped), Buffer.from(bytes))
        assert.throws(() => unwrapKey(privateKey, 'sha256', flipped(wrapped, at)), /was not wrapped/)
        assert.throws(() => unwrapKey(privateKey, 'sha1', wrapped), /was not wrapped/)
        assert.throws(() => unwrapKey(privateKey, 'sha256', wrapped.subarray(0, 256)), /too short/)
      }),
      { numRuns: 20 },
    )
  })
})
