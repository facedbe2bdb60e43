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
}

export const configs = jsonRecord<JwtConfig>('JWT configuration')
export const configName = 'config'
