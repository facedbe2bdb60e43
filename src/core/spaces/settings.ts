/** One identity provider, who it names and which groups have folders: `spaces "…" { … }` of the configuration. */
export type SpacesSettings = {
  readonly name: string
  /** As in the provider's discovery document; people are keyed by it. */
  readonly issuer: string
  /** PEM of the authority of the provider's certificate, where the system does not know it. */
  readonly issuerCa: string
  /** Audiences, one of which a token must have; empty only with {@link allowAnyAudience}. */
  readonly boundAudiences: readonly string[]
  /** Takes tokens made for any audience, or for none. */
  readonly allowAnyAudience?: boolean
  /** Values of the claim `azp`, one of which a token must have; any without it. */
  readonly clientIds?: readonly string[]
  /** The claim that names a person. */
  readonly personClaim: string
  readonly groupsClaim: string
  /** Whether the groups come from UserInfo where a token lacks them. */
  readonly groupsFromUserinfo: boolean
  readonly groupsFormat: 'plain' | 'entitlements'
  readonly entitlementNamespaces: readonly string[]
  readonly entitlementAuthorities: readonly string[]
  /** Where the folder of people and `vos/` lie, without a slash. */
  readonly mount: string
  /** The folder below which each person has theirs; `users` without it. */
  readonly peopleFolder?: string
  /** Where people log in, below `auth/`, without a slash. */
  readonly authPath: string
  /** Whose people and groups have the bare names, where several share a folder of people or a login. */
  readonly authoritative?: boolean
  /** Seconds; 0 for the system's. */
  readonly tokenTtl?: number
  readonly tokenMaxTtl?: number
  /** Seconds that deleted secrets of the mount can be restored; a week without it. */
  readonly deletedSecretsTtl?: number
  readonly vos: readonly VoSettings[]
  /** How people log in on the web page; with their tokens alone without it. */
  readonly browser?: BrowserSettings
}

/** The provider's client for the web page. */
export type BrowserSettings = {
  /** What the page calls the provider. */
  readonly label?: string | undefined
  readonly clientId: string
  readonly clientSecret: string
  /** Beside `openid`. */
  readonly scopes: readonly string[]
  /** Where people open the page, such as `https://secrets.example.org`: the provider sends them back there alone. */
  readonly origins: readonly string[]
}

/** A folder that a virtual organisation shares. */
export type VoSettings = {
  readonly name: string
  /** The group whose members read. */
  readonly readers: string
  /** The group whose members write; nobody without it. */
  readonly writers?: string | undefined
  /** What the page calls it to its members; its name without it. */
  readonly title?: string | undefined
}

/** EGI Check-in: https://docs.egi.eu/users/aai/check-in/ */
export const egiProfile = {
  issuer: 'https://aai.egi.eu/auth/realms/egi',
  personClaim: 'voperson_id',
  groupsClaim: 'eduperson_entitlement',
  groupsFromUserinfo: true,
  groupsFormat: 'entitlements',
  entitlementNamespaces: ['urn:mace:egi.eu'],
  mount: 'secrets',
  authPath: 'jwt',
} as const
