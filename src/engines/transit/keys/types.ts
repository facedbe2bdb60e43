import { fail } from '../../../base/errors.ts'
import type { Cipher } from '../crypto/aead.ts'

/** What a type of key is made of, and what follows from it. */
export type KeyKind =
  | { readonly family: 'symmetric'; readonly cipher: Cipher; readonly bytes: number }
  | { readonly family: 'hmac' }
  | { readonly family: 'ed25519' }
  | { readonly family: 'ecdsa'; readonly curve: 'P-256' | 'P-384' | 'P-521' }
  | { readonly family: 'rsa'; readonly bits: number }

/** The key types by the API's names. */
export const keyKinds = {
  'aes128-gcm96': { family: 'symmetric', cipher: 'aes-128-gcm', bytes: 16 },
  'aes256-gcm96': { family: 'symmetric', cipher: 'aes-256-gcm', bytes: 32 },
  'chacha20-poly1305': { family: 'symmetric', cipher: 'chacha20-poly1305', bytes: 32 },
  ed25519: { family: 'ed25519' },
  'ecdsa-p256': { family: 'ecdsa', curve: 'P-256' },
  'ecdsa-p384': { family: 'ecdsa', curve: 'P-384' },
  'ecdsa-p521': { family: 'ecdsa', curve: 'P-521' },
  'rsa-2048': { family: 'rsa', bits: 2048 },
  'rsa-3072': { family: 'rsa', bits: 3072 },
  'rsa-4096': { family: 'rsa', bits: 4096 },
  hmac: { family: 'hmac' },
} as const satisfies Readonly<Record<string, KeyKind>>

export type KeyType = keyof typeof keyKinds

export const kindOf = (type: KeyType): KeyKind => keyKinds[type]

/** @throws invalid_request for a name that is none of a type */
export function keyTypeCalled(name: string): KeyType {
  // hasOwn proved that it is one of the names.
  if (Object.hasOwn(keyKinds, name)) return name as KeyType
  fail('invalid_request', `unknown key type ${name.slice(0, 40)}`)
}

export const encrypts = (type: KeyType) => ['symmetric', 'rsa'].includes(kindOf(type).family)
export const signs = (type: KeyType) => ['ed25519', 'ecdsa', 'rsa'].includes(kindOf(type).family)
export const derives = (type: KeyType) => ['symmetric', 'ed25519'].includes(kindOf(type).family)
export const isSymmetric = (type: KeyType) => kindOf(type).family === 'symmetric'
/** Whether it is a pair of which the public half can be had alone. */
export const isPair = signs

/** Bytes of a key for HMAC. */
export const hmacBytes = { min: 32, max: 512 }
