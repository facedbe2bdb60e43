import type { TokenSettings } from '../../backend/logins/login.ts'
import type { OlderTokenField } from '../../backend/logins/token-settings.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Algorithm } from './keys/algorithms.ts'
import type { CallbackMode } from './oidc/record.ts'
import type { BoundClaimsType } from './token/claims.ts'
import type { Leeways } from './token/times.ts'

/** Whom a mount trusts. Empty texts and lists are unset. */
export type JwtConfig = {
  readonly discoveryUrl: string
  readonly discoveryCa: string
  readonly jwksUrl: string
  readonly jwksCa: string
  readonly jwksPairs: readonly { readonly url: string; readonly ca: string }[]
  readonly publicKeys: readonly string[]
  readonly algorithms: readonly Algorithm[]
  readonly boundIssuer: string
  readonly defaultRole: string
  /** Ask the provider's UserInfo for the groups claim where a token lacks it. */
  readonly groupsFromUserinfo: boolean
  readonly clientId: string
  readonly clientSecret: string
  readonly responseMode: string
  readonly responseTypes: readonly string[]
  readonly namespaceInState: boolean
  /** The role of logins in a browser that name none; written by the spaces configuration alone. */
  readonly browserRole?: string
  /** Further providers whose tokens are taken; written by the spaces configuration alone. */
  readonly others?: readonly OtherIssuer[]
}

/** Another provider on the mount, each with roles of its own. */
export type OtherIssuer = Pick<
  JwtConfig,
  'discoveryUrl' | 'discoveryCa' | 'defaultRole' | 'groupsFromUserinfo'
> & {
  /** Names it in its roles. */
  readonly name: string
}

export const configs = jsonRecord<JwtConfig>('JWT configuration')
export const configName = 'config'

/** What a login must bring and what it gets. Spans in seconds. */
export type JwtRole = {
  readonly type: 'jwt' | 'oidc'
  readonly userClaim: string
  readonly userClaimIsPointer: boolean
  readonly boundAudiences: readonly string[]
  /** Takes tokens for any audience, where none is bound; written by the spaces configuration alone. */
  readonly anyAudience?: true
  /** The name of the provider that it is for; absent for the first of its mount. See `OtherIssuer`. */
  readonly issuer?: string
  readonly boundSubject: string
  readonly boundClaims: JsonObject | null
  readonly boundClaimsType: BoundClaimsType
  /** Claim → metadata key. */
  readonly claimMappings: Readonly<Record<string, string>> | null
  readonly groupsClaim: string
  /** How the values of the groups claim become names of groups. */
  readonly groupsFormat: 'plain' | 'entitlements'
  /** With `entitlements`: whose count. */
  readonly entitlementNamespaces: readonly string[]
  readonly entitlementAuthorities: readonly string[]
  readonly leeways: Leeways
  readonly maxAge: number
  readonly verboseLogging: boolean
  readonly scopes: readonly string[] | null
  readonly redirectUris: readonly string[] | null
  /** `client` where it is not there. */
  readonly callbackMode?: CallbackMode
  /** Seconds between two questions of a client that polls; the provider's, or 5, where it is not there. */
  readonly pollInterval?: number
  readonly token: TokenSettings
  /** Older names under which token settings were written; reads repeat them. */
  readonly olderNames: readonly OlderTokenField[]
}

export const roles = jsonRecord<JwtRole>('JWT role')
