import { maxNameBytes } from '../token/claims.ts'
import { type Entitlement, maxEntitlements, parseEntitlement } from './entitlements.ts'

/** Which entitlements count. */
export type EntitlementRules = {
  /** Normal namespaces, see `normalNamespace`. Others are ignored: anybody may own one. */
  readonly namespaces: readonly string[]
  /** Empty for any authority. */
  readonly authorities: readonly string[]
}

export type GroupNames = {
  /** Sorted, each once. */
  readonly names: readonly string[]
  /** How many values were not looked at because there were more than {@link maxEntitlements}. */
  readonly dropped: number
}

/**
 * The names of the groups that a person's entitlements put them in: the group itself, and with a role the
 * group with that role. A membership of a subgroup says nothing about the groups above it.
 */
export function groupNames(entitlements: readonly string[], rules: EntitlementRules): GroupNames {
  const names = new Set<string>()
  for (const text of entitlements.slice(0, maxEntitlements)) {
    const entitlement = parseEntitlement(text)
    if (entitlement !== undefined && counts(entitlement, rules)) {
      for (const name of membershipNames(entitlement)) {
        if (Buffer.byteLength(name) <= maxNameBytes) names.add(name)
      }
    }
  }
  return { names: [...names].sort(), dropped: Math.max(0, entitlements.length - maxEntitlements) }
}

function counts(entitlement: Entitlement, rules: EntitlementRules): boolean {
  const { namespaces, authorities } = rules
  if (!namespaces.includes(entitlement.namespace)) return false
  return authorities.length === 0 || authorities.includes(entitlement.authority ?? '')
}

/**
 * The names of one membership, such as `vo.example.org` and `vo.example.org:role=manager`. Subgroups follow
 * after a colon. Two memberships share a name only if they are the same: within a part everything but
 * letters, digits, `-`, `_`, `~` and `.` is percent-encoded, so a part holds no colon, no equals sign, no
 * slash and no wildcard, and none is `.` or `..`.
 */
export function membershipNames(entitlement: Pick<Entitlement, 'path' | 'role'>): readonly string[] {
  const group = entitlement.path.map(encodePart).join(':')
  return entitlement.role === undefined ? [group] : [group, `${group}:role=${encodePart(entitlement.role)}`]
}

/**
 * The same name from how somebody spells the group and the role, encoded as in an entitlement or not: whoever writes a
 * configuration copies it from there, or knows what the group is called.
 */
export function spelledName(group: string, role?: string): string {
  const path = group.split(':').map(decoded)
  const names = membershipNames({ path, role: role === undefined ? undefined : decoded(role) })
  return names.at(-1) ?? ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function encodePart(text: string): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded
}
