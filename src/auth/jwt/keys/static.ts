import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { pemBlocks } from '../../../base/encoding/pem.ts'
import { fail } from '../../../base/errors.ts'
import { type KeySource, maxKeys, staticRing } from './ring.ts'

const minRsaBits = 2048
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/**
 * Reads PEM texts, each with one or more public keys (SPKI or PKCS#1) or certificates.
 *
 * @throws invalid_request when a text holds none, or one that no algorithm of ours uses
 */
export function publicKeys(texts: readonly string[]): KeyObject[] {
  const keys = texts.flatMap(keysOf)
  if (keys.length > maxKeys) refuse(`more than ${maxKeys} keys`)
  return keys
}

/** A source of keys that were written into the configuration. */
export function staticSource(texts: readonly string[]): KeySource {
  const ring = staticRing(publicKeys(texts))
  return { current: async () => ring, newer: async () => undefined }
}

function keysOf(text: string): KeyObject[] {
  const blocks = pemBlocks(text)
  if (blocks.length === 0) refuse('data does not contain any valid public keys')
  return blocks.map(({ text: block, label }) => checked(read(block, label)))
}

function read(block: string, label: string): KeyObject {
  // Node would make a public key of a private one; a private key in a configuration is a mistake to tell.
  if (label.includes('PRIVATE')) refuse('data holds a private key; give the public key alone')
  try {
    if (label === 'CERTIFICATE') return new X509Certificate(block).publicKey
    return createPublicKey(block)
  } catch {
    refuse('data does not contain any valid public keys')
  }
}

function checked(key: KeyObject): KeyObject {
  const details = key.asymmetricKeyDetails
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if ((details?.modulusLength ?? 0) >= minRsaBits) return key
      return refuse(`RSA keys need at least ${minRsaBits} bits`)
    case 'ec':
      if (curves.has(details?.namedCurve ?? '')) return key
      return refuse('EC keys must be on P-256, P-384 or P-521')
    case 'ed25519':
      return key
    default:
      return refuse('only RSA, EC (P-256, P-384, P-521) and Ed25519 keys are supported')
  }
}

function refuse(reason: string): never {
  fail('invalid_request', `error parsing public key: ${reason}`)
}
