import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt } from 'node:crypto'
import { fail } from '../../../base/errors.ts'
import type { Hash } from './hashes.ts'

/**
 * RSA signatures of a digest that was made elsewhere: Node signs messages alone, so the padding is made here and
 * the key applied to it.
 */
const pkcs1 = constants.RSA_PKCS1_PADDING
const none = constants.RSA_NO_PADDING

/** @throws invalid_request for a digest of the wrong length */
function checkLength(hash: Hash | undefined, digest: Buffer): void {
  if (hash !== undefined && digest.length !== hash.bytes) {
    fail('invalid_request', 'crypto/rsa: input must be hashed message')
  }
}

/** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). Without a hash the input stands there by itself. */
export function signPkcs1(key: KeyObject, hash: Hash | undefined, digest: Buffer): Buffer {
  checkLength(hash, digest)
  if (digest.length > modulusBytes(key) - 11) fail('invalid_request', 'the input is too long for the key')
  return privateEncrypt({ key, padding: pkcs1 }, pkcs1Message(hash, digest))
}

export function verifyPkcs1(
  key: KeyObject,
  hash: Hash | undefined,
  digest: Buffer,
  signature: Buffer,
): boolean {
  if (hash !== undefined && digest.length !== hash.bytes) return false
  if (signature.length !== modulusBytes(key)) return false
  try {
    return publicDecrypt({ key, padding: pkcs1 }, signature).equals(pkcs1Message(hash, digest))
  } catch {
    return false
  }
}

const pkcs1Message = (hash: Hash | undefined, digest: Buffer) =>
  hash === undefined ? digest : Buffer.concat([Buffer.from(hash.digestInfo, 'hex'), digest])

/**
 * RSASSA-PSS (RFC 8017 §8.1).
 *
 * @param salt random bytes, no more than {@link maxSalt}
 */
export function signPss(key: KeyObject, hash: Hash, digest: Buffer, salt: Buffer): Buffer {
  checkLength(hash, digest)
  const bytes = modulusBytes(key)
  const seed = pssSeed(hash, digest, salt)
  const data = Buffer.concat([Buffer.alloc(bytes - salt.length - hash.bytes - 2), Buffer.from([1]), salt])
  const masked = xor(data, mask(hash, seed, data.length))
  // The modulus has a whole number of bytes, so the highest bit alone is cleared.
  masked[0] = (masked[0] ?? 0) & 0x7f
  return privateEncrypt({ key, padding: none }, Buffer.concat([masked, seed, Buffer.from([0xbc])]))
}

/** @param saltLength bytes; undefined takes any */
export function verifyPss(
  key: KeyObject,
  hash: Hash,
  digest: Buffer,
  signature: Buffer,
  saltLength: number | undefined,
): boolean {
  const bytes = modulusBytes(key)
  if (signature.length !== bytes || digest.length !== hash.bytes) return false
  let encoded: Buffer
  try {
    encoded = publicDecrypt({ key, padding: none }, signature)
  } catch {
    return false
  }
  const end = bytes - hash.bytes - 1
  const masked = encoded.subarray(0, end)
  const seed = encoded.subarray(end, bytes - 1)
  if (encoded[bytes - 1] !== 0xbc || ((masked[0] ?? 0) & 0x80) !== 0) return false
  const data = xor(masked, mask(hash, seed, end))
  data[0] = (data[0] ?? 0) & 0x7f
  const start = data.findIndex((byte) => byte !== 0)
  if (start < 0 || data[start] !== 1) return false
  const salt = data.subarray(start + 1)
  return (saltLength === undefined || salt.length === saltLength) && pssSeed(hash, digest, salt).equals(seed)
}

/** Bytes of the longest salt that fits. */
export const maxSalt = (key: KeyObject, hash: Hash) => modulusBytes(key) - 2 - hash.bytes

export const modulusBytes = (key: KeyObject) => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8

const pssSeed = (hash: Hash, digest: Buffer, salt: Buffer) =>
  createHash(hash.name).update(Buffer.alloc(8)).update(digest).update(salt).digest()

/** MGF1 (RFC 8017 §B.2.1). */
function mask(hash: Hash, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let i = 0; i * hash.bytes < length; i++) {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(i)
    blocks.push(createHash(hash.name).update(seed).update(counter).digest())
  }
  return Buffer.concat(blocks).subarray(0, length)
}

const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)))
