import { field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import { foldNames } from '../../../policy/names.ts'

/** What entities and groups take alike. */
export const namedFields = {
  id: field.string('An existing one.', { maxLength: 64 }),
  name: field.string('Its name.'),
  policies: field.list('Policies that it gives to tokens.', { maxItems: 1000 }),
  metadata: field.map('Texts to keep with it; replaces the ones before.'),
}

/** What aliases of entities and of groups take alike. */
export const aliasFields = {
  id: field.string('An existing alias.', { maxLength: 64 }),
  name: field.string('The name that logins on the mount come by or assert.'),
  canonical_id: field.string('Whose alias it is; without it, of somebody new.', { maxLength: 64 }),
  mount_accessor: field.string('The auth method.', { maxLength: 512 }),
}

/** Names are looked up by digest, so they may hold any letter; they are bounded and printable all the same. */
export function checkedName(name: string, what: string): string {
  if (name === '') fail('invalid_request', `missing ${what} name`)
  if (Buffer.byteLength(name) > 512) fail('invalid_request', `the ${what} name is longer than 512 bytes`)
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    fail('invalid_request', `the ${what} name holds a character that cannot be printed`)
  }
  return name
}

/**
 * Policies of an entity or a group, folded. None of them is `root`, in whichever spelling: nobody becomes
 * root by who they are.
 */
export function checkedPolicies(names: readonly string[]): string[] {
  const policies = foldNames(names)
  if (policies.includes('root')) fail('invalid_request', 'policies cannot contain root')
  return policies
}

const maxMetadata = 64
const maxMetadataBytes = 16 * 1024

export function checkedMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | undefined {
  if (metadata === undefined) return undefined
  if (Object.keys(metadata).length > maxMetadata)
    fail('invalid_request', `metadata may have at most ${maxMetadata} keys`)
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) {
    fail('invalid_request', `metadata may have at most ${maxMetadataBytes} bytes`)
  }
  return metadata
}

/** Ids are UUIDs; anything else names nothing. */
export const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
