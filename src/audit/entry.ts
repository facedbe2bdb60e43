import type { JsonObject } from '../base/json/json.ts'

/**
 * A token as audit lines show it. Taken as immutable: devices remember by the object's identity what they
 * made of it, so a caller that passes the same object for the same token saves them all hashing.
 */
export type AuditToken = {
  /** In clear; hashed before it reaches a line. */
  readonly token: string
  /** In clear; hashed unless the device has `hmac_accessor` off. */
  readonly accessor: string
  readonly displayName: string
  /** The token's own policies. */
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>> | null
  readonly entityId: string
  readonly type: 'service' | 'batch'
  /** The TTL that it was made with, seconds; 0 when it never ends. */
  readonly ttl: number
  /** Milliseconds since 1970; absent for a token that this very answer makes. */
  readonly issued?: number
  readonly noDefaultPolicy?: boolean
}

/** The mount that a request goes to. Immutable, and remembered by identity like {@link AuditToken}. */
export type AuditMount = {
  /** With a trailing slash; auth methods with the leading `auth/`. */
  readonly point: string
  readonly type: string
  readonly accessor: string
  readonly version: string
  readonly class: 'secret' | 'auth'
  /** `audit_non_hmac_request_keys`: fields whose values stay in clear, wherever they are nested. */
  readonly clearRequestKeys?: readonly string[] | undefined
  /** `audit_non_hmac_response_keys` */
  readonly clearResponseKeys?: readonly string[] | undefined
}

export type AuditCaller = {
  readonly token: AuditToken
  readonly identityPolicies: readonly string[]
  /** Uses that are left of a counted token; absent or 0 for one without a limit. */
  readonly remainingUses?: number
}

/** One value list of a header that `sys/config/auditing/request-headers` names. */
export type AuditHeader = {
  /** Lower case. */
  readonly name: string
  readonly values: readonly string[]
  readonly hmac: boolean
}

export type AuditOperation = 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'scan'

/** What both lines of a request say about it. Pass the same object for both. */
export type AuditRequest = {
  readonly id: string
  readonly operation: AuditOperation
  /** Without `/v1/`. */
  readonly path: string
  readonly mount?: AuditMount | undefined
  /** Absent when the route needs no token or the token is not good. */
  readonly caller?: AuditCaller | undefined
  /** The token that was sent but is not good. */
  readonly refusedToken?: string | undefined
  readonly clientId?: string | undefined
  /** What the policies said; `granting` names the policies that allowed it. */
  readonly verdict?: { readonly allowed: boolean; readonly granting: readonly string[] } | undefined
  /** Somebody with a good token may do it; of other requests a line shows little data. */
  readonly isKnown?: boolean | undefined
  /** The request's fields; the object is remembered by identity and must not change. */
  readonly data?: JsonObject | undefined
  readonly remote?: { readonly address: string; readonly port: number } | undefined
  /** Seconds. */
  readonly wrapTtl?: number | undefined
  readonly headers?: readonly AuditHeader[] | undefined
  /** Of the certificate that the client has proven to be its own, decimal. */
  readonly certificateSerial?: string | undefined
}

/** What the answer's line says beside the request. */
export type AuditResponse = {
  /** The token that a login or a token creation made. */
  readonly auth?: (AuditCaller & { readonly numUses?: number }) | undefined
  readonly data?: JsonObject | undefined
  /**
   * In place of `data`, an object whose `text` is JSON. Its hashed form is remembered by the object's
   * identity, so that reading a cached secret again hashes nothing.
   */
  readonly encoded?: { readonly text: string } | undefined
  /** `''` for an answer that has a lease without a name, as KV version 1 gives. */
  readonly leaseId?: string | undefined
  readonly warnings?: readonly string[] | undefined
  readonly wrap?: AuditWrap | undefined
}

export type AuditWrap = {
  /** Seconds. */
  readonly ttl: number
  readonly token: string
  readonly accessor: string
  /** RFC 3339. */
  readonly creationTime: string
  readonly creationPath: string
  readonly wrappedAccessor?: string | undefined
}

/** A request's headers that are configured to be recorded; undefined when there are none. */
export function auditHeaders(
  configured: ReadonlyMap<string, { readonly hmac: boolean }>,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): AuditHeader[] | undefined {
  if (configured.size === 0) return undefined
  const found: AuditHeader[] = []
  for (const [name, { hmac }] of configured) {
    const value = headers[name]
    if (value !== undefined) found.push({ name, values: typeof value === 'string' ? [value] : value, hmac })
  }
  return found.length > 0 ? found : undefined
}
