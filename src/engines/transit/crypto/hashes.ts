import { hashNames } from '../../../base/encoding/hashes.ts'
import { fail } from '../../../base/errors.ts'

/** What transit knows of a hash: OpenSSL's name, bytes, and the head of its DigestInfo (RFC 8017 §9.2 note 1). */
export type Hash = { readonly name: string; readonly bytes: number; readonly digestInfo: string }

const head = (oid: string, bytes: number) => {
  const algorithm = `30${hex(oid.length / 2 + 4)}06${hex(oid.length / 2)}${oid}0500`
  return `30${hex(algorithm.length / 2 + 2 + bytes)}${algorithm}04${hex(bytes)}`
}
const hex = (byte: number) => byte.toString(16).padStart(2, '0')
const nist = (name: keyof typeof hashNames, bytes: number, last: string) => ({
  [name]: { name: hashNames[name], bytes, digestInfo: head(`6086480165030402${last}`, bytes) },
})

const hashes: Readonly<Record<string, Hash>> = {
  sha1: { name: 'sha1', bytes: 20, digestInfo: head('2b0e03021a', 20) },
  ...nist('sha2-224', 28, '04'),
  ...nist('sha2-256', 32, '01'),
  ...nist('sha2-384', 48, '02'),
  ...nist('sha2-512', 64, '03'),
  ...nist('sha3-224', 28, '07'),
  ...nist('sha3-256', 32, '08'),
  ...nist('sha3-384', 48, '09'),
  ...nist('sha3-512', 64, '0a'),
}

/** A hash by the API's name, or undefined. */
export const hashCalled = (name: string): Hash | undefined =>
  Object.hasOwn(hashes, name) ? hashes[name] : undefined

const oaepHashes: readonly string[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']

/**
 * The hash of an RSA-OAEP wrapping, as `hash_function` names it.
 *
 * @throws invalid_request
 */
export function oaepHash(name: string): string {
  const lower = name.toLowerCase()
  if (oaepHashes.includes(lower)) return lower
  fail('invalid_request', `unknown hash function: ${name.slice(0, 40)}`)
}
