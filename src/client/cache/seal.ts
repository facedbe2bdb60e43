import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/**
 * What is in a file of the cache:
 *
 *     "CFRC" 01 | salt (16) | nonce (12) | ciphertext | tag (16)
 *
 * AES-256-GCM, the name of the file as associated data. The key is for this file alone: HKDF-SHA-256 (RFC 5869)
 * of the secret, with the salt.
 */
const head = Buffer.from('CFRC\x01', 'latin1')
const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16

export const overheadBytes = head.length + saltBytes + nonceBytes + tagBytes

const keyFrom = (secret: Buffer, salt: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, `coffer client cache: ${purpose}`, 32))

/** @param name of the file, which is bound to its content */
export function seal(secret: Buffer, name: string, plain: Buffer): Buffer {
  const salt = randomBytes(saltBytes)
  const nonce = randomBytes(nonceBytes)
  const key = keyFrom(secret, salt, 'answer')
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  key.fill(0)
  cipher.setAAD(Buffer.from(name))
  return Buffer.concat([head, salt, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Undefined when it is another file's, was changed or cut, or was made with another secret. */
export function open(secret: Buffer, name: string, sealed: Buffer): Buffer | undefined {
  if (sealed.length < overheadBytes || !sealed.subarray(0, head.length).equals(head)) return undefined
  let at = head.length
  const next = (bytes: number): Buffer => {
    at += bytes
    return sealed.subarray(at - bytes, at)
  }
  const salt = next(saltBytes)
  const nonce = next(nonceBytes)
  const key = keyFrom(secret, salt, 'answer')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  key.fill(0)
  decipher.setAAD(Buffer.from(name))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(at, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}

/** Names that tell nothing of what they stand for to who has not the secret: 24 hexadecimal digits. */
export function namer(secret: Buffer): (...parts: readonly string[]) => string {
  const key = keyFrom(secret, Buffer.alloc(0), 'names')
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex').slice(0, 24)
}
