/** What the guide asks about an identity provider, and what follows from it in the configuration file. */
export type ProviderAnswers = {
  /** Letters, digits, `_`, `-` and `.`. */
  readonly name: string
  /** `egi` fills in the issuer and the claims. */
  readonly profile: 'egi' | 'other'
  readonly issuer: string
  readonly personClaim: string
  readonly groupsClaim: string
  readonly clientId: string
  /** On the machine of the server. */
  readonly secretFile: string
  /** Where people open the page. */
  readonly origin: string
  readonly vos: readonly VoAnswer[]
}

/** Members of the group read, those with the role write. */
export type VoAnswer = { readonly name: string; readonly role: string }

/** The path of the login below `auth/`, as in {@link spacesBlock}. */
const loginMount = 'jwt'

/** What the provider has to be told, so that it sends people back. */
export const redirectAddress = (origin: string) => `${origin}/ui/callback/${loginMount}`

/** The `spaces` block that follows from the answers. */
export function spacesBlock(answers: ProviderAnswers): string {
  const { name, profile, issuer, personClaim, groupsClaim, clientId, secretFile, origin, vos } = answers
  const provider =
    profile === 'egi'
      ? [line('profile', 'egi')]
      : [
          line('issuer', issuer),
          line('person_claim', personClaim),
          ...(groupsClaim === '' ? [] : [line('groups_claim', groupsClaim)]),
        ]
  return [
    `spaces ${quoted(name)} {`,
    ...provider.map(inside),
    inside(`bound_audiences = [${quoted(origin)}]`),
    '',
    '  browser {',
    ...[line('client_id', clientId), line('client_secret_file', secretFile), `origins = [${quoted(origin)}]`]
      .map(inside)
      .map(inside),
    '  }',
    ...vos.flatMap((vo) => ['', ...voBlock(vo)]),
    '}',
    '',
  ].join('\n')
}

const voBlock = ({ name, role }: VoAnswer): string[] =>
  role === ''
    ? [`  vo ${quoted(name)} {}`]
    : [`  vo ${quoted(name)} {`, inside(inside(line('write_role', role))), '  }']

const line = (key: string, value: string) => `${key} = ${quoted(value)}`
const inside = (text: string) => `  ${text}`

/** A text as HCL writes it; the server's configuration knows no templates. */
const quoted = (text: string) => JSON.stringify(text)

/** What may name a block or a folder. */
export const isBlockName = (text: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text)
