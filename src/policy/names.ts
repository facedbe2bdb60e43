import { fail } from '../base/errors.ts'

/** Policies that the server keeps for itself. `root` has no text: it allows everything. */
export const protectedPolicies: ReadonlySet<string> = new Set(['root', 'response-wrapping'])

/** Names that no other may be mistaken for. */
const reserved: ReadonlySet<string> = new Set([...protectedPolicies, 'default'])

const maxBytes = 160
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/**
 * The one spelling of a policy's name: without blanks around it, lower case. Done once, where names enter,
 * so that nothing later compares spellings.
 *
 * @throws invalid_request for a name that is empty, too long, holds a character that cannot be seen, or reads
 * like `root`, `response-wrapping` or `default` by letters that merely look alike
 */
export function policyName(text: string): string {
  const name = foldPolicyName(text)
  if (name === '') fail('invalid_request', 'policy name is missing')
  if (Buffer.byteLength(name) > maxBytes)
    fail('invalid_request', `policy name is longer than ${maxBytes} bytes`)
  if (invisible.test(name)) fail('invalid_request', 'policy name holds a character that cannot be printed')
  // Compatibility forms ("ｒｏｏｔ", "ſ") would read as one of these without being it.
  const plain = name.normalize('NFKC').toLowerCase().trim()
  if (plain !== name && reserved.has(plain)) {
    fail('invalid_request', `policy name reads like ${JSON.stringify(plain)} and is not`)
  }
  return name
}

/** The spelling under which a policy is found, whatever the text may name. */
export const foldPolicyName = (text: string): string => text.trim().toLowerCase()

/** Names folded, each once, sorted; empty ones are dropped. */
export function foldNames(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name.trim() !== '').map(policyName))].sort()
}

/** What a login's role says becomes the token's policies: folded, with `default` unless it is left out. */
export function finalPolicies(names: readonly string[], { noDefault }: { noDefault: boolean }): string[] {
  const folded = foldNames(names)
  if (folded.includes('root')) return ['root']
  if (noDefault) return folded.filter((name) => name !== 'default')
  return foldNames([...folded, 'default'])
}
