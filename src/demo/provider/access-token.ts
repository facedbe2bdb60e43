import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { signingAlgorithm } from './keys.ts'
import type { Person } from './people.ts'

/** Seconds that an access token lives. */
export const tokenLifetime = 3_600
export const scopes = 'openid profile email voperson_id eduperson_entitlement offline_access'

/** What every access token says of a person, beside what OAuth itself puts in. Group memberships are not in it. */
export function personalClaims(person: Person, clientId: string): Record<string, unknown> {
  return { typ: 'Bearer', azp: clientId, voperson_id: person.vopersonId }
}

export type MintOptions = {
  readonly issuer: string
  readonly audience: string
  readonly clientId: string
  /** Replaces claims; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** Milliseconds since 1970. */
  readonly now?: number | undefined
}

/** Signs an access token as one would come out of a login. */
export async function mintAccessToken(person: Person, key: JWK, options: MintOptions): Promise<string> {
  const now = Math.floor((options.now ?? Date.now()) / 1000)
  const claims: JWTPayload = {
    ...personalClaims(person, options.clientId),
    sub: person.vopersonId,
    iss: options.issuer,
    aud: options.audience,
    client_id: options.clientId,
    scope: scopes,
    jti: randomUUID(),
    auth_time: now,
    iat: now,
    exp: now + tokenLifetime,
    ...options.claims,
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: key.kid ?? '' })
    .sign(key)
}

/**
 * The subject of an access token that this provider made and that is still good.
 *
 * @returns undefined for any other token
 */
export async function subjectOf(
  token: string,
  keys: readonly JWK[],
  issuer: string,
): Promise<string | undefined> {
  const publicKeys = keys.map(({ kty, n, e, kid, alg, use }) => ({ kty, n, e, kid, alg, use }) as JWK)
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: publicKeys }), { issuer })
    return payload.sub
  } catch {
    return undefined
  }
}
