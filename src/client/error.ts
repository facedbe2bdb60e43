import type { JsonObject } from '../base/json/json.ts'

/**
 * Why a call failed:
 * - `status`: the server answered with an error, see {@link ClientError.status} and {@link ClientError.errors}
 * - `unreachable`: no connection came about, or its TLS handshake did not end; nothing was sent
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

/** What one of several addresses said, or what became of the way to it. */
export type Attempt = { readonly address: string; readonly text: string }

type Details = {
  method?: string | undefined
  url?: string | undefined
  status?: number | undefined
  errors?: readonly string[]
  warnings?: readonly string[]
  data?: JsonObject | undefined
  denied?: Denied | undefined
  sent?: boolean
  attempts?: readonly Attempt[]
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
  /** Whether the request may have reached a server, and may have been carried out. */
  readonly sent: boolean
  /** What each address said, where several were asked and none helped; else empty. */
  readonly attempts: readonly Attempt[]

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
    this.sent = details.sent ?? !neverSent.has(reason)
    this.attempts = details.attempts ?? []
  }

  /** The same with what each of several addresses said; itself where that is nothing. */
  with(attempts: readonly Attempt[]): ClientError {
    if (attempts.length === 0) return this
    return new ClientError(this.reason, textOfAttempts(attempts), { ...this, attempts, cause: this })
  }
}

const neverSent: ReadonlySet<ClientErrorReason> = new Set(['unreachable', 'tls', 'invalid_argument'])

/** What several addresses said, in one line. */
export const textOfAttempts = (attempts: readonly Attempt[]): string =>
  `none of ${attempts.length} addresses could be used: ${attempts
    .map(({ address, text }) => `${address}: ${text}`)
    .join('; ')}`

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
