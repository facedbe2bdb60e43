import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { roleRow } from '../../backend/logins/roles.ts'
import {
  blankTokenSettings,
  olderNames,
  olderTokenFields,
  shownOlderMembers,
  shownOlderNames,
  shownTokenMembers,
  shownTokenSettings,
  tokenFields,
  writtenTokenSettings,
} from '../../backend/logins/token-settings.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { formatGoDuration } from '../../base/duration.ts'
import { fail } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json/json.ts'
import { normalNamespace } from './groups/entitlements.ts'
import { type JwtRole, roles } from './record.ts'

export const roleFields = {
  role_type: field.string('jwt for logins with a token; oidc, the default, for logins in a browser.'),
  user_claim: field.string('The claim that names the person.'),
  user_claim_json_pointer: field.boolean('user_claim is a JSON Pointer (RFC 6901).'),
  bound_audiences: field.list('Audiences, one of which a token must have. Without it, it must have none.'),
  bound_subject: field.string('What the sub claim must be.'),
  bound_claims: field.object('Claims that a token must have, each with a value or a list of values.'),
  bound_claims_type: field.string('string, or glob where * in a value stands for any text.'),
  claim_mappings: field.map('Claims that are copied into the metadata of the token: claim to key.'),
  groups_claim: field.string('The claim that holds the groups of the person.'),
  groups_format: field.string(
    'plain, or entitlements for values in the form of AARC-G069, which become names such as "vo" and "vo:role=manager".',
  ),
  entitlement_namespaces: field.list('Namespaces whose entitlements count, such as urn:mace:egi.eu.'),
  entitlement_authorities: field.list('Authorities whose entitlements count; all without it.'),
  expiration_leeway: field.duration(
    'Time that a token without exp lasts; 0 for 150 seconds, negative for none.',
  ),
  not_before_leeway: field.duration(
    'Time before exp at which a token without nbf and iat begins; 0 for 150 seconds, negative for none.',
  ),
  clock_skew_leeway: field.duration('Time that clocks may differ; 0 for 60 seconds, negative for none.'),
  max_age: field.duration('Longest time since the person authenticated (auth_time); 0 for any.'),
  oidc_scopes: field.list('Scopes that logins in a browser ask for.'),
  allowed_redirect_uris: field.list('Where logins in a browser may come back to.'),
  callback_mode: field.string(
    'client where the browser comes back to the client, direct where it comes back to this server, device for the device authorization grant.',
  ),
  poll_interval: field.duration('Time between two questions of a client that polls for its login.'),
  verbose_oidc_logging: field.boolean(
    'Taken and kept for clients that set it; tokens and claims are never logged.',
  ),
  ...tokenFields,
  ...olderTokenFields,
}

type Sent = FieldValues<typeof roleFields>

const blank: JwtRole = {
  type: 'oidc',
  userClaim: '',
  userClaimIsPointer: false,
  boundAudiences: [],
  boundSubject: '',
  boundClaims: null,
  boundClaimsType: 'string',
  claimMappings: null,
  groupsClaim: '',
  groupsFormat: 'plain',
  entitlementNamespaces: [],
  entitlementAuthorities: [],
  leeways: { expiration: 0, notBefore: 0, clockSkew: 0 },
  maxAge: 0,
  verboseLogging: false,
  scopes: null,
  redirectUris: null,
  token: blankTokenSettings,
  olderNames: [],
}

/** Shows a role. @throws not_found; unsupported_path for what can be no name of a role */
export async function readRole(context: Context): Promise<Reply> {
  const role = await context.storage.get(roles, roleRow(context))
  if (role === undefined) fail('not_found')
  return { data: shown(role) }
}

/**
 * Makes a role, or changes in one what was sent.
 *
 * @throws invalid_request when a setting makes no sense, alone or with the others; unsupported_path for what can be no
 * name of a role
 */
export async function writeRole(context: Context, sent: Sent): Promise<Reply> {
  const before = (await context.storage.get(roles, roleRow(context))) ?? blank
  const role = written(sent, before)
  check(role)
  const warnings = checkBounds(role, context.ttl.max)
  context.storage.put(roles, roleRow(context), role)
  return warnings.length === 0 ? {} : { warnings }
}

function written(sent: Sent, before: JwtRole): JwtRole {
  const seconds = (value: number | undefined) => (value === undefined ? undefined : Math.trunc(value))
  return {
    type: oneOf('role_type', sent.role_type || 'oidc', ['jwt', 'oidc']),
    userClaim: sent.user_claim ?? before.userClaim,
    userClaimIsPointer: sent.user_claim_json_pointer ?? before.userClaimIsPointer,
    boundAudiences: sent.bound_audiences ?? before.boundAudiences,
    boundSubject: sent.bound_subject ?? before.boundSubject,
    boundClaims: sent.bound_claims ?? before.boundClaims,
    boundClaimsType: oneOf('bound_claims_type', sent.bound_claims_type ?? before.boundClaimsType, [
      'string',
      'glob',
    ]),
    claimMappings: sent.claim_mappings ?? before.claimMappings,
    groupsClaim: sent.groups_claim ?? before.groupsClaim,
    groupsFormat: oneOf('groups_format', sent.groups_format ?? before.groupsFormat, [
      'plain',
      'entitlements',
    ]),
    entitlementNamespaces: sent.entitlement_namespaces?.map(namespace) ?? before.entitlementNamespaces,
    entitlementAuthorities: sent.entitlement_authorities ?? before.entitlementAuthorities,
    leeways: {
      expiration: seconds(sent.expiration_leeway) ?? before.leeways.expiration,
      notBefore: seconds(sent.not_before_leeway) ?? before.leeways.notBefore,
      clockSkew: seconds(sent.clock_skew_leeway) ?? before.leeways.clockSkew,
    },
    maxAge: seconds(sent.max_age) ?? before.maxAge,
    verboseLogging: sent.verbose_oidc_logging ?? before.verboseLogging,
    scopes: sent.oidc_scopes ?? before.scopes,
    redirectUris: sent.allowed_redirect_uris ?? before.redirectUris,
    ...callbackOf(sent, before),
    token: writtenTokenSettings(sent, before.token),
    olderNames: olderNames(sent, before.olderNames),
  }
}

function callbackOf(sent: Sent, before: JwtRole): Pick<JwtRole, 'callbackMode' | 'pollInterval'> {
  const mode = sent.callback_mode ?? before.callbackMode
  const pollInterval = sent.poll_interval ?? before.pollInterval ?? 0
  if (pollInterval < 0 || pollInterval > 60) {
    fail('invalid_request', "'poll_interval' must be between 0 and 60 seconds")
  }
  return {
    ...(mode === undefined
      ? {}
      : { callbackMode: oneOf('callback_mode', mode || 'client', ['client', 'direct', 'device']) }),
    ...(pollInterval === 0 ? {} : { pollInterval }),
  }
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value)
  return found ?? fail('invalid_request', `invalid '${name}': ${value}`)
}

function namespace(text: string): string {
  return (
    normalNamespace(text) ??
    fail(
      'invalid_request',
      `'entitlement_namespaces' holds ${JSON.stringify(text)}, which is no URN namespace`,
    )
  )
}

function check(role: JwtRole): void {
  checkClaims(role)
  if (role.userClaim === '') fail('invalid_request', 'a user claim must be defined on the role')
  if (role.maxAge < 0) fail('invalid_request', "'max_age' cannot be negative")
  if (role.groupsFormat === 'entitlements' && role.entitlementNamespaces.length === 0) {
    fail('invalid_request', "'entitlement_namespaces' must be set if 'groups_format' is 'entitlements'")
  }
  const comesBack = role.type === 'oidc' && role.callbackMode !== 'device'
  if (comesBack && (role.redirectUris ?? []).length === 0) {
    fail('invalid_request', "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.")
  }
  const bound =
    role.boundAudiences.length > 0 ||
    role.boundSubject !== '' ||
    role.token.boundCidrs.length > 0 ||
    Object.keys(role.boundClaims ?? {}).length > 0
  if (role.type === 'jwt' && !bound) {
    fail('invalid_request', 'must have at least one bound constraint when creating/updating a role')
  }
}

function checkClaims({ boundClaims, boundClaimsType, claimMappings }: JwtRole): void {
  for (const value of Object.values(boundClaims ?? {})) {
    if (boundClaimsType === 'glob') checkGlob(value)
  }
  const keys = Object.values(claimMappings ?? {})
  for (const key of keys) {
    if (key === 'role') {
      fail('invalid_request', 'metadata key "role" is reserved and may not be a mapping destination')
    }
    if (keys.indexOf(key) !== keys.lastIndexOf(key)) {
      fail('invalid_request', `multiple keys are mapped to metadata key ${JSON.stringify(key)}`)
    }
  }
}

function checkGlob(value: Json): void {
  const list = Array.isArray(value) ? value : [value]
  for (const one of list) {
    if (typeof one !== 'string') fail('invalid_request', `claim is not a string: ${JSON.stringify(one)}`)
  }
}

/** @param max the mount's longest TTL, seconds */
function checkBounds({ token, verboseLogging }: JwtRole, max: number): string[] {
  if (token.period > max) {
    const [period, limit] = [token.period, max].map((seconds) => `"${formatGoDuration(seconds)}"`)
    fail(
      'invalid_request',
      `'period' of '${period}' is greater than the backend's maximum lease TTL of '${limit}'`,
    )
  }
  const warnings: string[] = []
  if (token.maxTtl > max) {
    warnings.push(
      "token max ttl is greater than the system or backend mount's maximum TTL value; " +
        "issued tokens' max TTL value will be truncated",
    )
  }
  if (verboseLogging) warnings.push('verbose_oidc_logging has no effect: tokens and claims are never logged')
  return warnings
}

export const roleShape = shape.object(
  {
    allowed_redirect_uris: shape.orNull(shape.strings()),
    bound_audiences: shape.strings(),
    bound_claims: shape.orNull(shape.anyObject()),
    bound_claims_type: shape.oneOf(['string', 'glob']),
    bound_subject: shape.string(),
    claim_mappings: shape.orNull(shape.texts('Claim to metadata key.')),
    clock_skew_leeway: shape.seconds(),
    entitlement_authorities: shape.strings(),
    entitlement_namespaces: shape.strings(),
    expiration_leeway: shape.seconds(),
    groups_claim: shape.string(),
    groups_format: shape.oneOf(['plain', 'entitlements']),
    max_age: shape.seconds(),
    not_before_leeway: shape.seconds(),
    oidc_scopes: shape.orNull(shape.strings()),
    role_type: shape.oneOf(['jwt', 'oidc']),
    user_claim: shape.string(),
    user_claim_json_pointer: shape.boolean(),
    verbose_oidc_logging: shape.boolean(),
    ...shownTokenMembers,
  },
  {
    allow_any_audience: shape.boolean(),
    callback_mode: shape.string(),
    poll_interval: shape.seconds(),
    ...shownOlderMembers,
  },
)

function shown(role: JwtRole): JsonObject {
  const { token, leeways } = role
  return {
    allowed_redirect_uris: role.redirectUris === null ? null : [...role.redirectUris],
    bound_audiences: [...role.boundAudiences],
    bound_claims: role.boundClaims,
    bound_claims_type: role.boundClaimsType,
    bound_subject: role.boundSubject,
    ...(role.callbackMode === undefined ? {} : { callback_mode: role.callbackMode }),
    ...(role.pollInterval === undefined ? {} : { poll_interval: role.pollInterval }),
    ...(role.anyAudience === true ? { allow_any_audience: true } : {}),
    claim_mappings: role.claimMappings === null ? null : { ...role.claimMappings },
    clock_skew_leeway: leeways.clockSkew,
    entitlement_authorities: [...role.entitlementAuthorities],
    entitlement_namespaces: [...role.entitlementNamespaces],
    expiration_leeway: leeways.expiration,
    groups_claim: role.groupsClaim,
    groups_format: role.groupsFormat,
    max_age: role.maxAge,
    not_before_leeway: leeways.notBefore,
    oidc_scopes: role.scopes === null ? null : [...role.scopes],
    role_type: role.type,
    user_claim: role.userClaim,
    user_claim_json_pointer: role.userClaimIsPointer,
    verbose_oidc_logging: role.verboseLogging,
    ...shownTokenSettings(token),
    ...shownOlderNames(token, role.olderNames),
  }
}
