import type { CofferError, ErrorCode } from './errors.ts'

/** How an error's text becomes the answer's. */
type Form =
  /** `{"errors":["text"]}`, or an empty list for an empty text. */
  | 'plain'
  /** `{"errors":["1 error occurred:\n\t* text\n\n"]}` */
  | 'wrapped'
  /** `{"errors":[]}`, whatever the text. */
  | 'silent'
  /** The text alone, which is no JSON. */
  | 'text'
  /** No body at all. */
  | 'empty'

type Entry = {
  readonly status: number
  readonly form: Form
  /** The text where the error has none. */
  readonly text?: string
  /** Makes the answer's text from the error's. */
  readonly phrase?: (text: string) => string
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number
}

const atStart: Entry = { status: 500, form: 'plain', text: 'the server is not configured to serve this' }

/** The one place where a code gets its status and the form of its text. */
export const errorTable: Readonly<Record<ErrorCode, Entry>> = {
  invalid_request: { status: 400, form: 'plain' },
  invalid_request_wrapped: { status: 400, form: 'wrapped' },
  invalid_path: { status: 400, form: 'plain' },
  malformed_path: { status: 400, form: 'text', text: '400 Bad Request' },
  not_acceptable_path: { status: 400, form: 'empty' },
  unsupported_media_type: { status: 415, form: 'plain' },
  expectation_failed: { status: 417, form: 'plain', text: 'the expectation cannot be met' },
  too_large: { status: 413, form: 'plain', text: 'http: request body too large' },
  method_not_allowed: { status: 405, form: 'silent' },
  unsupported_operation: { status: 405, form: 'wrapped', text: 'unsupported operation' },
  unsupported_path: { status: 404, form: 'wrapped', text: 'unsupported path' },
  no_handler: {
    status: 404,
    form: 'plain',
    phrase: (path) => `no handler for route ${JSON.stringify(path)}. route entry not found.`,
  },
  not_found: { status: 404, form: 'plain' },

  permission_denied: { status: 403, form: 'plain', text: 'permission denied' },
  policy_denied: { status: 403, form: 'wrapped', text: 'permission denied' },
  bad_token: { status: 403, form: 'plain', text: 'bad token' },
  forbidden: { status: 403, form: 'plain', text: 'permission denied' },

  rate_limited: { status: 429, form: 'plain', text: 'rate limit exceeded', retryAfter: 1 },
  overloaded: { status: 503, form: 'plain', text: 'the server is busy; try again', retryAfter: 1 },

  sealed: { status: 503, form: 'plain', text: 'Vault is sealed' },
  not_initialized: { status: 503, form: 'plain', text: 'Vault is sealed: it is not initialized yet' },
  stopping: { status: 503, form: 'plain', text: 'the server is stopping', retryAfter: 1 },
  clock_ahead: { status: 503, form: 'plain', text: 'the clock of this machine is far ahead' },
  timed_out: { status: 500, form: 'plain', text: 'the request took too long; it may have been carried out' },
  conflict: { status: 503, form: 'plain', text: 'too many writers at once; try again', retryAfter: 1 },
  audit_failed: { status: 500, form: 'plain', text: 'no audit device took the entry' },
  corrupt: { status: 500, form: 'plain', text: 'stored data is damaged' },
  storage_failed: { status: 500, form: 'plain', text: 'the store cannot read or write' },
  storage_limit: { status: 413, form: 'plain', text: 'more than the store takes at once' },
  storage_moved: { status: 503, form: 'plain', text: 'the data has moved to another store' },
  storage_format: atStart,
  storage_locked: atStart,
  invalid_config: atStart,
  provider_failed: { status: 502, form: 'plain', text: 'the identity provider does not answer' },
  internal: { status: 500, form: 'plain', text: 'internal error' },
}

/** What a client is told of an error: the status, and the texts of `errors`. */
export function describeFailure(error: CofferError): { readonly status: number; readonly errors: string[] } {
  const { status, form, text = '', phrase } = errorTable[error.code]
  const words = phrase === undefined ? error.message || text : phrase(error.message)
  if (form === 'silent' || words === '') return { status, errors: [] }
  return { status, errors: [form === 'wrapped' ? `1 error occurred:\n\t* ${words}\n\n` : words] }
}
