import type { JsonObject } from '../base/json/json.ts'

/**
 * Why a call failed:
 * - `status`: the server answered with an error, see {@link ClientError.status} and {@link ClientError.errors}
 * - `unreachable`: no connection came about; nothing was sent
 * - `broken`: the connection ended before the answer was there; the request may have been carried out
 * - `timeout`: no whole answer in time; the request may have been carried out
 * - `tls`: the server's certificate is not trusted, or one side does not speak TLS
 * - `bad_answer`: too large, or not what a Vault-compatible server sends
 * - `invalid_argument`: refused before anything was sent
 */
export type ClientErrorReason =
  | 'status'
  | 'unreachable'
  | 'broken'
  | 'timeout'
  | 'tls'
  | 'bad_answer'
  | 'invalid_argument'

/** What a token lacked, where the server says so. */
export type Denied = {
  readonly path: string
  /** Capabilities of which one would have helped. */
  readonly missing: readonly string[]
  /** `deny`, `parameters`, `wrapping`, `owner`, or empty. */
  readonly by: string
}

type Details = {
  method?: string
  url?: string
  status?: number
  errors?: readonly string[]
  warnings?: readonly string[]
  data?: JsonObject
  denied?: Denied
  cause?: unknown
}

/** The one error that the client throws. Its text never holds a token, a request's body or its query. */
export class ClientError extends Error {
  readonly reason: ClientErrorReason
  /** The HTTP status; only with the reason `status`. */
  readonly status: number | undefined
  /** The server's texts, unwrapped from the `1 error occurred:` form; may be empty. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  /** What the server sent beside its errors, such as the per-item results of a batch. */
  readonly data: JsonObject | undefined
  readonly denied: Denied | undefined
  readonly method: string | undefined
  /** Without its query. */
  readonly url: string | undefined

  constructor(reason: ClientErrorReason, text: string, details: Details = {}) {
    super(text, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'ClientError'
    this.reason = reason
    this.status = details.status
    this.errors = details.errors ?? []
    this.warnings = details.warnings ?? []
    this.data = details.data
    this.denied = details.denied
    this.method = details.method
    this.url = details.url
  }
}

/** Each text is on a line of its own, so that there is one way to read it. */
const wrapped = /^\d+ errors? occurred:\n((?:\t\* .*(?:\n|$))+)\s*$/

/** Splits Vault's `1 error occurred:\n\t* text` form into its texts; any other text stays as it is. */
export function unwrapError(text: string): string[] {
  const items = wrapped.exec(text)?.[1]
  if (items === undefined) return [text]
  return items
    .split(/^\t\* /m)
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
