import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'
import type { Algorithm } from './keys/algorithms.ts'

/** Keys and tokens for the tests of this folder. */
export type TestKey = { readonly publicKey: KeyObject; readonly privateKey: KeyObject; readonly pem: string }

function keyPair(kind: 'rsa' | 'ec' | 'ed25519', curve = 'P-256'): TestKey {
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kind === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: curve })
        : generateKeyPairSync('ed25519')
  return { publicKey, privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }) as string }
}

export const rsaKey = keyPair('rsa')
export const otherRsaKey = keyPair('rsa')
export const ecKey = keyPair('ec')
export const edKey = keyPair('ed25519')

/** The public half as a member of a key set. */
export async function jwkOf(key: TestKey, kid: string, more: Partial<JWK> = {}): Promise<JWK> {
  return { ...(await exportJWK(key.publicKey)), kid, use: 'sig', ...more }
}

const base64url = (text: string) => Buffer.from(text).toString('base64url')

type SignOptions = {
  readonly key?: TestKey
  readonly algorithm?: Algorithm
  /** Added to the header, or instead of it when it is a text. */
  readonly header?: Record<string, unknown> | string
}

/** Signs a token without any help that would refuse odd ones: claims and header may be raw texts. */
export function signToken(claims: Record<string, unknown> | string, options: SignOptions = {}): string {
  const { key = rsaKey, algorithm = 'RS256', header = {} } = options
  const head = typeof header === 'string' ? header : JSON.stringify({ alg: algorithm, typ: 'JWT', ...header })
  const input = `${base64url(head)}.${base64url(typeof claims === 'string' ? claims : JSON.stringify(claims))}`
  return `${input}.${signatureOf(input, key, algorithm).toString('base64url')}`
}

function signatureOf(input: string, key: TestKey, algorithm: Algorithm): Buffer {
  const hash = algorithm.startsWith('E') && !algorithm.startsWith('ES') ? null : `sha${algorithm.slice(2)}`
  if (algorithm.startsWith('ES')) {
    return signBytes(hash, Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  }
  if (algorithm.startsWith('PS')) {
    const saltLength = Number(algorithm.slice(2)) / 8
    return signBytes(hash, Buffer.from(input), { key: key.privateKey, padding: 6, saltLength })
  }
  return signBytes(hash, Buffer.from(input), key.privateKey)
}
