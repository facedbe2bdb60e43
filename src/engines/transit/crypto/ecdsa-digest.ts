import type { KeyObject } from 'node:crypto'
import { createRequire } from 'node:module'
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js'
import { fail } from '../../../base/errors.ts'

/**
 * ECDSA about a digest that was made elsewhere. Node signs messages alone, so this is done by an audited library in
 * JavaScript; everything else about these keys is Node's.
 */
function curvesOf(): Readonly<Record<string, ECDSA>> {
  if (curves === undefined) {
    const { p256, p384, p521 } = load('@noble/curves/nist.js') as typeof import('@noble/curves/nist.js')
    curves = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }
  }
  return curves
}
/** Few servers ever need it, and it takes a while to load: so with the first digest, not with the start. */
const load = createRequire(import.meta.url)
let curves: Readonly<Record<string, ECDSA>> | undefined

/** The digest is signed as it is; and of the two values of `s` either will do, as in FIPS 186-5. */
const asItIs = { prehash: false, lowS: false } as const

/**
 * Signs a digest; `r ‖ s`, each of the curve's length (RFC 7518 §3.4). The nonce is made from the key, the digest and
 * the random bytes (RFC 6979 §3.6).
 *
 * @param random as many bytes as one coordinate has
 * @throws invalid_request for a digest that is zero
 */
export function signDigest(key: KeyObject, digest: Buffer, random: (bytes: number) => Buffer): Buffer {
  const { curve, d = '' } = ofKey(key)
  const signed = leftmost(digest, curve)
  if (isZero(signed)) fail('invalid_request', 'the digest to sign is zero')
  const secret = Buffer.from(d, 'base64url')
  try {
    const extraEntropy = random(curve.lengths.secretKey ?? 0)
    return Buffer.from(curve.sign(signed, secret, { ...asItIs, extraEntropy }))
  } finally {
    secret.fill(0)
  }
}

/** Whether `r ‖ s` is a signature of the digest. What is no signature at all is none of it. */
export function verifyDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const { curve, x, y } = ofKey(key)
  const signed = leftmost(digest, curve)
  if (signature.length !== curve.lengths.signature || isZero(signed)) return false
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return curve.verify(signature, signed, point, asItIs)
}

/** The bytes of a digest that count (FIPS 186-5 §6.4); the library drops the bits of the last one that do not. */
const leftmost = (digest: Buffer, { Point }: ECDSA) => digest.subarray(0, Math.ceil(Point.Fn.BITS / 8))
const isZero = (digest: Buffer) => digest.every((byte) => byte === 0)

function ofKey(key: KeyObject): { curve: ECDSA; x: string; y: string; d?: string } {
  const { crv = '', x = '', y = '', d } = key.export({ format: 'jwk' })
  const curve = curvesOf()[crv]
  if (curve === undefined) throw new TypeError(`no curve of transit: ${crv}`)
  return { curve, x, y, ...(d === undefined ? {} : { d }) }
}
