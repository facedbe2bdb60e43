import { shape } from '../../backend/answers/shape.ts'
import type { Mount, MountConfig } from '../../backend/mounts/mount.ts'
import { effectiveTtl } from '../../backend/mounts/mount.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { TtlBounds } from '../../token/ttl.ts'

function shownLockout({ userLockout }: MountConfig): JsonObject {
  if (userLockout === undefined) return {}
  const { threshold, duration, counterReset, disabled } = userLockout
  return {
    user_lockout_config: {
      lockout_counter_reset_duration: counterReset,
      lockout_disable: disabled,
      lockout_duration: duration,
      lockout_threshold: threshold,
    },
  }
}

/** The settings that are shown only where they were made. */
function optionalConfig({ config }: Mount): JsonObject {
  return {
    ...(config.listingVisibility ? { listing_visibility: config.listingVisibility } : {}),
    ...(config.auditNonHmacRequestKeys?.length
      ? { audit_non_hmac_request_keys: [...config.auditNonHmacRequestKeys] }
      : {}),
    ...(config.auditNonHmacResponseKeys?.length
      ? { audit_non_hmac_response_keys: [...config.auditNonHmacResponseKeys] }
      : {}),
    ...(config.passthroughRequestHeaders?.length
      ? { passthrough_request_headers: [...config.passthroughRequestHeaders] }
      : {}),
    ...(config.allowedResponseHeaders?.length
      ? { allowed_response_headers: [...config.allowedResponseHeaders] }
      : {}),
    ...shownLockout(config),
    ...(config.deletedSecretsTtl ? { deleted_secrets_ttl: config.deletedSecretsTtl } : {}),
    ...(config.showAllNames ? { show_all_names: true } : {}),
  }
}

const tokenType = ({ table, config }: Mount) =>
  table === 'auth' ? { token_type: config.tokenType ?? 'default-service' } : {}

const lockoutShape = shape.object({
  lockout_counter_reset_duration: shape.seconds(),
  lockout_disable: shape.boolean(),
  lockout_duration: shape.seconds(),
  lockout_threshold: shape.integer(),
})
const optionalMembers = {
  listing_visibility: shape.string(),
  audit_non_hmac_request_keys: shape.strings(),
  audit_non_hmac_response_keys: shape.strings(),
  passthrough_request_headers: shape.strings(),
  allowed_response_headers: shape.strings(),
  user_lockout_config: lockoutShape,
  deleted_secrets_ttl: shape.seconds(),
  show_all_names: shape.boolean(),
  token_type: shape.string(),
}
const ttlMembers = {
  default_lease_ttl: shape.seconds(),
  force_no_cache: shape.boolean(),
  max_lease_ttl: shape.seconds(),
}
const mountMembers = {
  accessor: shape.string(),
  config: shape.object(ttlMembers, optionalMembers),
  deprecation_status: shape.string(),
  external_entropy_access: shape.boolean(),
  local: shape.boolean(),
  options: shape.orNull(shape.texts()),
  plugin_version: shape.string(),
  running_plugin_version: shape.string(),
  running_sha256: shape.string(),
  seal_wrap: shape.boolean(),
  type: shape.string(),
  uuid: shape.string(),
}
const described = { description: shape.string() }
/** All mounts of a table, by their paths. */
export const mountsShape = shape.map(shape.object({ ...described, ...mountMembers }))
/** One mount; at `<path>/tune` its settings with the TTLs that hold. */
export const mountShape = shape.object(described, { ...mountMembers, ...ttlMembers, ...optionalMembers })

/** A mount as `sys/mounts` and `sys/auth` show it. */
export function mountData(mount: Mount): JsonObject {
  const { config } = mount
  return {
    accessor: mount.accessor,
    config: {
      default_lease_ttl: config.defaultLeaseTtl,
      force_no_cache: config.forceNoCache,
      max_lease_ttl: config.maxLeaseTtl,
      ...tokenType(mount),
      ...optionalConfig(mount),
    },
    deprecation_status: '',
    description: mount.description,
    external_entropy_access: false,
    local: mount.local,
    options: mount.options === null ? null : { ...mount.options },
    plugin_version: '',
    running_plugin_version: '',
    running_sha256: '',
    seal_wrap: mount.sealWrap,
    type: mount.type,
    uuid: mount.uuid,
  }
}

/** A mount's settings with the TTLs that hold now. */
export function tuneData(mount: Mount, system: TtlBounds): JsonObject {
  const ttl = effectiveTtl(mount, system)
  return {
    default_lease_ttl: ttl.default,
    description: mount.description,
    force_no_cache: mount.config.forceNoCache,
    max_lease_ttl: ttl.max,
    ...(mount.options === null ? {} : { options: { ...mount.options } }),
    ...tokenType(mount),
    ...optionalConfig(mount),
  }
}
