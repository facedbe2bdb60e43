import { jsonRecord } from '../../transaction/record.ts'
import type { Algorithm } from './keys/algorithms.ts'

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
