import { createPublicKey, type KeyObject } from 'node:crypto'
import { pemBlocks } from '../../../base/encoding/pem.ts'
import { fail } from '../../../base/errors.ts'
import type { Random } from '../../../base/random.ts'
import { belongsTogether, hmacKey, type Material, pairMaterial } from './generate.ts'
import { privateKeyFrom, publicKeyOf } from './material.ts'
import type { Key, KeyVersion } from './record.ts'
import { hmacBytes, isPair, type KeyType, kindOf } from './types.ts'
import { findVersion } from './versions.ts'

/**
 * A key that was made elsewhere.
 *
 * @param bytes the key itself, or PKCS #8 of a pair
 * @throws invalid_request when it is no key of the type
 */
export function importedSecret(type: KeyType, bytes: Buffer, random: Random): Material {
  const kind = kindOf(type)
  if (kind.family === 'hmac') {
    const fits = bytes.length >= hmacBytes.min && bytes.length <= hmacBytes.max
    return fits ? { secret: bytes.toString('base64') } : wrongSize(type, bytes)
  }
  if (kind.family === 'symmetric') {
    if (bytes.length !== kind.bytes) return wrongSize(type, bytes)
    return { secret: bytes.toString('base64'), hmac: hmacKey(random) }
  }
  return { ...pairMaterial(privatePair(type, bytes)), hmac: hmacKey(random) }
}

const wrongSize = (type: KeyType, bytes: Buffer): never =>
  fail('invalid_request', `invalid key size ${bytes.length} bytes for key type ${type}`)

/** The public half alone, PEM. @throws invalid_request */
export function importedPublic(type: KeyType, text: string, random: Random): Material {
  if (!isPair(type)) fail('invalid_request', 'provided type does not support public_key import')
  const block = pemBlocks(text).find(({ label }) => label === 'PUBLIC KEY')
  if (block === undefined) fail('invalid_request', 'error parsing public key: not in PEM format')
  let half: KeyObject
  try {
    half = createPublicKey(block.text)
  } catch {
    return fail('invalid_request', 'error parsing public key: it is no key of a known kind')
  }
  checkPair(type, half)
  return { ...pairMaterial(half), hmac: hmacKey(random) }
}

function privatePair(type: KeyType, der: Buffer): KeyObject {
  let pair: KeyObject
  try {
    pair = privateKeyFrom(der)
  } catch {
    return fail('invalid_request', 'error parsing asymmetric key: it is no PKCS #8 of a known kind')
  }
  checkPair(type, pair)
  if (!belongsTogether(pair)) {
    fail('invalid_request', 'error parsing asymmetric key: its halves do not belong together')
  }
  return pair
}

const opensslCurves = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }

function checkPair(type: KeyType, { asymmetricKeyType, asymmetricKeyDetails }: KeyObject): void {
  const kind = kindOf(type)
  const fits =
    kind.family === 'rsa'
      ? asymmetricKeyType === 'rsa' && asymmetricKeyDetails?.modulusLength === kind.bits
      : kind.family === 'ecdsa'
        ? asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === opensslCurves[kind.curve]
        : asymmetricKeyType === kind.family
  if (!fits) fail('invalid_request', `invalid key type: expected ${type}`)
}

/**
 * Gives a version that has its public half alone the private one.
 *
 * @throws invalid_request when it has it, or the two do not belong together
 */
export function completed(key: Key, version: number, der: Buffer): Key {
  const present = findVersion(key, version) ?? fail('invalid_request', 'no such key version')
  if (!isPair(key.type)) fail('invalid_request', 'provided type does not support importing key versions')
  if (present.secret !== undefined) {
    fail('invalid_request', 'private key imported, key version cannot be updated')
  }
  const material = pairMaterial(privatePair(key.type, der))
  if (material.public !== publicKeyOf(present).export({ format: 'der', type: 'spki' }).toString('base64')) {
    fail('invalid_request', 'cannot import key, key pair does not match')
  }
  const whole: KeyVersion = { ...present, ...material }
  return { ...key, versions: key.versions.map((one) => (one === present ? whole : one)) }
}

/** Whether the latest version waits for a private half, and this is it. */
export function completesLatest(key: Key, der: Buffer): boolean {
  const latest = findVersion(key, key.latestVersion)
  if (latest === undefined || latest.secret !== undefined || !isPair(key.type)) return false
  return pairMaterial(privatePair(key.type, der)).public === latest.public
}
