import { createPublicKey, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '../../../base/random.ts'
import type { KeyVersion } from './record.ts'
import { hmacBytes, type KeyKind, type KeyType, kindOf } from './types.ts'

/** What a new version holds, before it has its number. */
export type Material = Pick<KeyVersion, 'secret' | 'public' | 'hmac'>

const makePair = promisify(generateKeyPair)

/** Makes a new key. Pairs are made beside the main thread. @param keySize bytes, of keys for HMAC */
export async function generate(type: KeyType, keySize: number, random: Random): Promise<Material> {
  const kind = kindOf(type)
  switch (kind.family) {
    case 'hmac':
      return { secret: text(random.bytes(keySize === 0 ? hmacBytes.min : keySize)) }
    case 'symmetric':
      return { secret: text(random.bytes(kind.bytes)), hmac: hmacKey(random) }
    default:
      return { ...pairMaterial(await generatePair(kind)), hmac: hmacKey(random) }
  }
}

export async function generatePair(kind: KeyKind): Promise<KeyObject> {
  if (kind.family === 'rsa') return (await makePair('rsa', { modulusLength: kind.bits })).privateKey
  if (kind.family === 'ecdsa') return (await makePair('ec', { namedCurve: kind.curve })).privateKey
  return (await makePair('ed25519')).privateKey
}

export function pairMaterial(key: KeyObject): Material {
  if (key.type === 'public') return { public: text(key.export({ format: 'der', type: 'spki' })) }
  return {
    secret: text(key.export({ format: 'der', type: 'pkcs8' })),
    public: text(createPublicKey(key).export({ format: 'der', type: 'spki' })),
  }
}

/**
 * Whether the halves of a pair from outside fit each other, which OpenSSL does not look at when it reads them. A
 * public half alone does.
 */
export function belongsTogether(pair: KeyObject): boolean {
  if (pair.type === 'public') return true
  const hash = pair.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const message = Buffer.from('pair')
  try {
    return verify(hash, message, createPublicKey(pair), sign(hash, message, pair))
  } catch {
    return false
  }
}

/** The key for HMAC that every version has beside its own. */
export const hmacKey = (random: Random): string => text(random.bytes(hmacBytes.min))

const text = (bytes: Buffer) => bytes.toString('base64')
