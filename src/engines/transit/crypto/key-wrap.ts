import {
  constants,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto'
import { fail } from '../../../base/errors.ts'

/** The alternative initial value of AES key wrap with padding (RFC 5649 §3). */
const initial = Buffer.from('A65959A6', 'hex')
const wrapCipher = 'id-aes256-wrap-pad'
const ephemeralBytes = 32
const notWrapped = 'the key was not wrapped by the wrapping key and AES-256 key wrap with padding'
const padding = constants.RSA_PKCS1_OAEP_PADDING

/**
 * Wraps a key for its import elsewhere: an AES key by RSA-OAEP, followed by the key, wrapped by the AES key.
 *
 * @param ephemeral 32 random bytes
 */
export function wrapKey(to: KeyObject, hash: string, ephemeral: Buffer, key: Buffer): Buffer {
  const cipher = createCipheriv(wrapCipher, ephemeral, initial)
  return Buffer.concat([
    publicEncrypt({ key: to, padding, oaepHash: hash }, ephemeral),
    cipher.update(key),
    cipher.final(),
  ])
}

/** @throws invalid_request when it was not wrapped for this key in this way */
export function unwrapKey(wrapping: KeyObject, hash: string, wrapped: Buffer): Buffer {
  const split = (wrapping.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  if (wrapped.length <= split) fail('invalid_request', 'provided ciphertext is too short')
  let ephemeral: Buffer | undefined
  try {
    ephemeral = privateDecrypt({ key: wrapping, padding, oaepHash: hash }, wrapped.subarray(0, split))
    if (ephemeral.length !== ephemeralBytes) throw new RangeError('expected 256 bits')
    const cipher = createDecipheriv(wrapCipher, ephemeral, initial)
    return Buffer.concat([cipher.update(wrapped.subarray(split)), cipher.final()])
  } catch {
    // One text for every cause: which of the steps failed is what an oracle would tell.
    return fail('invalid_request', notWrapped)
  } finally {
    ephemeral?.fill(0)
  }
}
