import type { JsonObject } from '../../base/json/json.ts'
import { choice, duration, type FlagValues, onOff, pairs, text, texts, whole } from '../command/flag.ts'

/** What can be set when a mount is made and changed later. */
export const tuneFlags = {
  description: text('What it is for.'),
  defaultLeaseTtl: duration('How long leases and tokens live that ask for nothing else.'),
  maxLeaseTtl: duration('How long they can live at most.'),
  listingVisibility: choice('unauth shows the mount to those who are not logged in.', ['hidden', 'unauth']),
  auditNonHmacRequestKeys: texts('Field of requests that audit logs show in clear.', 'name'),
  auditNonHmacResponseKeys: texts('Field of answers that audit logs show in clear.', 'name'),
  passthroughRequestHeaders: texts('Request header that the plugin may see.', 'name'),
  allowedResponseHeaders: texts('Response header that the plugin may set.', 'name'),
  options: pairs('Option of its own.'),
  version: whole('Version of a KV engine: 1 or 2.'),
}

export const enableFlags = {
  path: text('Where to mount it; under the name of its type if absent.', 'path'),
  ...tuneFlags,
  local: onOff('Not replicated to other clusters.'),
  sealWrap: onOff('Wrap its data by the seal as well.'),
}

export const tokenTypeFlag = {
  tokenType: choice('Kind of the tokens that logins make.', [
    'default-service',
    'default-batch',
    'service',
    'batch',
  ]),
}

type Tuning = FlagValues<typeof tuneFlags & typeof tokenTypeFlag>

/** The settings of a mount that were given, as the wire has them. */
export function tuningOf(flags: Partial<Tuning>): JsonObject {
  const options = {
    ...flags.options,
    ...(flags.version === undefined ? {} : { version: String(flags.version) }),
  }
  return {
    ...(flags.description !== undefined && { description: flags.description }),
    ...(Object.keys(options).length > 0 && { options }),
    ...limitsOf(flags),
  }
}

/** The part of the settings that stands under `config` when a mount is made. */
export function limitsOf(flags: Partial<Tuning>): JsonObject {
  return {
    ...(flags.defaultLeaseTtl !== undefined && { default_lease_ttl: flags.defaultLeaseTtl }),
    ...(flags.maxLeaseTtl !== undefined && { max_lease_ttl: flags.maxLeaseTtl }),
    ...(flags.listingVisibility !== undefined && { listing_visibility: flags.listingVisibility }),
    ...(flags.auditNonHmacRequestKeys && { audit_non_hmac_request_keys: [...flags.auditNonHmacRequestKeys] }),
    ...(flags.auditNonHmacResponseKeys && {
      audit_non_hmac_response_keys: [...flags.auditNonHmacResponseKeys],
    }),
    ...(flags.passthroughRequestHeaders && {
      passthrough_request_headers: [...flags.passthroughRequestHeaders],
    }),
    ...(flags.allowedResponseHeaders && { allowed_response_headers: [...flags.allowedResponseHeaders] }),
    ...(flags.tokenType !== undefined && { token_type: flags.tokenType }),
  }
}

/** The body of the request that makes a mount. */
export function mountBody(
  type: string,
  flags: FlagValues<typeof enableFlags> & { readonly tokenType?: Tuning['tokenType'] },
): JsonObject {
  const { description, options } = tuningOf(flags)
  const config = limitsOf(flags)
  return {
    type,
    ...(description !== undefined && { description }),
    ...(options !== undefined && { options }),
    ...(Object.keys(config).length > 0 && { config }),
    ...(flags.local && { local: true }),
    ...(flags.sealWrap && { seal_wrap: true }),
  }
}
