import type { MountStorage } from '../../backend/context.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** A recipe for tokens that callers of `create/<role>` get. Durations in seconds, 0 for unset. */
export type TokenRole = {
  readonly allowedPolicies: readonly string[]
  readonly allowedPoliciesGlob: readonly string[]
  readonly disallowedPolicies: readonly string[]
  readonly disallowedPoliciesGlob: readonly string[]
  readonly allowedEntityAliases: readonly string[]
  readonly orphan: boolean
  readonly renewable: boolean
  readonly pathSuffix: string
  readonly period: number
  readonly explicitMaxTtl: number
  readonly numUses: number
  readonly boundCidrs: readonly string[]
  readonly noDefaultPolicy: boolean
  /** Older names that were used for a setting; reads repeat them. */
  readonly olderNames: readonly OlderName[]
  readonly tokenType: 'service' | 'batch' | 'default-service' | 'default-batch'
}

/** Names that settings had before `token_` stood before them. */
export const olderNameList = ['period', 'explicit_max_ttl', 'bound_cidrs'] as const
export type OlderName = (typeof olderNameList)[number]

export const roles = jsonRecord<TokenRole>('token role')
export const roleFolder = 'role/'

/** The role of a name as it was written, if there is one. */
export async function findRole(storage: MountStorage, name: string): Promise<TokenRole | undefined> {
  return storage.get(roles, roleFolder + name)
}
