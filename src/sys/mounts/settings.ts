import type { MountConfig } from '../../backend/mounts/mount.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { parseDuration } from '../../base/duration.ts'
import { fail } from '../../base/errors.ts'

/** The settings of a mount as clients send them: at the top level of a tune, under `config` of a mount. */
export const settingFields = {
  default_lease_ttl: field.string('TTL of leases that ask for none; "system" for the server’s.'),
  max_lease_ttl: field.string('The longest TTL; "system" for the server’s.'),
  force_no_cache: field.boolean('Kept for clients; answers are never stale here.'),
  listing_visibility: field.string('"unauth" shows the mount to people who have not logged in.'),
  token_type: field.string('Auth methods: default-service, default-batch, service or batch.'),
  audit_non_hmac_request_keys: field.list('Request fields that audit logs show in clear.'),
  audit_non_hmac_response_keys: field.list('Response fields that audit logs show in clear.'),
  passthrough_request_headers: field.list('Kept for clients.'),
  allowed_response_headers: field.list('Kept for clients.'),
  user_lockout_config: field.object(
    'Auth methods with passwords: lockout_threshold, lockout_duration, lockout_counter_reset_duration, lockout_disable.',
  ),
  deleted_secrets_ttl: field.duration('KV: how long deleted secrets can be restored; 0 for not at all.', {
    minimum: 0,
    maximum: 10 * 365 * 24 * 3600,
  }),
  show_all_names: field.boolean('Lists show every name, also those that the caller can do nothing with.'),
}
export type Settings = FieldValues<typeof settingFields>

/** @throws invalid_request for a TTL, visibility or token type that makes no sense */
export function applySettings(before: MountConfig, sent: Settings, isAuth: boolean): MountConfig {
  const config: MountConfig = {
    ...before,
    defaultLeaseTtl: ttl(sent.default_lease_ttl, 'default_lease_ttl') ?? before.defaultLeaseTtl,
    maxLeaseTtl: ttl(sent.max_lease_ttl, 'max_lease_ttl') ?? before.maxLeaseTtl,
    forceNoCache: sent.force_no_cache ?? before.forceNoCache,
    ...set('listingVisibility', visibility(sent.listing_visibility)),
    ...(isAuth ? set('tokenType', tokenType(sent.token_type)) : {}),
    ...set('auditNonHmacRequestKeys', sent.audit_non_hmac_request_keys),
    ...set('auditNonHmacResponseKeys', sent.audit_non_hmac_response_keys),
    ...set('passthroughRequestHeaders', sent.passthrough_request_headers),
    ...set('allowedResponseHeaders', sent.allowed_response_headers),
    ...set('showAllNames', sent.show_all_names),
    ...(isAuth ? {} : set('deletedSecretsTtl', sent.deleted_secrets_ttl)),
  }
  if (config.maxLeaseTtl > 0 && config.defaultLeaseTtl > config.maxLeaseTtl) {
    fail('invalid_request', 'given default lease TTL greater than given max lease TTL')
  }
  return config
}

const set = <K extends keyof MountConfig>(name: K, value: MountConfig[K] | undefined) =>
  value === undefined ? {} : { [name]: value }

function ttl(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  if (text === 'system' || text === '') return 0
  const seconds = parseDuration(text, name)
  return seconds < 0 ? fail('invalid_request', `${name} cannot be negative`) : seconds
}

function visibility(text: string | undefined): MountConfig['listingVisibility'] {
  if (text === undefined || text === '' || text === 'unauth' || text === 'hidden') return text
  fail('invalid_request', `invalid listing_visibility ${JSON.stringify(text)}; use "unauth" or "hidden"`)
}

function tokenType(text: string | undefined): MountConfig['tokenType'] {
  switch (text) {
    case undefined:
    case 'default-service':
    case 'default-batch':
    case 'service':
    case 'batch':
      return text
    case '':
    case 'default':
      return 'default-service'
    default:
      fail('invalid_request', `invalid 'token_type' value ${JSON.stringify(text)}`)
  }
}
