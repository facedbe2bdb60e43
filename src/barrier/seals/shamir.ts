import type { KeyObject } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import { keyBytes, takeSecret } from '../keyring/keyring.ts'
import { type ShareSeal, unwrapRoot, wrapRoot } from './seal.ts'

/** The bounds of a share in bytes: what is shorter or longer is refused at once. */
export const minShareBytes = 16
export const maxShareBytes = keyBytes + 1

/** The default seal: the root key is wrapped under a key that is split into shares for people to keep. */
export function shamirSeal(random: Random): ShareSeal {
  return {
    kind: 'shares',
    type: 'shamir',
    split: (shares, threshold) => splitKey(random, shares, threshold),
    combine: async (shares) => takeKey(await combineShares(shares)),
    wrap: wrapRoot,
    unwrap: unwrapRoot,
  }
}

/**
 * Makes a random key and its shares: the key itself (32 bytes) when there is one share, otherwise points of
 * a polynomial over GF(2^8), each 32 values followed by the point's coordinate (33 bytes).
 */
export async function splitKey(
  random: Random,
  shares: number,
  threshold: number,
): Promise<{ key: KeyObject; shares: Buffer[] }> {
  checkShares(shares, threshold)
  const bytes = random.bytes(keyBytes)
  // The library takes exactly a Uint8Array, not a Buffer; this one shares its memory.
  const secret = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts = shares === 1 ? [secret.slice()] : await split(secret, shares, threshold)
  return { key: takeSecret(bytes), shares: parts.map((part) => Buffer.from(part.buffer)) }
}

/**
 * The bytes that shares make; wrong shares make wrong bytes. One share is the key itself.
 *
 * @throws invalid_request when the shares differ in length or two are of the same point
 */
export async function combineShares(shares: readonly Buffer[]): Promise<Buffer> {
  const first = shares[0] as Buffer
  if (shares.length === 1) return Buffer.from(first)
  if (shares.some((share) => share.length !== first.length)) {
    fail('invalid_request', 'invalid key: failed to compute combined key: all parts must be the same length')
  }
  const points = new Set(shares.map((share) => share.at(-1)))
  if (points.size < shares.length) {
    fail('invalid_request', 'invalid key: failed to compute combined key: duplicate part detected')
  }
  const parts = shares.map((share) => Uint8Array.from(share))
  const combined = await combine(parts)
  for (const part of parts) part.fill(0)
  return Buffer.from(combined.buffer)
}

/** Bytes of the wrong length are no key, but they must fail as late and in the same way as a wrong one. */
function takeKey(bytes: Buffer): KeyObject {
  const key = Buffer.alloc(keyBytes)
  if (bytes.length === keyBytes) bytes.copy(key)
  bytes.fill(0)
  return takeSecret(key)
}

/** @throws invalid_request when a key cannot be split like this */
export function checkShares(shares: number, threshold: number, prefix = 'invalid seal configuration'): void {
  const refuse = (reason: string) => fail('invalid_request', `${prefix}: ${reason}`)
  if (shares < 1) refuse('shares must be at least one')
  if (threshold < 1) refuse('threshold must be at least one')
  if (threshold > shares) refuse('threshold cannot be larger than shares')
  if (shares > 1 && threshold === 1) refuse('threshold must be greater than one for multiple shares')
  if (shares > 255) refuse('shares must be less than 256')
}
