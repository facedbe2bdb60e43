import type { Slots } from '../../../backend/logins/slots.ts'
import type { Clock } from '../../../base/clock.ts'
import { type CofferError, fail, isFailure } from '../../../base/errors.ts'
import { type Algorithm, algorithms } from '../keys/algorithms.ts'
import type { KeyRing, KeySource } from '../keys/ring.ts'
import { type Claims, type CompactToken, parseToken } from './compact.ts'
import { refuse, refuseSignature } from './refuse.ts'
import { checkAuthenticationAge, checkTimes, type Leeways } from './times.ts'

/** What a token must be like. An empty text or list is no condition. */
export type Expected = {
  readonly algorithms: readonly Algorithm[]
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  /** Whether the audience of a token does not matter. */
  readonly anyAudience: boolean
  readonly leeways: Leeways
  /** Seconds since the person authenticated; 0 for any. */
  readonly maxAge: number
}

/** A token whose signature and claims hold. */
export type VerifiedToken = {
  readonly text: string
  readonly claims: Claims
  /** Milliseconds since 1970. */
  readonly expires: number
}

export type Verifier = {
  /** Any one of them may know the key. */
  readonly sources: readonly KeySource[]
  readonly clock: Clock
  /** Bounds the signature checks that run at once. */
  readonly slots: Slots
}

/**
 * Verifies a token: its form, its algorithm, its signature, then its claims, so that nothing is said about
 * the claims of a token that nobody signed.
 *
 * @throws invalid_request with a text of its own for each reason; provider_failed when the keys cannot be
 * had; rate_limited when too many tokens are being verified
 */
export async function verifyToken(
  text: string,
  expected: Expected,
  verifier: Verifier,
): Promise<VerifiedToken> {
  const token = parseToken(text)
  checkAlgorithm(token.algorithm, expected.algorithms)
  await checkSignature(token, verifier)
  const claims = token.claims()
  checkIssuer(claims, expected.issuer)
  checkSubject(claims, expected.subject)
  if (!expected.anyAudience) checkAudience(claims, expected.audiences)
  const now = verifier.clock.now()
  const end = checkTimes(claims, expected.leeways, now)
  checkAuthenticationAge(claims, expected.maxAge, expected.leeways, now)
  return { text, claims, expires: end * 1000 }
}

function checkAlgorithm(used: Algorithm, supported: readonly Algorithm[]): void {
  const allowed = supported.length === 0 ? algorithms : supported
  if (!allowed.includes(used)) {
    refuse('invalid algorithm (alg) header parameter: token signed with unexpected algorithm')
  }
}

async function checkSignature(token: CompactToken, { sources, slots }: Verifier): Promise<void> {
  const check = (ring: KeyRing) => slots.run(() => ring.check(token.text))
  const seen: { source: KeySource; ring: KeyRing }[] = []
  let unreachable: CofferError | undefined
  for (const source of sources) {
    try {
      const ring = await source.current()
      seen.push({ source, ring })
      if ((await check(ring)) === 'valid') return
    } catch (error) {
      if (!isFailure(error, 'provider_failed')) throw error
      unreachable ??= error
    }
  }
  // A provider may have changed its keys since they were fetched.
  for (const { source, ring } of seen) {
    const newer = await source.newer(ring)
    if (newer !== undefined && (await check(newer)) === 'valid') return
  }
  if (unreachable !== undefined) {
    fail(
      'provider_failed',
      `error validating token: the provider's keys cannot be had: ${unreachable.message}`,
    )
  }
  refuseSignature('no known key successfully validated the token signature')
}

function checkIssuer(claims: Claims, issuer: string): void {
  if (issuer !== '' && claims.iss !== issuer) refuse('invalid issuer (iss) claim')
}

function checkSubject(claims: Claims, subject: string): void {
  if (subject !== '' && claims.sub !== subject) refuse('invalid subject (sub) claim')
}

/**
 * Without bound audiences a token must have none: one that was made for another service could otherwise be
 * replayed here by that service.
 */
function checkAudience(claims: Claims, bound: readonly string[]): void {
  const audiences = audiencesOf(claims)
  if (bound.some((audience) => audiences.includes(audience))) return
  if (bound.length > 0) {
    refuse('invalid audience (aud) claim: audience claim does not match any expected audience')
  }
  if (audiences.length > 0) {
    fail('invalid_request', 'audience claim found in JWT but no audiences bound to the role')
  }
}

/** The services that a token is for; none for a token that names none. */
export function audiencesOf(claims: Claims): readonly string[] {
  const { aud } = claims
  if (aud === undefined || aud === null) return []
  if (typeof aud === 'string') return [aud]
  if (Array.isArray(aud) && aud.every((part) => typeof part === 'string')) return aud
  refuse('invalid audience (aud) claim: neither a string nor a list of strings')
}
