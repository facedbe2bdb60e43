import type { Context } from '../../backend/context.ts'
import type { Login } from '../../backend/logins/login.ts'
import { foldRoleName, isRoleName, renewByRole, roleFolder, wantRole } from '../../backend/logins/roles.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { fail, isFailure } from '../../base/errors.ts'
import type { Json } from '../../base/json/json.ts'
import { groupNames } from './groups/names.ts'
import type { UserInfoAnswer } from './groups/userinfo.ts'
import { configName, configs, type JwtConfig, type JwtRole, roles } from './record.ts'
import {
  checkBoundClaim,
  checkBoundClaims,
  claimAt,
  groupValues,
  isName,
  mappedMetadata,
  userName,
} from './token/claims.ts'
import { parseToken } from './token/compact.ts'
import { quoted } from './token/refuse.ts'
import { audiencesOf, type VerifiedToken, verifyToken } from './token/verify.ts'
import type { Tools } from './tools.ts'
import { type Trust, trustOf } from './trust.ts'

export const loginFields = {
  role: field.string('The role to log in with; the default role of the configuration without it.'),
  jwt: field.string('The token, a signed JWT.', { sensitive: true }),
}

/** Announces what a login reads, so that it comes in one round trip. */
export function wantForLogin(context: Context): void {
  const { role } = context.request.fields
  context.storage.want(configs, configName)
  wantRole(context, roles, role)
}

type Sent = FieldValues<typeof loginFields>

/**
 * Logs somebody in who brings a token. Nothing is believed of it before its signature was checked. The provider is
 * asked outside of the transaction, so that one that is slow holds up nobody else.
 */
export async function login(context: Context, sent: Sent, tools: Tools): Promise<Reply> {
  const settings = await settingsFor(context, sent)
  return {
    afterwards: async () => {
      const warnings: string[] = []
      const place = { mount: context.mount, warn: (text: string) => void warnings.push(text) }
      const proven = await prove(place, settings, sent.jwt ?? '', tools)
      return async (later) => {
        // Whoever changed them meanwhile may not want this login any more.
        const isThere = later.mount.uuid === context.mount.uuid
        if (!isThere || !isSame(await settingsFor(later, sent), settings)) return login(later, sent, tools)
        for (const text of warnings) later.warn(text)
        return { login: proven }
      }
    },
  }
}

type Settings = { readonly config: JwtConfig; readonly name: string; readonly role: JwtRole }

async function settingsFor(context: Context, { jwt = '', role: asked = '' }: Sent): Promise<Settings> {
  const stored = await context.storage.get(configs, configName)
  if (stored === undefined) fail('invalid_request', 'could not load configuration')
  const { issuer, config } = forIssuer(stored, jwt)
  const { name, role } = await chosenRole(context, config, issuer, asked)
  if (role.type === 'oidc') fail('invalid_request', 'role with oidc role_type is not allowed')
  if (jwt === '') fail('invalid_request', 'missing token')
  return { config, name, role }
}

/** Rows that have not changed are mostly the same objects. */
const isSame = (now: Settings, before: Settings) =>
  now.name === before.name &&
  (now.config === before.config || JSON.stringify(now.config) === JSON.stringify(before.config)) &&
  (now.role === before.role || JSON.stringify(now.role) === JSON.stringify(before.role))

async function prove(
  place: Place,
  { config, name, role }: Settings,
  jwt: string,
  tools: Tools,
): Promise<Login> {
  const trust = trustOf(config, tools.providers)
  const token = await verifyToken(jwt, expectedOf(config, role, trust), { ...tools, sources: trust.sources })
  return loginOf(place, name, { config, role, trust, token }, tools)
}

/** What a login's role grants to a renewal now. @throws invalid_request_wrapped where the role is gone */
export const renew = renewByRole(roles)

/**
 * What a role makes of a token that was verified.
 *
 * @throws invalid_request when a claim is missing or is not what the role binds
 */
export async function loginOf(place: Place, name: string, bearer: Bearer, tools: Tools): Promise<Login> {
  const { config, role, token } = bearer
  const user = userName(token.claims, role.userClaim, role.userClaimIsPointer)
  const metadata = { ...mappedMetadata(token.claims, role.claimMappings ?? {}), role: name }
  const groups = await groupsOf(place, bearer, tools)
  return {
    displayName: user,
    alias: { name: user, metadata },
    groups,
    metadata,
    token: role.token,
    renewAs: name,
    ...personOf(place, config, bearer, user),
  }
}

/**
 * The configuration for the provider that a token names. The name is not believed: it chooses whose keys
 * check the token, which then has to be of that issuer (RFC 8725 §3.8).
 */
function forIssuer(config: JwtConfig, jwt: string): { issuer: string | undefined; config: JwtConfig } {
  if (config.others === undefined || jwt === '') return { issuer: undefined, config }
  const { iss } = parseToken(jwt).claims()
  const other = config.others.find(({ discoveryUrl }) => discoveryUrl === iss)
  if (other === undefined) return { issuer: undefined, config }
  const { name, ...settings } = other
  return { issuer: name, config: { ...config, ...settings, boundIssuer: other.discoveryUrl } }
}

/** The role that a login asks for, or the default one. @throws invalid_request where there is none */
export async function chosenRole(
  context: Context,
  config: JwtConfig,
  issuer: string | undefined,
  asked: string,
) {
  const name = foldRoleName(asked || config.defaultRole)
  if (name === '') fail('invalid_request', 'missing role')
  const role = isRoleName(name) ? await context.storage.get(roles, roleFolder + name) : undefined
  if (role === undefined) fail('invalid_request', `role ${quoted(name)} could not be found`)
  // What one provider calls a person is not what another one does.
  if (role.issuer !== issuer) fail('invalid_request', `role ${quoted(name)} is for another issuer`)
  return { name, role }
}

/** What a token must be like for a role. */
export function expectedOf(config: JwtConfig, role: JwtRole, trust: Trust) {
  return {
    algorithms: config.algorithms,
    issuer: trust.issuer,
    subject: role.boundSubject,
    audiences: role.boundAudiences,
    anyAudience: role.anyAudience === true,
    leeways: role.leeways,
    maxAge: role.maxAge,
  }
}

/**
 * Who the person is beyond this mount. Only discovery proves that a key belongs to an issuer; an issuer that
 * a configuration merely names could be anybody's. The claim is part of the name: some claims hold what
 * people choose for themselves.
 */
function personOf(
  { mount }: Place,
  { discoveryCa }: JwtConfig,
  { role, trust: { provider, issuer }, token: { claims } }: Omit<Bearer, 'config'>,
  value: string,
) {
  // With an authority of one's own, anybody could answer in the issuer's stead.
  const discovered = provider !== undefined && (discoveryCa === '' || mount.spaces !== undefined)
  return discovered && issuer === provider.issuer && claims.iss === issuer
    ? {
        person: {
          issuer,
          claim: role.userClaim,
          value,
          audiences: audiencesOf(claims),
          client: clientOf(claims),
        },
      }
    : {}
}

const clientOf = ({ azp }: VerifiedToken['claims']) => (typeof azp === 'string' ? azp : undefined)

/** Where somebody logs in, and who hears what is to be said of it. */
type Place = Pick<Context, 'mount' | 'warn'>

/** A token, and everything that decides what it is worth. */
export type Bearer = {
  readonly config: JwtConfig
  readonly role: JwtRole
  readonly trust: Trust
  readonly token: VerifiedToken
  /** UserInfo was asked already, and what it said is among the claims. */
  readonly complete?: true
}

/**
 * The names of the groups that the token or the provider's UserInfo asserts, after all that the role binds
 * was checked. A failure of UserInfo means no groups and a warning.
 */
async function groupsOf(place: Place, bearer: Bearer, tools: Tools): Promise<readonly string[]> {
  const { config, role, token, complete } = bearer
  const { groupsClaim } = role
  const bound = role.boundClaims ?? {}
  const held = groupsClaim === '' ? undefined : claimAt(token.claims, groupsClaim)
  if (groupsClaim === '' || held !== undefined || !config.groupsFromUserinfo || complete === true) {
    checkBoundClaims(token.claims, bound, role.boundClaimsType)
    if (groupsClaim === '' || (held === undefined && config.groupsFromUserinfo)) return []
    if (held === undefined) {
      fail('invalid_request', `failed to fetch groups: ${quoted(groupsClaim)} claim not found in token`)
    }
    return namesOf(place, role, held)
  }
  // What the role binds of the groups themselves can only be checked with the answer.
  const { [groupsClaim]: boundGroups, ...rest } = bound
  checkBoundClaims(token.claims, rest, role.boundClaimsType)
  const answer = await askUserInfo(bearer, tools)
  if (!answer.ok) place.warn(`the groups of this login are not known: UserInfo: ${answer.reason}`)
  const groups = answer.ok ? answer.value : undefined
  if (boundGroups !== undefined) checkBoundClaim(groupsClaim, groups, boundGroups, role.boundClaimsType)
  return groups === undefined ? [] : namesOf(place, role, groups)
}

async function askUserInfo({ config, role, trust, token }: Bearer, tools: Tools): Promise<UserInfoAnswer> {
  try {
    const url = (await trust.provider?.metadata.get())?.userInfoUrl
    if (url === undefined) return { ok: false, reason: 'the provider has none' }
    const ca = config.discoveryCa || undefined
    const answer = await tools.userInfo.ask({ url, ca, token, claim: role.groupsClaim })
    const usable = !answer.ok || answer.value === undefined || groupValues(answer.value) !== undefined
    return usable ? answer : { ok: false, reason: `${quoted(role.groupsClaim)} is no list of texts` }
  } catch (error) {
    if (isFailure(error, 'provider_failed', 'rate_limited')) return { ok: false, reason: error.message }
    throw error
  }
}

function namesOf(place: Place, role: JwtRole, claim: Json): readonly string[] {
  const values = groupValues(claim)
  if (values === undefined) {
    fail('invalid_request', `${quoted(role.groupsClaim)} claim could not be converted to string list`)
  }
  if (role.groupsFormat === 'entitlements') {
    const { names, dropped } = groupNames(values, {
      namespaces: role.entitlementNamespaces,
      authorities: role.entitlementAuthorities,
    })
    if (dropped > 0) place.warn(`${dropped} entitlements were left out: there are too many`)
    return names
  }
  return plainNames(place, values)
}

/** The most groups of one login that are looked at. */
const maxGroups = 2_000

function plainNames(place: Place, values: readonly string[]): readonly string[] {
  const names = [...new Set(values.slice(0, maxGroups).filter(isName))].sort()
  if (values.length > maxGroups)
    place.warn(`${values.length - maxGroups} groups were left out: there are too many`)
  return names
}
