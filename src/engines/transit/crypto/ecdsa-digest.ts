import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { fail } from '../../../base/errors.ts'

/**
 * ECDSA about a digest that was made elsewhere. Node signs messages alone, so this stands on what ECDSA is
 * linear in: `(r, s)` is a signature of the number `z` under the key `d` exactly when `(r, t·s)` is one of `t·z`
 * under `t·d`. A message of our own with the number `z′` is signed under `t·d` with `t = z′/z`, and `s` divided
 * by `t`. The secret nonce never leaves OpenSSL, and `d` is only ever touched multiplied by an unknown.
 */
type Curve = {
  readonly name: string
  /** Of one coordinate. */
  readonly bytes: number
  readonly bits: number
  readonly order: bigint
  readonly prime: bigint
}

const curves: Readonly<Record<string, Curve>> = {
  'P-256': {
    name: 'prime256v1',
    bytes: 32,
    bits: 256,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  },
  'P-384': {
    name: 'secp384r1',
    bytes: 48,
    bits: 384,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  },
  'P-521': {
    name: 'secp521r1',
    bytes: 66,
    bits: 521,
    order:
      (2n ** 265n - 6n) * 2n ** 256n + 0x51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    prime: 2n ** 521n - 1n,
  },
}

/**
 * Signs a digest; `r ‖ s`, each of the curve's length (RFC 7518 §3.4).
 *
 * @param message random bytes of our own
 * @throws invalid_request for a digest that is zero
 */
export function signDigest(key: KeyObject, digest: Buffer, message: Buffer): Buffer {
  const { curve, d = '' } = ofKey(key)
  const z = numberOf(digest, curve)
  if (z === 0n) fail('invalid_request', 'the digest to sign is zero')
  const t = ownNumber(message, curve) * inverse(z, curve.order)
  const pair = createECDH(curve.name)
  pair.setPrivateKey(encode((fromBase64Url(d) * (t % curve.order)) % curve.order, curve))
  const scaled = jwkOf(pair.getPublicKey(), curve)
  const secret = { ...scaled, d: encode(decode(pair.getPrivateKey()), curve).toString('base64url') }
  const temporary = createPrivateKey({ key: secret, format: 'jwk' })
  const signature = sign('sha256', message, { key: temporary, dsaEncoding: 'ieee-p1363' })
  const s = decode(signature.subarray(curve.bytes)) * inverse(t, curve.order)
  return Buffer.concat([signature.subarray(0, curve.bytes), encode(s % curve.order, curve)])
}

/** Whether `r ‖ s` is a signature of the digest. What is no signature at all is none of it. */
export function verifyDigest(key: KeyObject, digest: Buffer, signature: Buffer, message: Buffer): boolean {
  const { curve, x, y } = ofKey(key)
  if (signature.length !== 2 * curve.bytes) return false
  const z = numberOf(digest, curve)
  const s = decode(signature.subarray(curve.bytes))
  if (z === 0n || s === 0n || s >= curve.order) return false
  const t = (ownNumber(message, curve) * inverse(z, curve.order)) % curve.order
  const scaled = multiple({ x: fromBase64Url(x), y: fromBase64Url(y) }, t, curve)
  const moved = Buffer.concat([signature.subarray(0, curve.bytes), encode((s * t) % curve.order, curve)])
  const temporary = createPublicKey({ key: jwkOf(scaled, curve), format: 'jwk' })
  return verify('sha256', message, { key: temporary, dsaEncoding: 'ieee-p1363' }, moved)
}

type Point = { readonly x: bigint; readonly y: bigint }

/**
 * `t` times a public point, uncompressed. ECDH tells its first coordinate; of the two points that have it, the right
 * one is that whose sum with the point has the first coordinate of `t + 1` times the point.
 */
function multiple(point: Point, t: bigint, curve: Curve): Buffer {
  const x = firstOf(point, t, curve)
  const next = decode(firstOf(point, t + 1n, curve))
  for (const sign of [2, 3]) {
    const whole = ECDH.convertKey(Buffer.concat([Buffer.from([sign]), x]), curve.name) as Buffer
    if (firstOfSum(pointOf(whole, curve), point, curve) === next) return whole
  }
  throw new Error('a multiple of a public key is no point')
}

function firstOf(point: Point, factor: bigint, curve: Curve): Buffer {
  const pair = createECDH(curve.name)
  pair.setPrivateKey(encode(factor, curve))
  return pair.computeSecret(Buffer.concat([Buffer.from([4]), encode(point.x, curve), encode(point.y, curve)]))
}

/** Of two points with different first coordinates. */
function firstOfSum(a: Point, b: Point, { prime }: Curve): bigint {
  const slope = modulo((b.y - a.y) * inverse(modulo(b.x - a.x, prime), prime), prime)
  return modulo(slope * slope - a.x - b.x, prime)
}

const pointOf = (uncompressed: Buffer, { bytes }: Curve): Point => ({
  x: decode(uncompressed.subarray(1, 1 + bytes)),
  y: decode(uncompressed.subarray(1 + bytes)),
})

const modulo = (value: bigint, by: bigint) => ((value % by) + by) % by

/** By Euclid's algorithm; `value` is not a multiple of the prime. */
function inverse(value: bigint, prime: bigint): bigint {
  let [a, b] = [modulo(value, prime), prime]
  let [x, y] = [1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return modulo(x, prime)
}

/** The leftmost bits of a digest as a number (FIPS 186-5 §6.4). */
function numberOf(digest: Buffer, { bits, order }: Curve): bigint {
  const spare = BigInt(Math.max(0, digest.length * 8 - bits))
  return modulo(decode(digest) >> spare, order)
}

const ownNumber = (message: Buffer, curve: Curve) =>
  numberOf(createHash('sha256').update(message).digest(), curve)

const decode = (bytes: Buffer): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`))
const encode = (value: bigint, { bytes }: Curve): Buffer =>
  Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex')
const fromBase64Url = (text: string): bigint => decode(Buffer.from(text, 'base64url'))

const names = Object.keys(curves)
const jwkOf = (uncompressed: Buffer, curve: Curve) => ({
  kty: 'EC',
  crv: names.find((name) => curves[name] === curve) ?? '',
  x: uncompressed.subarray(1, 1 + curve.bytes).toString('base64url'),
  y: uncompressed.subarray(1 + curve.bytes).toString('base64url'),
})

function ofKey(key: KeyObject): { curve: Curve; x: string; y: string; d?: string } {
  const { crv = '', x = '', y = '', d } = key.export({ format: 'jwk' })
  const curve = curves[crv]
  if (curve === undefined) throw new TypeError(`no curve of transit: ${crv}`)
  return { curve, x, y, ...(d === undefined ? {} : { d }) }
}
