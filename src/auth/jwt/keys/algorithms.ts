/**
 * The signature algorithms that tokens may use: asymmetric ones alone (RFC 7518 §3.1, RFC 8037, RFC 9864).
 * With HMAC, whoever knows the public key could sign.
 */
export const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

export type Algorithm = (typeof algorithms)[number]

/** Whether something is the name of one of {@link algorithms}, in their spelling. */
export function isAlgorithm(name: unknown): name is Algorithm {
  return (algorithms as readonly unknown[]).includes(name)
}
