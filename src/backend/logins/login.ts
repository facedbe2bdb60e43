/** The token settings that every auth method's roles share (`token_*`). Durations in seconds, 0 for unset. */
export type TokenSettings = {
  readonly ttl: number
  readonly maxTtl: number
  readonly explicitMaxTtl: number
  readonly period: number
  readonly numUses: number
  readonly type: 'default' | 'default-service' | 'default-batch' | 'service' | 'batch'
  readonly policies: readonly string[]
  readonly boundCidrs: readonly string[]
  readonly noDefaultPolicy: boolean
}

/** What a handler of a login route answers in `login`: the server makes the token and the entity from it. */
export type Login = {
  /** The token's `display_name` is `<mount>-<this>`, or `<mount>` alone where it is empty. */
  readonly displayName: string
  /** The name by which the auth method knows the person; makes or finds the entity. */
  readonly alias?: { readonly name: string; readonly metadata?: Readonly<Record<string, string>> }
  /** Names of groups that the identity provider asserts; undefined when it says nothing about groups. */
  readonly groups?: readonly string[] | undefined
  readonly metadata: Readonly<Record<string, string>>
  readonly token: TokenSettings
  /**
   * What the method is asked about when the token is to be renewed: the name of a role, or of a user. `''` where it
   * has no say in renewals.
   */
  readonly renewAs: string
  /** The networks of the token bind its use alone, and not the login. */
  readonly fromAnywhere?: true
  /** Who the person is at their identity provider, where the method can prove it; the owner of a space. */
  readonly person?: ProvenPerson
}

/** What names a person beyond one mount: whose word it is, which claim of theirs, and its value. */
export type Person = { readonly issuer: string; readonly claim: string; readonly value: string }

/** A person as a token proves them, and for whom the provider made the token. */
export type ProvenPerson = Person & {
  /** The services that it is for (`aud`). */
  readonly audiences: readonly string[]
  /** The client that it was given to (`azp`), where the token says so. */
  readonly client: string | undefined
}

/** What a renewal is about: what the login said, and the policies that its token has. */
export type Renewed = { readonly renewAs: string; readonly policies: readonly string[] }

/** What a role or a user grants to a renewal now. Seconds, 0 for unset. */
export type Renewal = { readonly ttl: number; readonly maxTtl: number; readonly period: number }
