import type { TokenSettings } from '../../backend/logins/login.ts'
import type { OlderTokenField } from '../../backend/logins/token-settings.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** Whose service accounts a mount trusts. Empty texts and lists are unset. */
export type KubernetesConfig = {
  /** Address of the API server, without a slash at its end. */
  readonly host: string
  readonly ca: string
  readonly reviewerToken: string
  readonly publicKeys: readonly string[]
  /** A JSON Web Key Set. */
  readonly jwks: string
  readonly issuer: string
  readonly checksIssuer: boolean
  /** Leaves alone what lies in the pod that this server runs in. */
  readonly ignoresPod: boolean
  readonly annotations: boolean
  /** Believes tokens that the keys above verify, without asking the API server whether they still hold. */
  readonly keysAlone: boolean
}

export const configs = jsonRecord<KubernetesConfig>('Kubernetes configuration')
export const configName = 'config'

/** Which service accounts may log in, and what they get. */
export type KubernetesRole = {
  /** `*`, or names in which `*` at an end stands for any text. */
  readonly names: readonly string[]
  readonly namespaces: readonly string[]
  /** A label selector, JSON or YAML; empty for none. */
  readonly namespaceSelector: string
  readonly audience: string
  readonly aliasNameSource: 'serviceaccount_uid' | 'serviceaccount_name'
  readonly token: TokenSettings
  /** Older names under which token settings were written; reads repeat them. */
  readonly olderNames: readonly OlderTokenField[]
}

export const roles = jsonRecord<KubernetesRole>('Kubernetes role')
