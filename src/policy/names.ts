import { fail } from '../base/errors.ts'

/** Policies that the server keeps for itself. `root` has no text: it allows everything. */
export const protectedPolicies: ReadonlySet<string> = new Set(['root', 'response-wrapping'])

/**
 * The one spelling of a policy's name: without blanks around it, lower case. Done once, where names enter,
 * so that nothing later compares spellings.
 *
 * @throws invalid_request for a name that is empty, too long, or folds to a protected one only by letters
 * that look alike
 */
export function policyName(text: string): string {
  const name = text.trim().toLowerCase()
  if (name === '') fail('invalid_request', 'policy name is missing')
  if (Buffer.byteLength(name) > 160) fail('invalid_request', 'policy name is longer than 160 bytes')
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    fail('invalid_request', 'policy name holds a character that cannot be printed')
  }
  // Compatibility forms ("ｒｏｏｔ", "ſ") would read as a protected name without being it.
  const plain = name.normalize('NFKC').toLowerCase().trim()
  if (plain !== name && protectedPolicies.has(plain)) {
    fail('invalid_request', 'policy name reads like a protected one')
  }
  return name
}

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
