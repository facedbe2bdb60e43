import { isRawNumber } from '../../../base/json/json.ts'
import type { Claims } from './compact.ts'
import { refuse } from './refuse.ts'

/** How far a role stretches a token's times. Seconds; 0 for the default, negative for none, as in Vault. */
export type Leeways = {
  /** Added to the start of a token that has no `exp`. Default 150. */
  readonly expiration: number
  /** Subtracted from the end of a token that has neither `nbf` nor `iat`. Default 150. */
  readonly notBefore: number
  /** Granted to every comparison with the clock. Default 60. */
  readonly clockSkew: number
}

const defaults: Leeways = { expiration: 150, notBefore: 150, clockSkew: 60 }

/**
 * Checks a token's times (RFC 7519 §4.1.4 to §4.1.6). What is missing is derived: the end from the start,
 * the start from the end.
 *
 * @param now milliseconds since 1970
 * @returns the second since 1970 at which the token ends, leeway included
 * @throws invalid_request when it is expired, not yet valid, or says nothing of time
 */
export function checkTimes(claims: Claims, leeways: Leeways, now: number): number {
  const exp = timeOf(claims, 'exp', 'expiration time')
  const nbf = timeOf(claims, 'nbf', 'not before')
  const iat = timeOf(claims, 'iat', 'issued at')
  const start = nbf ?? iat
  if (start === undefined && exp === undefined) {
    refuse('no issued at (iat), not before (nbf), or expiration time (exp) claims in token')
  }
  const latestStart = Math.max(nbf ?? Number.NEGATIVE_INFINITY, iat ?? Number.NEGATIVE_INFINITY)
  const end = exp ?? latestStart + leeway(leeways, 'expiration')
  const begin = start ?? end - leeway(leeways, 'notBefore')
  const skew = leeway(leeways, 'clockSkew')
  const second = now / 1000
  if (second + skew < begin) refuse('invalid not before (nbf) claim: token not yet valid')
  if (second - skew > end) refuse('invalid expiration time (exp) claim: token is expired')
  if (iat !== undefined && second + skew < iat) {
    refuse('invalid issued at (iat) claim: token issued in the future')
  }
  return end + skew
}

/**
 * Checks that the person proved who they are recently (OpenID Connect Core 1.0 §2, `auth_time`).
 *
 * @param maxAge seconds; 0 for any
 */
export function checkAuthenticationAge(claims: Claims, maxAge: number, leeways: Leeways, now: number): void {
  if (maxAge <= 0) return
  const authTime = timeOf(claims, 'auth_time', 'authentication time')
  if (authTime === undefined) {
    refuse('the role limits the age of the authentication, and the token has no auth_time claim')
  }
  if (now / 1000 - leeway(leeways, 'clockSkew') > authTime + maxAge) {
    refuse('invalid authentication time (auth_time) claim: the authentication is too old')
  }
}

function leeway(leeways: Leeways, name: keyof Leeways): number {
  const seconds = leeways[name]
  return seconds < 0 ? 0 : seconds || defaults[name]
}

/** A NumericDate (RFC 7519 §2). */
function timeOf(claims: Claims, name: string, words: string): number | undefined {
  const claim = Object.hasOwn(claims, name) ? claims[name] : undefined
  if (claim === undefined || claim === null) return undefined
  const seconds = isRawNumber(claim) ? Number(claim.rawJSON) : claim
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return seconds
  refuse(`invalid ${words} (${name}) claim: not a number of seconds`)
}
