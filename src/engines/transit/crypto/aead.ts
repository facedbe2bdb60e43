import { createCipheriv, createDecipheriv } from 'node:crypto'
import { fail } from '../../../base/errors.ts'

export type Cipher = 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'

export const nonceBytes = 12
const tagBytes = 16
const options = { authTagLength: tagBytes }

/** `nonce ‖ ciphertext ‖ tag`. */
export function seal(
  cipher: Cipher,
  key: Buffer,
  nonce: Buffer,
  plain: Buffer,
  associated: Buffer | undefined,
): Buffer {
  // The types of Node name each mode of AEAD apart; the three take the same calls.
  const sealing = createCipheriv(cipher as 'aes-256-gcm', key, nonce, options)
  if (associated !== undefined) sealing.setAAD(associated)
  return Buffer.concat([nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()])
}

/** @throws invalid_request when it is too short, was changed, or is of another key or other associated data */
export function open(cipher: Cipher, key: Buffer, sealed: Buffer, associated: Buffer | undefined): Buffer {
  if (sealed.length < nonceBytes) fail('invalid_request', 'invalid ciphertext length')
  const end = sealed.length - tagBytes
  if (end < nonceBytes) refuse()
  const opening = createDecipheriv(cipher as 'aes-256-gcm', key, sealed.subarray(0, nonceBytes), options)
  if (associated !== undefined) opening.setAAD(associated)
  opening.setAuthTag(sealed.subarray(end))
  try {
    return Buffer.concat([opening.update(sealed.subarray(nonceBytes, end)), opening.final()])
  } catch {
    refuse()
  }
}

function refuse(): never {
  fail('invalid_request', 'cipher: message authentication failed')
}
