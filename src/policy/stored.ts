import type { StorageKey } from '../storage/store.ts'
import { jsonRecord, type RecordKind } from '../transaction/record.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './rule.ts'

/** A policy as it is kept: the text that was written, and what it means. */
export type StoredPolicy = { readonly text: string; readonly policy: Policy }

const rows = jsonRecord<{ readonly text: string }>('policy')

export const storedPolicies: RecordKind<StoredPolicy> = {
  name: rows.name,
  encode: ({ text }) => rows.encode({ text }),
  parse: (bytes) => {
    const { text } = rows.parse(bytes)
    return { text, policy: parsePolicy(text) }
  },
}

export const policyPrefix = 'ns/root/policy/'

/** @param name folded by `policyName`; slashes in it become part of the key's single segment */
export const policyKey = (name: string) => (policyPrefix + encodeURIComponent(name)) as StorageKey
export const policyOfKey = (segment: string) => decodeURIComponent(segment)
