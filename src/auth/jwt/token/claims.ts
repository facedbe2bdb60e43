import { fail } from '../../../base/errors.ts'
import { isJsonObject, isRawNumber, type Json, type JsonObject } from '../../../base/json/json.ts'
import type { Claims } from './compact.ts'
import { quoted } from './refuse.ts'

/** How the values of bound claims are compared: as they are, or as patterns in which `*` is any text. */
export type BoundClaimsType = 'string' | 'glob'

/**
 * A claim by its name, or by a JSON Pointer (RFC 6901) when the name begins with a slash.
 *
 * @returns undefined when it is not there or null
 */
export function claimAt(claims: Claims, name: string): Json | undefined {
  const steps = name.startsWith('/') ? name.slice(1).split('/').map(unescapeStep) : [name]
  let value: Json | undefined = claims
  for (const step of steps) {
    value = value === undefined ? undefined : member(value, step)
  }
  return value ?? undefined
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function member(value: Json, step: string): Json | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d{0,8})$/.test(step) ? value[Number(step)] : undefined
  if (!isJsonObject(value)) return undefined
  const object: JsonObject = value
  return Object.hasOwn(object, step) ? object[step] : undefined
}

/** The longest name of a person or group, in bytes; names become part of storage keys and audit lines. */
export const maxNameBytes = 512

/**
 * The name of the person that a token stands for.
 *
 * @param pointer whether `claim` may be a JSON Pointer
 * @throws invalid_request when the claim is missing or no usable name
 */
export function userName(claims: Claims, claim: string, pointer: boolean): string {
  const own = Object.hasOwn(claims, claim) ? (claims[claim] ?? undefined) : undefined
  const value = pointer ? claimAt(claims, claim) : own
  if (value === undefined) fail('invalid_request', `claim ${quoted(claim)} not found in token`)
  if (typeof value !== 'string') {
    fail('invalid_request', `claim ${quoted(claim)} could not be converted to string`)
  }
  if (!isName(value)) {
    fail('invalid_request', `claim ${quoted(claim)} is empty, too long or holds control characters`)
  }
  return value
}

/** Whether a text can name a person or group: not empty, of bounded length, well-formed, no control characters. */
export function isName(text: string): boolean {
  return (
    text !== '' && text.isWellFormed() && !/\p{Cc}/u.test(text) && Buffer.byteLength(text) <= maxNameBytes
  )
}

/**
 * The claims that a role copies into a token's metadata.
 *
 * @param mappings claim → metadata key
 * @throws invalid_request when a mapped claim is there but no string
 */
export function mappedMetadata(
  claims: Claims,
  mappings: Readonly<Record<string, string>>,
): Record<string, string> {
  const metadata: Record<string, string> = {}
  for (const [claim, key] of Object.entries(mappings)) {
    const value = claimAt(claims, claim)
    if (value === undefined) continue
    if (typeof value !== 'string') {
      fail('invalid_request', `error converting claim ${quoted(claim)} to string`)
    }
    metadata[key] = value
  }
  return metadata
}

/**
 * Checks the claims that a role binds: each must be there and, where it is a list, hold one of the values.
 *
 * @throws invalid_request naming the claim that does not fit
 */
export function checkBoundClaims(
  claims: Claims,
  bound: Readonly<Record<string, Json>>,
  type: BoundClaimsType,
): void {
  for (const [claim, wanted] of Object.entries(bound)) {
    checkBoundClaim(claim, claimAt(claims, claim), wanted, type)
  }
}

/**
 * Checks one claim that a role binds, wherever its value came from.
 *
 * @throws invalid_request naming the claim when it does not fit
 */
export function checkBoundClaim(
  claim: string,
  value: Json | undefined,
  wanted: Json,
  type: BoundClaimsType,
): void {
  if (value === undefined) refuse(`claim ${quoted(claim)} is missing`)
  const held = values(value) ?? refuse(`claim ${quoted(claim)} is not a string, boolean, number or list`)
  const allowed = values(wanted) ?? refuse(`the role binds claim ${quoted(claim)} to an object`)
  if (!allowed.some((one) => held.some((other) => matches(one, other, type)))) {
    refuse(`claim ${quoted(claim)} does not match any associated bound claim values`)
  }
}

function refuse(reason: string): never {
  fail('invalid_request', `error validating claims: ${reason}`)
}

/** A scalar as a list of one; undefined for what is neither scalar nor list. */
function values(value: Json): readonly Json[] | undefined {
  if (Array.isArray(value)) return value
  return isJsonObject(value) || value === null ? undefined : [value]
}

function matches(wanted: Json, held: Json, type: BoundClaimsType): boolean {
  if (typeof wanted === 'string' && typeof held === 'string') {
    return type === 'glob' ? globMatches(wanted, held) : wanted === held
  }
  if (type === 'glob') return false
  // A number that JavaScript would round is compared by its spelling.
  if (isRawNumber(wanted) || isRawNumber(held)) return spelling(wanted) === spelling(held)
  return wanted === held
}

function spelling(value: Json): string | undefined {
  return isRawNumber(value) ? value.rawJSON : typeof value === 'number' ? String(value) : undefined
}

/** Whether a text fits a pattern in which `*` stands for any text. Takes time in proportion to their lengths. */
export function globMatches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false
  let at = first.length
  const end = text.length - last.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

/**
 * The groups that a claim names: a text is a list of one, empty names are dropped.
 *
 * @returns undefined when the claim is no text and no list of texts
 */
export function groupValues(value: Json): readonly string[] | undefined {
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) return undefined
  return list.filter((one) => one !== '')
}
