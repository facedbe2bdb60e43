import { hkdfSync } from 'node:crypto'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'

/** Bytes of info that Node's own takes at most. */
const longestInfo = 1024

/**
 * HKDF-SHA-256 without a salt (RFC 5869), the context as its info: Node's own, and for a longer context that of an
 * audited library.
 *
 * @param length bytes, at most 8,160
 */
export function derive(key: Uint8Array, context: Uint8Array, length: number): Buffer {
  return context.length <= longestInfo
    ? Buffer.from(hkdfSync('sha256', key, '', context, length))
    : Buffer.from(hkdf(sha256, key, undefined, context, length))
}
