import type { CryptoKey, errors, JSONWebKeySet, KeyObject } from 'jose'
import { fail } from '../../../base/errors.ts'
import { algorithms } from './algorithms.ts'

/** What checking a signature found. `unknown_key`: no key of the ring fits the token's header. */
export type SignatureCheck = 'valid' | 'invalid' | 'unknown_key'

/** Public keys, as they were at one time. */
export type KeyRing = { check(token: string): Promise<SignatureCheck> }

/** Where the keys of one trust come from. */
export type KeySource = {
  /** @throws provider_failed or rate_limited, see {@link Renewing} */
  current(): Promise<KeyRing>
  /** A newer ring than the one that did not know a token's key, where there may be one. */
  newer(seen: KeyRing): Promise<KeyRing | undefined>
}

/** The most keys that a key set may hold, and that are tried for one token. */
export const maxKeys = 100
const maxTried = 16

/** Loaded with the first login, so that the start does not wait for it. */
const jose = () => import('jose')

const options = { algorithms: [...algorithms] }

/** A ring of keys without names: each is tried. */
export function staticRing(keys: readonly KeyObject[]): KeyRing {
  return {
    async check(token) {
      for (const key of keys) if (await verifies(token, key)) return 'valid'
      return 'invalid'
    },
  }
}

/**
 * A ring made of a JSON Web Key Set (RFC 7517): the key that fits the token's `kid` and `alg`, or each that
 * fits when there are several. Members of the token's own header are never used as keys.
 *
 * @throws provider_failed when it is no key set or holds too many keys
 */
export async function jwksRing(jwks: object): Promise<KeyRing> {
  const keys: unknown = 'keys' in jwks ? jwks.keys : undefined
  if (!Array.isArray(keys)) fail('provider_failed', 'the answer is no JSON Web Key Set')
  if (keys.length > maxKeys) fail('provider_failed', `the key set holds more than ${maxKeys} keys`)
  const { compactVerify, errors } = await jose()
  const select = await localSet({ keys })
  return {
    async check(token) {
      try {
        await compactVerify(token, select, options)
        return 'valid'
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key'
        if (error instanceof errors.JWKSMultipleMatchingKeys) return tryEach(token, error)
        return 'invalid'
      }
    },
  }
}

async function localSet(jwks: JSONWebKeySet) {
  const { createLocalJWKSet } = await jose()
  try {
    return createLocalJWKSet(jwks)
  } catch (cause) {
    fail('provider_failed', 'the answer is no JSON Web Key Set', { cause })
  }
}

async function tryEach(token: string, keys: errors.JWKSMultipleMatchingKeys): Promise<SignatureCheck> {
  let tried = 0
  for await (const key of keys) {
    if (++tried > maxTried) break
    if (await verifies(token, key)) return 'valid'
  }
  return 'invalid'
}

async function verifies(token: string, key: CryptoKey | KeyObject): Promise<boolean> {
  const { compactVerify } = await jose()
  try {
    await compactVerify(token, key, options)
    return true
  } catch {
    return false
  }
}
