import { isJsonObject, type JsonObject, parseJson } from '../../../base/json/json.ts'
import { type Algorithm, isAlgorithm } from '../keys/algorithms.ts'
import { quoted, refuse, refuseSignature } from './refuse.ts'
import { repeatedName } from './unique.ts'

/** The longest token that is looked at, in bytes. Providers send 1,000 to 4,000. */
export const maxTokenBytes = 16 * 1024

/** What a token claims. Not to be trusted before the signature was checked. */
export type Claims = JsonObject

/** A token in the compact form of a signed JWT (RFC 7515 §7.1), taken apart and nothing more. */
export type CompactToken = {
  readonly text: string
  readonly algorithm: Algorithm
  /** Parses the payload. @throws invalid_request when it is no unambiguous JSON object */
  claims(): Claims
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Takes a token apart. Of its header only `alg` and `crit` are read here, and `kid` later: keys and
 * addresses of keys in a header (`jwk`, `jku`, `x5c`, `x5u`) are what an attacker would send, and are ignored.
 *
 * @throws invalid_request when it is too long, no signed JWT, signed with an algorithm that is not
 * acceptable, or ambiguous
 */
export function parseToken(text: string): CompactToken {
  if (text.length > maxTokenBytes) refuse(`the token is larger than ${maxTokenBytes} bytes`)
  const parts = text.split('.')
  if (parts.length === 5) refuseSignature('encrypted tokens are not supported')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3) refuseSignature('a signed JWT has three parts joined by dots')
  const fields = parsePart(header, 'header')
  const algorithm = algorithmOf(fields)
  if (signature === '') refuseSignature('the token is not signed')
  if ('crit' in fields)
    refuseSignature('the header lists critical extensions (crit), which are not supported')
  return { text, algorithm, claims: () => parsePart(payload, 'payload') }
}

function algorithmOf(header: JsonObject): Algorithm {
  const { alg } = header
  if (isAlgorithm(alg)) return alg
  if (typeof alg !== 'string') refuseSignature('the header names no algorithm (alg)')
  if (alg.toLowerCase() === 'none') refuseSignature('the token is not signed (alg none)')
  if (/^HS\d+$/i.test(alg)) refuseSignature('algorithms with a shared key (HMAC) are not accepted')
  refuseSignature('the algorithm (alg) is not supported')
}

function parsePart(part: string, name: 'header' | 'payload'): JsonObject {
  const text = decode(part)
  const value = text === undefined ? undefined : parse(text)
  if (text === undefined || !isJsonObject(value)) refuseSignature(`the token's ${name} is no JSON object`)
  const repeated = repeatedName(text)
  if (repeated !== undefined) refuse(`the token's ${name} holds ${quoted(repeated)} more than once`)
  return value
}

function decode(part: string): string | undefined {
  // Only one spelling of a part is the part.
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) return undefined
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function parse(text: string) {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
