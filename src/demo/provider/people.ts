/** Someone who can log in at the stand-in provider. */
export type Person = {
  /** What the login page and `/token-for/<name>` call them. */
  readonly name: string
  readonly fullName: string
  readonly email: string
  /** 64 hexadecimal digits, `@` and a scope; never changes. Also the `sub`. */
  readonly vopersonId: string
  /** Group memberships, AARC-G069. */
  readonly entitlements: readonly string[]
}

/** The virtual organisation of the examples, and whose word it is that somebody belongs to it. */
export const example = {
  scope: 'example.org',
  namespace: 'urn:mace:example.org',
  authority: 'aai.example.org',
  vo: 'vo.example.org',
} as const

/** The entitlements of a member of the example organisation with these roles. */
export function membership(...roles: readonly string[]): string[] {
  const { namespace, vo, authority } = example
  return roles.map((role) => `${namespace}:group:${vo}:role=${role}#${authority}`)
}

/** Two example people in one organisation: alice manages it, bob is a member. */
export const examplePeople: readonly Person[] = [
  {
    name: 'alice',
    fullName: 'Alice Example',
    email: 'alice@example.org',
    vopersonId: `${'a11ce'.padEnd(64, '0')}@${example.scope}`,
    entitlements: membership('member', 'manager'),
  },
  {
    name: 'bob',
    fullName: 'Bob Example',
    email: 'bob@example.org',
    vopersonId: `${'b0b'.padEnd(64, '0')}@${example.scope}`,
    entitlements: membership('member'),
  },
]
