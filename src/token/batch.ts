import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { fail } from '../base/errors.ts'
import { parseRecord } from '../base/json/json.ts'
import type { Lease } from '../lease/lease.ts'
import { batchPrefix, type TokenRecord } from './record.ts'

/**
 * Batch tokens carry their own record, encrypted: `hvb.` + base64url(nonce (12) ‖ ciphertext ‖ tag (16)),
 * AES-256-GCM. Nothing of them is stored, so they cannot be renewed or revoked; they end with their time,
 * their entity, their mount or one of their ancestors.
 */
type Content = { readonly record: TokenRecord; readonly lease: Lease }

const nonceBytes = 12
const tagBytes = 16
/** Longer ones are not made: with the other headers they would be more than a listener takes. */
const maxText = 28 * 1024

/**
 * @param key from `barrier.derive('token/batch')`
 * @throws invalid_request when the token would be too long to be taken again
 */
export function sealBatchToken(key: KeyObject, content: Content): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = cipher.update(JSON.stringify(content), 'utf8')
  const end = cipher.final()
  const text = batchPrefix + Buffer.concat([nonce, body, end, cipher.getAuthTag()]).toString('base64url')
  if (text.length > maxText) {
    fail(
      'invalid_request',
      'a batch token holds its policies and metadata itself, and these are too long; ask for a service token',
    )
  }
  return text
}

/** @returns undefined when the text is no batch token of this cluster */
export function openBatchToken(key: KeyObject, text: string): Content | undefined {
  if (!text.startsWith(batchPrefix) || text.length > maxText) return undefined
  const encoded = text.slice(batchPrefix.length)
  const bytes = Buffer.from(encoded, 'base64url')
  // Only one spelling of a token is the token.
  if (bytes.toString('base64url') !== encoded || bytes.length <= nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
    // The tag proved that we wrote it.
    return parseRecord(plain.toString('utf8')) as Content
  } catch {
    return undefined
  }
}
