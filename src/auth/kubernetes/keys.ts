import { createPublicKey, type JsonWebKeyInput, X509Certificate } from 'node:crypto'
import { pemBlocks } from '../../base/encoding/pem.ts'
import { fail } from '../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import type { KubernetesConfig } from './record.ts'

/** Says whether one of the keys of a configuration signed a token. */
export type LocalKeys = (token: string) => Promise<boolean>

/** What API servers sign with. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const maxKeys = 100

/** Loaded with the first login, so that the start does not wait for it. */
const jose = () => import('jose')

/**
 * The keys that a configuration holds itself, or undefined where it holds none.
 *
 * @throws invalid_request when one cannot be used
 */
export async function localKeys(
  config: Pick<KubernetesConfig, 'publicKeys' | 'jwks'>,
): Promise<LocalKeys | undefined> {
  const set = config.jwks === '' ? [] : keySet(config.jwks)
  const keys = [...config.publicKeys.flatMap(fromPem), ...set.map(fromJwk)]
  if (keys.length === 0) return undefined
  if (keys.length > maxKeys) refuse(`there are more than ${maxKeys}`)
  const { compactVerify } = await jose()
  return async (token) => {
    for (const key of keys) {
      try {
        await compactVerify(token, key, { algorithms })
        return true
      } catch {
        // Another key may be the one.
      }
    }
    return false
  }
}

function fromPem(text: string) {
  const blocks = pemBlocks(text)
  if (blocks.length === 0) refuse('data does not contain any valid public keys')
  return blocks.map(({ label, text: block }) => {
    // Node would make a public key of a private one; a private key in a configuration is a mistake to tell.
    if (label.includes('PRIVATE')) refuse('data holds a private key; give the public key alone')
    return usable(() =>
      label === 'CERTIFICATE' ? new X509Certificate(block).publicKey : createPublicKey(block),
    )
  })
}

function keySet(text: string): readonly Json[] {
  const set = parseJson(text)
  const { keys }: JsonObject = isJsonObject(set) ? set : {}
  return Array.isArray(keys) && keys.length > 0
    ? keys
    : refuse("'local_jwks' is no JSON Web Key Set with keys")
}

function fromJwk(key: Json) {
  if (!isJsonObject(key)) refuse("'local_jwks' holds something that is no key")
  if ('d' in key || 'k' in key) refuse("'local_jwks' holds a secret key; give the public key alone")
  // Node reads its members as what they are.
  return usable(() => createPublicKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' }))
}

function usable(read: () => ReturnType<typeof createPublicKey>) {
  let key: ReturnType<typeof createPublicKey>
  try {
    key = read()
  } catch {
    refuse('data does not contain any valid public keys')
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return key
  if (key.asymmetricKeyType === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve))
    return key
  refuse('only RSA keys of at least 2048 bits and EC keys on P-256, P-384 or P-521 are supported')
}

function refuse(reason: string): never {
  fail('invalid_request', `error parsing public key: ${reason}`)
}
