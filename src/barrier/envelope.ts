import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { fail } from '../base/errors.ts'
import { type NonceSource, nonceBytes } from './nonce.ts'

/**
 * How a value lies in the store. AES-256-GCM; the whole storage key is associated data, so that a value
 * does not open under another key.
 *
 *     offset  0         1                5              17                    length - 16
 *             +---------+----------------+--------------+---------------------+-----------+
 *             | version | key term       | nonce        | ciphertext          | tag       |
 *             | 1 byte  | 4 bytes, BE    | 12 bytes     | as long as in clear | 16 bytes  |
 *             +---------+----------------+--------------+---------------------+-----------+
 *
 * Term 0 names a key that is in no keyring: the root key, or a seal's.
 */
export const envelopeVersion = 1
const termOffset = 1
const nonceOffset = 5
const bodyOffset = nonceOffset + nonceBytes
const tagBytes = 16

/** Bytes that an envelope adds to what it holds. */
export const envelopeOverhead = bodyOffset + tagBytes
/** The term of keys that are in no keyring. */
export const rootTerm = 0
export const maxTerm = 0xffff_ffff

const algorithm = 'aes-256-gcm'
const options = { authTagLength: tagBytes }

/** Encrypts `plain` for one storage key under the key of one term. */
export function sealEnvelope(
  secret: KeyObject,
  term: number,
  nonces: NonceSource,
  storageKey: string,
  plain: Uint8Array,
): Buffer {
  const stored = Buffer.allocUnsafe(plain.length + envelopeOverhead)
  stored[0] = envelopeVersion
  stored.writeUInt32BE(term, termOffset)
  nonces.write(stored, nonceOffset)
  const cipher = createCipheriv(algorithm, secret, stored.subarray(nonceOffset, bodyOffset), options)
  cipher.setAAD(Buffer.from(storageKey))
  // GCM is a stream: update gives all of the ciphertext and final none.
  cipher.update(plain).copy(stored, bodyOffset)
  cipher.final()
  cipher.getAuthTag().copy(stored, bodyOffset + plain.length)
  return stored
}

/**
 * Opens what {@link sealEnvelope} made.
 *
 * @throws corrupt, naming the storage key, when any byte is not as it was written or the key is another one
 */
export function openEnvelope(secret: KeyObject, storageKey: string, stored: Uint8Array): Buffer {
  const end = stored.length - tagBytes
  if (end < bodyOffset || stored[0] !== envelopeVersion) corrupt(storageKey)
  const decipher = createDecipheriv(algorithm, secret, stored.subarray(nonceOffset, bodyOffset), options)
  // Version and term are not part of the associated data: another version is refused above, and another
  // term leads to another key, under which the tag does not fit.
  decipher.setAAD(Buffer.from(storageKey))
  decipher.setAuthTag(stored.subarray(end))
  const plain = decipher.update(stored.subarray(bodyOffset, end))
  try {
    decipher.final()
  } catch {
    plain.fill(0)
    corrupt(storageKey)
  }
  return plain
}

/** The term that an envelope names, or undefined when the bytes are no envelope. */
export function termOf(stored: Uint8Array): number | undefined {
  if (stored.length < envelopeOverhead || stored[0] !== envelopeVersion) return undefined
  // By hand, since this runs for every row that is read; the length was checked above.
  const byte = (at: number) => stored[termOffset + at] as number
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0
}

/** Refuses a row that does not open or does not parse, by its name alone. */
export function corrupt(storageKey: string): never {
  fail('corrupt', `stored data is damaged: ${JSON.stringify(storageKey)} does not open`)
}
