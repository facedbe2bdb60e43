import {
  configName,
  configs,
  type JwtConfig,
  type JwtRole,
  type OtherIssuer,
  roles,
} from '../../auth/jwt/record.ts'
import { roleFolder } from '../../backend/logins/roles.ts'
import { blankTokenSettings } from '../../backend/logins/token-settings.ts'
import { type Mount, mountKey } from '../../backend/mounts/mount.ts'
import { fail } from '../../base/errors.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { personPolicy } from './policies.ts'
import type { BrowserSettings, SpacesSettings } from './settings.ts'
import { writeIfNew } from './write.ts'

/** The role that people log in with when they name none. */
const usualRole = 'default'
/** The role that they log in with on the web page. */
const browserRole = 'browser'
const otherRole = ({ name }: { readonly name: string }) => `${usualRole}.${name}`

/**
 * Writes whom a login trusts, and a role for each issuer.
 *
 * @param sharing the blocks on this mount; where there are several, one is authoritative
 */
export async function writeLogin(
  tx: Transaction,
  auth: Mount,
  sharing: readonly SpacesSettings[],
): Promise<void> {
  const first = sharing.find(({ authoritative }) => authoritative === true) ?? sharing[0]
  if (first === undefined) return
  const others = sharing.filter((settings) => settings !== first)
  const other = others.find(({ browser }) => browser !== undefined)
  if (other !== undefined) {
    fail(
      'invalid_config',
      `spaces "${other.name}": logins on the web page need an auth_path that it shares with none, or on which it is authoritative`,
    )
  }
  await writeIfNew(tx, configs, mountKey(auth, configName), configOf(first, others.map(otherOf)))
  await writeRole(tx, auth, usualRole, roleOf(first, ''))
  if (first.browser === undefined) await removeRole(tx, auth, browserRole)
  else await writeRole(tx, auth, browserRole, browserRoleOf(first, first.browser))
  for (const settings of others) {
    await writeRole(tx, auth, otherRole(settings), roleOf(settings, settings.name))
  }
}

/** Ends the logins of a block; without a role, tokens that it made are not renewed either. */
export async function removeLogin(
  tx: Transaction,
  auth: Mount,
  name: string,
  stillUsed: boolean,
): Promise<void> {
  await removeRole(tx, auth, otherRole({ name }))
  if (stillUsed) return
  await removeRole(tx, auth, usualRole)
  await removeRole(tx, auth, browserRole)
  const key = mountKey(auth, configName)
  if ((await tx.get(configs, key)) !== undefined) tx.delete(key)
}

const writeRole = (tx: Transaction, auth: Mount, name: string, role: JwtRole) =>
  writeIfNew(tx, roles, mountKey(auth, roleFolder + name), role)

async function removeRole(tx: Transaction, auth: Mount, name: string): Promise<void> {
  const key = mountKey(auth, roleFolder + name)
  if ((await tx.get(roles, key)) !== undefined) tx.delete(key)
}

const otherOf = (settings: SpacesSettings): OtherIssuer => ({
  name: settings.name,
  discoveryUrl: settings.issuer,
  discoveryCa: settings.issuerCa,
  defaultRole: otherRole(settings),
  groupsFromUserinfo: settings.groupsFromUserinfo,
})

function configOf(settings: SpacesSettings, others: readonly OtherIssuer[]): JwtConfig {
  return {
    discoveryUrl: settings.issuer,
    discoveryCa: settings.issuerCa,
    jwksUrl: '',
    jwksCa: '',
    jwksPairs: [],
    publicKeys: [],
    algorithms: [],
    boundIssuer: settings.issuer,
    defaultRole: usualRole,
    groupsFromUserinfo: settings.groupsFromUserinfo,
    clientId: settings.browser?.clientId ?? '',
    clientSecret: settings.browser?.clientSecret ?? '',
    responseMode: '',
    responseTypes: [],
    namespaceInState: true,
    ...(settings.browser === undefined ? {} : { browserRole }),
    ...(others.length === 0 ? {} : { others }),
  }
}

/**
 * As for tokens, but that the provider's answer is for the page's own client, which is checked, and comes back to
 * nowhere but the page, which shows people the name that their provider gives them.
 */
function browserRoleOf(settings: SpacesSettings, { scopes, origins }: BrowserSettings): JwtRole {
  const { anyAudience: _, ...role } = roleOf(settings, '')
  return {
    ...role,
    type: 'oidc',
    boundAudiences: [],
    boundClaims: null,
    claimMappings: { name: 'name' },
    scopes,
    redirectUris: origins.map((origin) => `${origin}/ui/callback/${settings.authPath}`),
  }
}

/** @param issuer the name of the issuer that the role is for; empty for the mount's first */
function roleOf(settings: SpacesSettings, issuer: string): JwtRole {
  const anyAudience = settings.allowAnyAudience === true
  if (anyAudience === settings.boundAudiences.length > 0) {
    fail(
      'invalid_config',
      `spaces "${settings.name}" must either bind audiences or allow any in as many words`,
    )
  }
  return {
    type: 'jwt',
    userClaim: settings.personClaim,
    userClaimIsPointer: false,
    boundAudiences: settings.boundAudiences,
    ...(anyAudience ? { anyAudience } : {}),
    ...(issuer === '' ? {} : { issuer }),
    boundSubject: '',
    boundClaims: settings.clientIds?.length ? { azp: [...settings.clientIds] } : null,
    boundClaimsType: 'string',
    claimMappings: null,
    groupsClaim: settings.groupsClaim,
    groupsFormat: settings.groupsFormat,
    entitlementNamespaces: settings.entitlementNamespaces,
    entitlementAuthorities: settings.entitlementAuthorities,
    leeways: { expiration: 0, notBefore: 0, clockSkew: 0 },
    maxAge: 0,
    verboseLogging: false,
    scopes: null,
    redirectUris: null,
    token: {
      ...blankTokenSettings,
      policies: [personPolicy(settings)],
      ttl: settings.tokenTtl ?? 0,
      maxTtl: settings.tokenMaxTtl ?? 0,
    },
    olderNames: [],
  }
}
