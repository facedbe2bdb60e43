import type { CofferError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json/json.ts'
import type { Context } from './context.ts'
import type { EncodedJson } from './encoded-json.ts'
import type { Login } from './logins/login.ts'
import type { Mount } from './mounts/mount.ts'
import type { Remote } from './remote.ts'
import type { Operation, Verb } from './routes/operation.ts'
import type { RequestPath } from './routes/path.ts'

export { EncodedJson } from './encoded-json.ts'
export type { Operation, Verb } from './routes/operation.ts'

/**
 * What metrics tell a request by: filled in by whoever finds it out, with names of declarations only, never with
 * what the request itself says.
 */
export type Trail = {
  /** Type of the mount, and the route's pattern behind it: `kv/{path+}`. */
  route: string
  /** `none` before the request has found its mount. */
  mountType: string
  operation: Operation | 'none'
  /** Where the client stands with its rate limit, for the answer's headers; spans in seconds. */
  rateLimit?: {
    readonly retryAfter?: number
    readonly headers?: { readonly limit: number; readonly remaining: number; readonly reset: number }
  }
}

/** A request after the edge has bounded, decoded and parsed it. */
export type ApiRequest = {
  /** A UUID; names the request in the answer and the audit log. */
  readonly id: string
  readonly verb: Verb
  /** Canonical, without `/v1/` and without a leading slash; may end in a slash. */
  readonly path: RequestPath
  /** The query's fields for reads and lists; the body's for writes. A repeated field is joined by commas. */
  readonly fields: JsonObject
  /** Whether a body was sent that is no JSON object of fields (`null`, empty): such a write has no fields. */
  readonly hasBody: boolean
  /** From `X-Vault-Token`, else `Authorization: Bearer`. */
  readonly token: string | undefined
  /** The client is a page that holds a session in place of the token, which no answer shows it. */
  readonly bySession?: boolean
  /** Seconds, from `X-Vault-Wrap-TTL`; absent when no wrapping is asked for. */
  readonly wrapTtl: number | undefined
  /** Lower-case names; for audit devices that are configured to record some of them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly remote: Remote
  /** Whether its time is over and it was answered with an error: it changes nothing from then on. */
  readonly isLate?: () => boolean
  readonly trail?: Trail
  /** Whether its listener shows metrics to everybody. */
  readonly openMetrics?: boolean
}

/** The `auth` part of an answer: what a login or a token creation made. Durations in seconds. */
export type AuthReply = {
  client_token: string
  accessor: string
  policies: readonly string[]
  token_policies: readonly string[]
  identity_policies?: readonly string[]
  metadata: Readonly<Record<string, string>> | null
  lease_duration: number
  renewable: boolean
  entity_id: string
  token_type: 'service' | 'batch'
  orphan: boolean
  mfa_requirement: null
  num_uses: number
}

/** The `wrap_info` part of an answer. `ttl` in seconds, `creation_time` RFC 3339. */
export type WrapReply = {
  token: string
  accessor: string
  ttl: number
  creation_time: string
  creation_path: string
  wrapped_accessor?: string
}

/** Handles a request from where an earlier transaction of it left off. */
export type NextStep = (context: Context) => Promise<Reply> | Reply

/**
 * What a handler answers. Without `data`, `auth`, `wrap`, `warnings`, `bare` and `raw` it becomes 204;
 * otherwise 200, unless `status` says differently.
 */
export type Reply = {
  readonly status?: number
  /**
   * Work outside of any transaction, such as asking another server, which begins once what the handler wrote has
   * landed and runs once. What it answers handles the request from there, in a transaction of its own that may
   * run again; what it throws is the answer. Nothing else of the reply counts.
   */
  readonly afterwards?: () => Promise<NextStep>
  readonly data?: JsonObject | EncodedJson | null
  /** What the audit log shows in place of `data`, where that is no answer of ours but a part of such a log. */
  readonly audited?: JsonObject
  /** A secret that a route about it wrote, below its mount: the request is a use of that. */
  readonly wrote?: { readonly mount: Mount; readonly path: string }
  /** Set by a login route; the server turns it into a token and `auth`. */
  readonly login?: Login
  /** The request is refused with this error, and yet what the handler wrote stands: a failed login is counted. */
  readonly refused?: CofferError
  readonly auth?: AuthReply
  readonly wrap?: WrapReply
  readonly warnings?: readonly string[]
  readonly leaseId?: string
  readonly renewable?: boolean
  /** Seconds. */
  readonly leaseDuration?: number
  /** Repeat the fields of `data` beside the envelope's own, as many `sys` reads do. */
  readonly flatten?: boolean
  /** An answer without the envelope, as `sys/health` gives. */
  readonly bare?: Json
  /** An answer that is no JSON of ours, such as metrics or a page. */
  readonly raw?: { readonly contentType: string; readonly body: string | Uint8Array }
  /** `mount_type` of the envelope, where known. */
  readonly mountType?: string
}

/** What the HTTP layer calls: the whole server behind one function. Throws CofferError. */
export type RequestHandler = (request: ApiRequest) => Promise<Reply>
