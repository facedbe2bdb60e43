/**
 * Every error that Coffer raises on purpose. The codes are closed: `error-table.ts` maps each to a status
 * and a text, and nothing recognises an error by its text.
 */
export const errorCodes = [
  // the request
  'invalid_request', // 400, the text says what is wrong
  'invalid_request_wrapped', // 400, the text in the form `1 error occurred:\n\t* …`
  'invalid_path', // 400, refused before anything else looks at the path
  'malformed_path', // 400 as plain text, no JSON: percent signs that encode nothing
  'not_acceptable_path', // 400 with an empty body: control characters in the path
  'unsupported_media_type', // 415
  'expectation_failed', // 417
  'too_large', // 413
  'method_not_allowed', // 405 without a text
  'unsupported_operation', // 405 in the wrapped form
  'unsupported_path', // 404 in the wrapped form: the mount has no such endpoint
  'no_handler', // 404 naming the path: no mount there
  'not_found', // 404 without a text: nothing is stored there
  // the caller
  'permission_denied', // 403: no token, or one that is unknown, expired, revoked or used up
  'policy_denied', // 403 in the wrapped form: the token is good, its policies refuse
  'bad_token', // 403: the token that is asked about is unknown
  'forbidden', // 403, the text says what is refused
  // the load
  'rate_limited', // 429
  'overloaded', // 503 with Retry-After
  // the server
  'sealed', // 503
  'not_initialized', // 503
  'stopping', // 503 with Retry-After
  'clock_ahead', // 503; start refused: this machine's clock is far ahead of those of the other nodes
  'timed_out', // 500: a request took longer than its listener allows
  'conflict', // 503: a transaction kept colliding with others
  'audit_failed', // 500: no audit device took the entry
  'corrupt', // 500: stored data does not open or does not parse
  'storage_failed', // 500: the store cannot read or write (disk full, read-only, broken)
  'storage_limit', // 413: a commit larger than the store takes
  'storage_format', // start refused: the data is of a newer format
  'storage_moved', // 503: the data moves to another store, or is there
  'storage_locked', // start refused: another program holds the file
  'invalid_config', // start refused: the configuration is wrong
  'provider_failed', // 502: an identity provider does not answer or answers nonsense
  'internal', // 500
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Why a good token may not: for whoever made the request, of whom it tells nothing new. */
export type Denial = {
  /** The path as it was asked for. */
  readonly path: string
  /** Capabilities of which the request needs one that the token lacks; empty where capabilities do not help. */
  readonly missing: readonly string[]
  /** What refused it, where it was no lack of capabilities. */
  readonly by?: 'deny' | 'parameters' | 'wrapping' | 'owner'
}

type Beside = {
  /** Extra fields for the answer beside `errors`, such as the per-item results of a batch. */
  readonly data?: Record<string, unknown>
  readonly denied?: Denial
  /** Where in a text that was sent the fault is; both count from 1. Its own text says so too. */
  readonly at?: { readonly line: number; readonly column: number }
  readonly cause?: unknown
}

/** An error with a code of the closed list. Its text is shown to users, so it never holds a secret. */
export class CofferError extends Error {
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, unknown>> | undefined
  readonly denied: Denial | undefined
  readonly at: Beside['at']

  constructor(code: ErrorCode, text = '', options: Beside = {}) {
    super(text, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CofferError'
    this.code = code
    this.data = options.data
    this.denied = options.denied
    this.at = options.at
  }
}

/** Throws a {@link CofferError}. `text` is for the user: what is wrong and what to do. */
export function fail(code: ErrorCode, text = '', options: Beside = {}): never {
  throw new CofferError(code, text, options)
}

/** Whether `error` is a {@link CofferError}, optionally of one of the given codes. */
export function isFailure(error: unknown, ...codes: ErrorCode[]): error is CofferError {
  return error instanceof CofferError && (codes.length === 0 || codes.includes(error.code))
}
