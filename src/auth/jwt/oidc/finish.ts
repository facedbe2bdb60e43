import type { Context } from '../../../backend/context.ts'
import type { Login } from '../../../backend/logins/login.ts'
import { isFailure } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { expectedOf, loginOf } from '../login.ts'
import { type VerifiedToken, verifyToken } from '../token/verify.ts'
import type { Tools } from '../tools.ts'
import type { Trust } from '../trust.ts'
import type { OidcClient, Tokens } from './client.ts'
import { type Settings, unchanged } from './settings.ts'

/** Who somebody is, as their provider says. */
export type Proven = {
  readonly trust: Trust
  readonly token: VerifiedToken
  readonly warning: string | undefined
}

/**
 * Verifies the ID token, and adds what UserInfo says of the same subject. The ID token comes first where they
 * differ: it is signed. An answer that UserInfo does not give is a warning; what the role needs of it is then
 * missing.
 */
export async function prove(
  { config, role }: Settings,
  { trust, client }: { readonly trust: Trust; readonly client: OidcClient },
  tokens: Tokens,
  tools: Tools,
): Promise<Proven> {
  const expected = expectedOf(config, role, trust)
  // That it is for this client, the library has checked; a role may ask for more.
  const token = await verifyToken(
    tokens.idToken,
    { ...expected, anyAudience: expected.audiences.length === 0 },
    { ...tools, sources: trust.sources },
  )
  try {
    const said: JsonObject = (await client.userInfo(tokens)) ?? {}
    const claims = { ...withoutProtocol(said), ...token.claims }
    return { trust, token: { ...token, claims }, warning: undefined }
  } catch (error) {
    if (!isFailure(error, 'provider_failed', 'invalid_request', 'rate_limited')) throw error
    return { trust, token, warning: `UserInfo did not answer: ${error.message}` }
  }
}

/** Claims that are about a token, and so mean something in a token alone. */
const protocolClaims = [
  'iss',
  'aud',
  'azp',
  'exp',
  'nbf',
  'iat',
  'jti',
  'nonce',
  'auth_time',
  'acr',
  'amr',
  'sid',
]

const withoutProtocol = (said: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(said).filter(([name]) => !protocolClaims.includes(name)))

/** What the role makes of it. */
export async function loginFrom(
  context: Context,
  settings: Settings,
  { trust, token, warning }: Proven,
  tools: Tools,
): Promise<Login> {
  const { config, role, name } = await unchanged(context, settings)
  if (warning !== undefined) context.warn(warning)
  return loginOf(context, name, { config, role, trust, token, complete: true }, tools)
}
