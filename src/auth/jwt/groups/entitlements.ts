/**
 * Group membership as entitlements express it (AARC-G069 §3, before it AARC-G002):
 * `<NAMESPACE>:group:<GROUP>[:<SUBGROUP>…][:role=<ROLE>][#<AUTHORITY>]`, where the namespace is a URN such
 * as `urn:mace:egi.eu` and the parts are percent-encoded (RFC 8141 §2.2, RFC 3986 §2.1).
 */
export type Entitlement = {
  /** As sent, but for `urn` and the namespace identifier, which are lower-cased (RFC 8141 §3.1). */
  readonly namespace: string
  /** The group and its subgroups, outermost first, decoded. At least one. */
  readonly path: readonly string[]
  /** Decoded; absent for plain membership. */
  readonly role: string | undefined
  /** Who asserts it, decoded. */
  readonly authority: string | undefined
}

/** The longest entitlement that is looked at, in UTF-16 units. */
export const maxEntitlement = 1024
/** The most values of one person that are looked at. */
export const maxEntitlements = 2_000
const maxDepth = 16

const marker = ':group:'
const rolePrefix = 'role='
/** What may stand in a URN unescaped (RFC 3986 `pchar` without `:`), with escapes. */
const part = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})+$/
const namespaceForm =
  /^urn:([a-z0-9][a-z0-9-]{0,30}[a-z0-9])((?::(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})+)+)$/i

/** @returns undefined for a text that expresses no group membership in this form */
export function parseEntitlement(text: string): Entitlement | undefined {
  if (text.length > maxEntitlement) return undefined
  const [urn = '', fragment, ...more] = text.split('#')
  const at = urn.indexOf(marker)
  if (more.length > 0 || at < 0) return undefined
  const namespace = normalNamespace(urn.slice(0, at))
  const parts = urn.slice(at + marker.length).split(':')
  const last = parts.at(-1) ?? ''
  const roleText = last.startsWith(rolePrefix) ? last.slice(rolePrefix.length) : undefined
  const groupParts = roleText === undefined ? parts : parts.slice(0, -1)
  // A role that is not at the end would be a subgroup to one reader and a role to another.
  const misplaced = groupParts.some((one) => one.startsWith(rolePrefix))
  if (namespace === undefined || misplaced || groupParts.length > maxDepth) return undefined
  const path = groupParts.map(decodePart)
  const role = roleText === undefined ? undefined : decodePart(roleText)
  const authority = fragment === undefined ? undefined : decodePart(fragment)
  if (path.length === 0 || !path.every((one) => one !== undefined)) return undefined
  if (roleText !== undefined && role === undefined) return undefined
  if (fragment !== undefined && authority === undefined) return undefined
  return { namespace, path, role, authority }
}

/** A namespace in the form in which namespaces are compared, or undefined when it is none. */
export function normalNamespace(text: string): string | undefined {
  const match = namespaceForm.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  return `urn:${match[1].toLowerCase()}${match[2]}`
}

/** @returns undefined for an empty part, bad escapes, ill-formed UTF-8 and control characters */
function decodePart(text: string): string | undefined {
  if (!part.test(text)) return undefined
  try {
    const decoded = decodeURIComponent(text)
    return /\p{Cc}/u.test(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}
