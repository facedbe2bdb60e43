import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { fail } from '../../../base/errors.ts'
import { isJsonObject, isRawNumber, type Json, type JsonObject, rawNumber } from '../../../base/json/json.ts'
import { belongsTogether, pairMaterial } from './generate.ts'
import { ed25519Bytes, ed25519From, privateKeyOf, publicKeyOf } from './material.ts'
import type { KeyVersion } from './record.ts'
import { type KeyType, kindOf } from './types.ts'

/**
 * One version as it stands in a backup, which has the form that Vault and OpenBao give it, so that a backup of one
 * is restored by the other: JSON in which the numbers of a pair are written out in full.
 */
export function versionToBackup(type: KeyType, version: KeyVersion, convergent: boolean): JsonObject {
  return {
    key: null,
    ec_x: null,
    ec_y: null,
    ec_d: null,
    rsa_key: null,
    rsa_public_key: null,
    public_key: '',
    ...secretToBackup(type, version),
    hmac_key: version.hmac ?? version.secret ?? null,
    time: new Date(version.created).toISOString(),
    creation_time: Math.floor(version.created / 1000),
    convergent_version: convergent ? 3 : 0,
    certificate_chain: version.certificates === undefined ? null : [...version.certificates],
  }
}

function secretToBackup(type: KeyType, version: KeyVersion): JsonObject {
  const kind = kindOf(type)
  if (kind.family === 'symmetric' || kind.family === 'hmac') return { key: version.secret ?? null }
  const half = publicKeyOf(version)
  const pair = version.secret === undefined ? undefined : privateKeyOf(version, '')
  const jwk = (pair ?? half).export({ format: 'jwk' })
  if (kind.family === 'ed25519') {
    return {
      key: pair === undefined ? null : ed25519Bytes(pair).toString('base64'),
      public_key: Buffer.from(jwk.x ?? '', 'base64url').toString('base64'),
    }
  }
  if (kind.family === 'ecdsa') {
    return {
      ec_x: numeral(jwk.x),
      ec_y: numeral(jwk.y),
      ec_d: pair === undefined ? null : numeral(jwk.d),
      public_key: String(half.export({ format: 'pem', type: 'spki' })),
    }
  }
  const open = { N: numeral(jwk.n), E: Number(bigOf(jwk.e)) }
  return pair === undefined
    ? { rsa_public_key: open }
    : {
        rsa_key: {
          ...open,
          D: numeral(jwk.d),
          Primes: [numeral(jwk.p), numeral(jwk.q)],
          Precomputed: { Dp: numeral(jwk.dp), Dq: numeral(jwk.dq), Qinv: numeral(jwk.qi), CRTValues: [] },
        },
        rsa_public_key: open,
      }
}

const bigOf = (text = ''): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex') || '0'}`)
const numeral = (text: string | undefined): Json => rawNumber(bigOf(text).toString())

/** @throws invalid_request when it is no version of a key of the type */
export function versionFromBackup(type: KeyType, number: number, entry: Json | undefined): KeyVersion {
  const fields = objectOf(entry) ?? refuse()
  const { certificate_chain: chain, hmac_key: hmac, time, creation_time: seconds } = fields
  return {
    version: number,
    created: createdAt(time, seconds),
    ...secretFromBackup(type, fields),
    ...(type === 'hmac' || typeof hmac !== 'string' ? {} : { hmac: bytesOf(hmac).toString('base64') }),
    ...(Array.isArray(chain) && chain.length > 0
      ? { certificates: chain.map((der) => bytesOf(der).toString('base64')) }
      : {}),
  }
}

/** Past this, in milliseconds, no time is one of a key. */
const lastTime = Date.UTC(3000, 0)

/** Milliseconds, from a time (RFC 3339) or else from seconds; 0 where neither says anything. */
function createdAt(time: Json | undefined, seconds: Json | undefined): number {
  const told = [
    typeof time === 'string' ? Date.parse(time) : 0,
    typeof seconds === 'number' ? Math.floor(seconds) * 1000 : 0,
  ]
  return told.find((at) => at > 0 && at < lastTime) ?? 0
}

/** A value that is an object. */
export const objectOf = (value: unknown): JsonObject | undefined => (isJsonObject(value) ? value : undefined)

function refuse(): never {
  fail('invalid_request', 'the backup holds no key of its type')
}

function secretFromBackup(type: KeyType, entry: JsonObject): Pick<KeyVersion, 'secret' | 'public'> {
  const kind = kindOf(type)
  if (kind.family === 'symmetric' || kind.family === 'hmac') {
    const bytes = bytesOf(entry.key)
    const fits =
      kind.family === 'hmac' ? bytes.length >= 32 && bytes.length <= 512 : bytes.length === kind.bytes
    return fits ? { secret: bytes.toString('base64') } : refuse()
  }
  try {
    const pair = pairFrom(type, entry)
    return belongsTogether(pair) ? pairMaterial(pair) : refuse()
  } catch {
    return refuse()
  }
}

function pairFrom(type: KeyType, entry: JsonObject): KeyObject {
  const kind = kindOf(type)
  if (kind.family === 'ed25519') {
    if (typeof entry.key === 'string' && entry.key !== '')
      return ed25519From(bytesOf(entry.key).subarray(0, 32))
    const x = bytesOf(entry.public_key).toString('base64url')
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  }
  if (kind.family === 'ecdsa') {
    const bytes = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[kind.curve]
    const open = { kty: 'EC', crv: kind.curve, x: digits(entry.ec_x, bytes), y: digits(entry.ec_y, bytes) }
    return keyFrom(open, entry.ec_d === null ? undefined : { d: digits(entry.ec_d, bytes) })
  }
  if (kind.family !== 'rsa') return refuse()
  return rsaFrom(kind.bits, entry)
}

function rsaFrom(bits: number, { rsa_key: whole, rsa_public_key: half }: JsonObject): KeyObject {
  const entry = objectOf(whole) ?? objectOf(half) ?? refuse()
  const open = { kty: 'RSA', n: digits(entry.N), e: digits(entry.E) }
  const primes = entry.Primes
  if (!Array.isArray(primes)) return ofBits(keyFrom(open, undefined), bits)
  const [p, q] = primes.map(bigFrom)
  if (primes.length !== 2 || p === undefined || q === undefined || p < 3n || q < 3n) return refuse()
  const d = bigFrom(entry.D)
  const secret = {
    d: encode(d),
    p: encode(p),
    q: encode(q),
    dp: encode(d % (p - 1n)),
    dq: encode(d % (q - 1n)),
    qi: encode(inverse(q, p)),
  }
  return ofBits(keyFrom(open, secret), bits)
}

const ofBits = (key: KeyObject, bits: number): KeyObject =>
  key.asymmetricKeyDetails?.modulusLength === bits ? key : refuse()

type Jwk = Readonly<Record<string, string>>

const keyFrom = (open: Jwk, secret: Jwk | undefined): KeyObject =>
  secret === undefined
    ? createPublicKey({ key: open, format: 'jwk' })
    : createPrivateKey({ key: { ...open, ...secret }, format: 'jwk' })

/** @throws invalid_request */
function bytesOf(value: Json | undefined): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : refuse()
}

/** No number of a key has more digits. */
const maxDigits = 1300

/** A whole number of any size. @throws invalid_request */
export function bigFrom(value: Json | undefined): bigint {
  const text =
    typeof value === 'number' ? String(value) : value !== undefined && isRawNumber(value) ? value.rawJSON : ''
  return text.length <= maxDigits && /^\d+$/.test(text) ? BigInt(text) : refuse()
}

function encode(value: bigint, bytes = 1): string {
  const hex = value.toString(16)
  const length = Math.max(bytes * 2, hex.length + (hex.length % 2))
  return Buffer.from(hex.padStart(length, '0'), 'hex').toString('base64url')
}
const digits = (value: Json | undefined, bytes = 1): string => encode(bigFrom(value), bytes)

/** By Euclid's algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n]
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return ((x % modulus) + modulus) % modulus
}
