/** What a `profile` of a space fills in; keys that are spelled out win. */
export type Profile = {
  /** What people call it. */
  readonly label: string
  readonly issuer: string
  readonly personClaim: string
  readonly groupsClaim: string
  readonly groupsFrom: 'token' | 'userinfo'
  readonly groupsFormat: 'aarc' | 'plain'
  readonly groupNamespaces: readonly string[]
  readonly groupAuthorities: readonly string[]
  /** What a login in a browser asks for. */
  readonly scopes: readonly string[]
}

/** Identity providers that are known by name. */
export const profiles = {
  /** EGI Check-in: entitlements as in AARC-G069, in UserInfo only. */
  egi: {
    label: 'EGI Check-in',
    issuer: 'https://aai.egi.eu/auth/realms/egi',
    personClaim: 'voperson_id',
    groupsClaim: 'eduperson_entitlement',
    groupsFrom: 'userinfo',
    groupsFormat: 'aarc',
    groupNamespaces: ['urn:mace:egi.eu'],
    groupAuthorities: ['aai.egi.eu'],
    scopes: ['profile', 'email', 'voperson_id', 'eduperson_entitlement'],
  },
} as const satisfies Readonly<Record<string, Profile>>
