import { failAt, type HclBlock } from '../../base/hcl/hcl.ts'
import { contradictionIn } from '../spaces/agreement.ts'
import { type BrowserConfig, readBrowser } from './browser.ts'
import { key, or } from './keys.ts'
import { type Profile, profiles } from './profiles.ts'
import { type Read, type Reader, readSection, section } from './section.ts'
import { isTitle, titleRule } from './title.ts'

/** One identity provider whose people get spaces. Times in seconds. */
export type SpacesConfig = {
  readonly name: string
  readonly issuer: string
  /** PEM file of the authorities of the provider's certificate; the system's without it. */
  readonly caFile: string | undefined
  /** Audiences, one of which a token must be for; empty when any is taken. */
  readonly boundAudiences: readonly string[]
  readonly allowAnyAudience: boolean
  /** Values of the claim `azp` that are taken; empty for any. */
  readonly clientIds: readonly string[]
  readonly personClaim: string
  readonly groups: SpacesGroups | undefined
  /** Path of the secrets mount that holds `users/` and `vos/`, without slashes at its ends. */
  readonly mount: string
  /** Path of the auth mount, below `auth/`. */
  readonly authPath: string
  /** The folder on that mount below which each person has theirs. */
  readonly peopleFolder: string
  /** Whether this provider's people have the bare names, where several share a folder of people or a login. */
  readonly authoritative: boolean
  readonly tokenTtl: number
  readonly tokenMaxTtl: number
  readonly deletedSecretsTtl: number
  readonly vos: readonly VoConfig[]
  readonly browser: BrowserConfig | undefined
}

export type SpacesGroups = {
  readonly claim: string
  readonly from: 'token' | 'userinfo'
  readonly format: 'aarc' | 'plain'
  /** With `aarc`: namespaces whose entitlements count, and authorities (empty for all). */
  readonly namespaces: readonly string[]
  readonly authorities: readonly string[]
}

/** A virtual organisation with a folder of its own. */
export type VoConfig = {
  /** Name of the folder below `vos/`. */
  readonly name: string
  /** Members of this group read. */
  readonly group: string
  /** Members with this role in it write; nobody without it. */
  readonly writeRole: string | undefined
  /** What the page calls it; its name if undefined. */
  readonly title: string | undefined
}

export const voSection = section({
  title: 'vo "<folder>", in spaces',
  about: 'A group that shares the folder `vos/<folder>/`: its members read, and those with a role write.',
  example: `vo "vo.access.egi.eu" {
  write_role = "manager"
}`,
  keys: {
    group: key.text(
      'The group as the provider names it, percent-encoded as in its entitlements or not; the folder’s name without it. Subgroups follow after colons.',
    ),
    write_role: key.text('The role in the group that may write. Without it nobody but operators can.'),
    title: key.text('What the page calls it, to its members alone; the folder’s name without it.'),
  },
})

export const spacesSection = section({
  title: 'spaces "<name>"',
  about:
    'An identity provider that is trusted to say who people are. Everyone who logs in with it has a folder of their own, `users/<person>/`, and the groups named here share folders. Mounts, auth methods, roles and policies follow from this on every start.',
  example: `spaces "egi" {
  profile         = "egi"
  bound_audiences = ["https://secrets.example.org"]

  vo "vo.access.egi.eu" {
    write_role = "manager"
  }
}`,
  keys: {
    profile: key.choice(
      'A provider that is known: fills in `issuer`, `person_claim` and the `group` keys. For the values see below.',
      profiles,
    ),
    issuer: key.url(
      'The provider, as the `iss` claim of its tokens names it; its keys are found by discovery. Needed.',
    ),
    ca_file: key.text('Authorities of the provider’s certificate, PEM; those of the system without it.'),
    bound_audiences: or(
      [],
      key.list(
        'Audiences (`aud`), one of which a token must be for. Needed, unless `allow_any_audience` is set.',
      ),
    ),
    allow_any_audience: or(
      false,
      key.flag(
        'Take tokens that were made for any audience, or for none: every other service that sees a user’s token can then act as that user here.',
      ),
    ),
    client_ids: or([], key.list('Clients (`azp`) whose tokens are taken; any without it.')),
    person_claim: key.text(
      'The claim that names a person: lasting, unique, never given to somebody else. Needed.',
    ),
    groups_claim: key.text('The claim that holds a person’s groups. Without it nobody has any.'),
    groups_from: key.choice(
      'Where the groups come from: the token, or the provider’s UserInfo where the token has none. `"token"` without it.',
      {
        token: 'token',
        userinfo: 'userinfo',
      },
    ),
    groups_format: key.choice(
      'How groups are written: `"aarc"` for entitlements as in AARC-G069, `"plain"` for bare names. `"plain"` without it.',
      { aarc: 'aarc', plain: 'plain' },
    ),
    group_namespaces: key.list(
      'With `"aarc"`: namespaces whose entitlements count, such as `urn:mace:egi.eu`. Needed with it.',
    ),
    group_authorities: key.list(
      'With `"aarc"`: authorities whose entitlements count, such as `aai.egi.eu`; all without it.',
    ),
    mount: or('secrets', key.text('Where the secrets are mounted; `users/` and `vos/` lie below it.')),
    people_folder: or(
      'users',
      key.text(
        'The folder on `mount` below which each person has theirs. Blocks that share it need one that is `authoritative`.',
      ),
    ),
    auth_path: or(
      'jwt',
      key.text(
        'Where the login is mounted, below `auth/`. Blocks that share it need one that is `authoritative`; a token’s `iss` then says which is meant.',
      ),
    ),
    authoritative: or(
      false,
      key.flag(
        'Where several blocks share a `people_folder` or an `auth_path`, exactly one must say so: its people have their folders under their own names, those of another block under `<person>=<name of the block>`.',
      ),
    ),
    token_ttl: or('1h', key.duration('How long a login lasts unless it is renewed.')),
    token_max_ttl: or(
      '12h',
      key.duration('How long a login lasts at most. Who loses a group keeps its access no longer than this.'),
    ),
    deleted_secrets_ttl: or(
      '168h',
      key.duration(
        'How long deleted secrets of `mount` can be restored; 0 for not at all. Of blocks that share the mount the longest counts.',
      ),
    ),
  },
  blocks: { vo: 1, browser: 0 },
})

type Keys = (typeof spacesSection)['keys']

export function readSpaces({ labels, at, body }: HclBlock, reader: Reader): SpacesConfig {
  const name = labels[0] ?? ''
  const title = `spaces ${JSON.stringify(name)}`
  if (!isName(name)) failAt(reader.source, at, `${title}: ${nameRule('its name')}`)
  const read = readSection(spacesSection, body, reader, title)
  const { values, wrong } = read
  const profile: Profile | undefined = values.profile
  const vos = readVos(read.blocks('vo'), title, reader)
  const groups = readGroups(read, profile)
  if (vos.length > 0 && groups === undefined) wrong('groups_claim', 'vo blocks need groups_claim')
  if (values.token_max_ttl < values.token_ttl)
    wrong('token_max_ttl', 'token_max_ttl is shorter than token_ttl')
  if (values.token_ttl === 0) wrong('token_ttl', 'token_ttl must be longer than 0')
  return {
    name,
    issuer: values.issuer ?? profile?.issuer ?? wrong('issuer', 'issuer is missing'),
    caFile: values.ca_file,
    ...readAudiences(read),
    clientIds: values.client_ids,
    personClaim:
      values.person_claim ?? profile?.personClaim ?? wrong('person_claim', 'person_claim is missing'),
    groups,
    mount: readPath(read, 'mount'),
    peopleFolder: readPeopleFolder(read),
    authPath: readPath(read, 'auth_path'),
    authoritative: values.authoritative,
    tokenTtl: values.token_ttl,
    tokenMaxTtl: values.token_max_ttl,
    deletedSecretsTtl: values.deleted_secrets_ttl,
    vos,
    browser: readBrowser(read.blocks('browser'), title, profile, reader),
  }
}

function readAudiences({
  values,
  wrong,
}: Read<Keys>): Pick<SpacesConfig, 'boundAudiences' | 'allowAnyAudience'> {
  const { bound_audiences: boundAudiences, allow_any_audience: allowAnyAudience } = values
  if (boundAudiences.length > 0 && allowAnyAudience) {
    wrong('allow_any_audience', 'allow_any_audience contradicts bound_audiences')
  }
  if (boundAudiences.length === 0 && !allowAnyAudience) {
    wrong(
      'bound_audiences',
      'bound_audiences is missing: name the audiences of the tokens, or set allow_any_audience = true',
    )
  }
  return { boundAudiences, allowAnyAudience }
}

const groupKeys = ['groups_from', 'groups_format', 'group_namespaces', 'group_authorities'] as const

function readGroups(
  { values, isSet, wrong }: Read<Keys>,
  profile: Profile | undefined,
): SpacesGroups | undefined {
  const claim = values.groups_claim ?? profile?.groupsClaim
  if (claim === undefined) {
    for (const name of groupKeys) if (isSet(name)) wrong(name, `${name} needs groups_claim`)
    return undefined
  }
  const format = values.groups_format ?? profile?.groupsFormat ?? 'plain'
  const from = values.groups_from ?? profile?.groupsFrom ?? 'token'
  if (format === 'plain') {
    for (const name of ['group_namespaces', 'group_authorities'] as const) {
      if (isSet(name)) wrong(name, `${name} needs groups_format = "aarc"`)
    }
    return { claim, from, format, namespaces: [], authorities: [] }
  }
  const namespaces = values.group_namespaces ?? profile?.groupNamespaces ?? []
  if (namespaces.length === 0) wrong('group_namespaces', 'group_namespaces is missing')
  const wrongNamespace = namespaces.find((namespace) => !/^urn:[a-z0-9][a-z0-9-]+:\S+$/i.test(namespace))
  if (wrongNamespace !== undefined) {
    wrong(
      'group_namespaces',
      `group_namespaces holds ${JSON.stringify(wrongNamespace)}, which does not begin with urn:`,
    )
  }
  const authorities = values.group_authorities ?? profile?.groupAuthorities ?? []
  return { claim, from, format, namespaces, authorities }
}

function readPath({ values, wrong }: Read<Keys>, name: 'mount' | 'auth_path'): string {
  const path = values[name].replace(/^\/|\/$/g, '')
  if (!path.split('/').every(isName)) wrong(name, nameRule(`each part of ${name}`))
  return path
}

function readPeopleFolder({ values, wrong }: Read<Keys>): string {
  const folder = values.people_folder
  if (!isName(folder)) wrong('people_folder', nameRule('people_folder'))
  return folder === 'vos' ? wrong('people_folder', 'people_folder must not be "vos"') : folder
}

function readVos(blocks: readonly HclBlock[], title: string, reader: Reader): VoConfig[] {
  const vos = new Map<string, VoConfig>()
  for (const { labels, at, body } of blocks) {
    const name = labels[0] ?? ''
    const here = `${title}, vo ${JSON.stringify(name)}`
    if (!isName(name)) failAt(reader.source, at, `${here}: ${nameRule('its name')}`)
    if (vos.has(name)) failAt(reader.source, at, `${here} is there twice`)
    const { values, wrong } = readSection(voSection, body, reader, here)
    if (values.title !== undefined && !isTitle(values.title)) wrong('title', titleRule('title'))
    vos.set(name, {
      name,
      group: values.group ?? name,
      writeRole: values.write_role,
      title: values.title,
    })
  }
  return [...vos.values()]
}

/** What may name a folder or a part of a path without having to be escaped anywhere. */
const isName = (text: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text)
const nameRule = (what: string) =>
  `${what} may hold letters, digits, "_", "-" and ".", must not begin with a mark but "_", and be no longer than 128`

/**
 * Checks what several blocks must agree on.
 *
 * @param places where each block stands
 */
export function checkSpaces(all: readonly SpacesConfig[], blocks: readonly HclBlock[], reader: Reader): void {
  const place = (i: number) => blocks[i]?.at ?? { line: 1, column: 1 }
  const wrong = contradictionIn(all)
  if (wrong !== undefined) {
    failAt(reader.source, place(wrong.at), `spaces ${JSON.stringify(all[wrong.at]?.name)}: ${wrong.text}`)
  }
  for (const [i, { authPath }] of all.entries()) {
    if (!/[-/]/.test(authPath)) continue
    const mark = authPath.includes('-') ? 'dash' : 'slash, which becomes one'
    reader.warn(
      place(i),
      `auth_path ${JSON.stringify(authPath)} holds a ${mark}: clients that take what follows the only dash of a display name as the person will be wrong`,
    )
  }
}
