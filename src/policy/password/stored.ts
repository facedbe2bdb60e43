import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** A password policy as it was written. */
export type StoredPasswordPolicy = { readonly text: string }

export const passwordPolicies = jsonRecord<StoredPasswordPolicy>('password policy')
export const passwordPolicyPrefix = 'ns/root/password-policy/'
export const passwordPolicyKey = (name: string) =>
  (passwordPolicyPrefix + encodeURIComponent(name)) as StorageKey
export const passwordPolicyOfKey = (segment: string) => decodeURIComponent(segment)
