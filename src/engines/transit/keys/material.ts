import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { fail } from '../../../base/errors.ts'
import { derive } from '../crypto/derive.ts'
import type { Key, KeyVersion } from './record.ts'

/**
 * Decoded keys, each kept for as long as the record that it was decoded from: the cache of rows holds that for as
 * long as the row's version is right, so nothing here can be stale.
 */
const secrets = new WeakMap<KeyVersion, Buffer>()
const hmacs = new WeakMap<KeyVersion, Buffer>()
const privates = new WeakMap<KeyVersion, KeyObject>()
const publics = new WeakMap<KeyVersion, KeyObject>()

function once<T>(kept: WeakMap<KeyVersion, T>, version: KeyVersion, decode: () => T): T {
  const known = kept.get(version)
  if (known !== undefined) return known
  const made = decode()
  kept.set(version, made)
  return made
}

/** The bytes of a key that is no pair. */
export const secretOf = (version: KeyVersion): Buffer =>
  once(secrets, version, () => Buffer.from(version.secret ?? '', 'base64'))

/** The key for HMAC. */
export const hmacKeyOf = (version: KeyVersion): Buffer =>
  once(hmacs, version, () => Buffer.from(version.hmac ?? version.secret ?? '', 'base64'))

/** @throws invalid_request naming what cannot be done where only the public half is there */
export function privateKeyOf(version: KeyVersion, missing: string): KeyObject {
  const { secret } = version
  if (secret === undefined) fail('invalid_request', missing)
  return once(privates, version, () => privateKeyFrom(Buffer.from(secret, 'base64')))
}

export const publicKeyOf = (version: KeyVersion): KeyObject =>
  once(publics, version, () => {
    const { public: text = '' } = version
    return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
  })

/** @param der PKCS #8 */
export const privateKeyFrom = (der: Buffer): KeyObject =>
  createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })

/** PKCS #8 of Ed25519 up to the seed (RFC 8410 §7). */
const ed25519Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** @param seed 32 bytes */
export const ed25519From = (seed: Buffer): KeyObject => privateKeyFrom(Buffer.concat([ed25519Head, seed]))

/** Seed and public key, 64 bytes: the form in which the API exports a key and derives from it. */
export function ed25519Bytes(key: KeyObject): Buffer {
  const { d = '', x = '' } = key.export({ format: 'jwk' })
  return Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')])
}

/** @throws invalid_request without a context */
export function derivedSecret(key: Key, secret: Buffer, context: Buffer | undefined, bytes: number): Buffer {
  if (!key.derived) return secret
  return derive(secret, needContext(context), bytes)
}

/** The pair of a version: that of the context, where the key is derived. */
export function ed25519KeyOf(
  key: Key,
  version: KeyVersion,
  context: Buffer | undefined,
  missing: string,
): KeyObject {
  const own = privateKeyOf(version, missing)
  return key.derived ? ed25519From(derive(ed25519Bytes(own), needContext(context), 32)) : own
}

function needContext(context: Buffer | undefined): Buffer {
  if (context !== undefined && context.length > 0) return context
  fail(
    'invalid_request',
    "missing 'context' for key derivation; the key was created using a derived key, which means additional, " +
      'per-request information must be included in order to perform operations with the key',
  )
}
