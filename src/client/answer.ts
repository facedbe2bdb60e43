import { isJsonObject, type Json, type JsonObject, parseJson } from '../base/json/json.ts'
import { type Attempt, ClientError, type Denied, textOfAttempts, unwrapError } from './error.ts'
import { flagOf, numberOf, objectOf, textOf, textsOf } from './shape.ts'
import type { WireAnswer } from './wire.ts'

/** What a login or the creation of a token answers. Durations in seconds. */
export type AuthInfo = {
  client_token: string
  accessor: string
  policies: string[]
  token_policies: string[]
  identity_policies: string[]
  metadata: JsonObject
  /** 0 means that it does not expire. */
  lease_duration: number
  renewable: boolean
  entity_id: string
  token_type: string
  orphan: boolean
}

/** A wrapped answer. `ttl` in seconds, `creation_time` RFC 3339. */
export type WrapInfo = {
  token: string
  accessor: string
  ttl: number
  creation_time: string
  creation_path: string
  wrapped_accessor: string
}

/** An answer with its envelope opened. Field names are those of the wire. */
export type Answer = {
  readonly status: number
  readonly request_id: string
  readonly lease_id: string
  /** Seconds. */
  readonly lease_duration: number
  readonly renewable: boolean
  /** Of an answer without an envelope, such as `sys/health`, the whole of it. */
  readonly data: JsonObject | null
  readonly auth: AuthInfo | null
  readonly wrap_info: WrapInfo | null
  readonly warnings: readonly string[]
  /** Set when no server could be used and this is what one said earlier; `age` in seconds, the time RFC 3339. */
  readonly cached: { readonly stored_time: string; readonly age: number } | null
  /** The body as it came, numbers with their spelling; null when it was empty. */
  readonly body: Json
}

type About = { method: string; url: string; attempts?: readonly Attempt[] }

/**
 * Opens an answer. Success is an answer, and so is a read's 404 with something in it (a deleted version, a
 * warning); everything else is an error.
 *
 * @throws ClientError with the reason `status` or `bad_answer`
 */
export function openAnswer(wire: WireAnswer, about: About): Answer {
  const body = parseBody(wire, about)
  if (body !== null && !isJsonObject(body) && wire.status < 400) throw notJson(wire, about)
  const fields = objectOf(body)
  const warnings = textsOf(fields.warnings)
  const filled404 =
    about.method === 'GET' &&
    wire.status === 404 &&
    !('errors' in fields) &&
    (isJsonObject(fields.data ?? null) || warnings.length > 0)
  if (wire.status >= 300 && !filled404) throw statusError(wire, fields, about)
  const enveloped = 'data' in fields || 'auth' in fields || 'request_id' in fields
  return {
    status: wire.status,
    request_id: textOf(fields.request_id),
    lease_id: textOf(fields.lease_id),
    lease_duration: numberOf(fields.lease_duration),
    renewable: flagOf(fields.renewable),
    data: enveloped ? dataOf(fields) : body === null ? null : fields,
    auth: isJsonObject(fields.auth ?? null) ? authOf(objectOf(fields.auth)) : null,
    wrap_info: isJsonObject(fields.wrap_info ?? null) ? wrapOf(objectOf(fields.wrap_info)) : null,
    warnings,
    cached: null,
    body,
  }
}

const dataOf = (fields: JsonObject): JsonObject | null =>
  fields.data !== undefined && isJsonObject(fields.data) ? fields.data : null

function parseBody(wire: WireAnswer, about: About): Json {
  if (wire.body.trim() === '') return null
  try {
    return parseJson(wire.body)
  } catch (error) {
    // A proxy in between answers errors in its own words; the status says enough.
    if (wire.status >= 400) return null
    throw notJson(wire, about, error)
  }
}

const notJson = (wire: WireAnswer, about: About, cause?: unknown): ClientError =>
  new ClientError(
    'bad_answer',
    'the answer is not a JSON object; is this the address of a Vault-compatible server?',
    {
      ...about,
      status: wire.status,
      cause,
    },
  )

function statusError(wire: WireAnswer, fields: JsonObject, about: About): ClientError {
  const errors = textsOf(fields.errors).flatMap(unwrapError)
  const { attempts = [] } = about
  const own = errors.length > 0 ? errors.join('; ') : `the server answered ${wire.status}`
  const text = attempts.length > 0 ? textOfAttempts(attempts) : own
  return new ClientError('status', text, {
    ...about,
    status: wire.status,
    errors,
    warnings: textsOf(fields.warnings),
    ...(isJsonObject(fields.data ?? null) ? { data: objectOf(fields.data) } : {}),
    ...deniedOf(wire.headers['x-coffer-denied']),
  })
}

/** Of a server that says it; what is not understood says nothing. */
function deniedOf(header: unknown): { denied?: Denied } {
  if (typeof header !== 'string') return {}
  try {
    const fields = objectOf(parseJson(header))
    return { denied: { path: textOf(fields.path), missing: textsOf(fields.missing), by: textOf(fields.by) } }
  } catch {
    return {}
  }
}

const authOf = (fields: JsonObject): AuthInfo => ({
  client_token: textOf(fields.client_token),
  accessor: textOf(fields.accessor),
  policies: textsOf(fields.policies),
  token_policies: textsOf(fields.token_policies),
  identity_policies: textsOf(fields.identity_policies),
  metadata: objectOf(fields.metadata),
  lease_duration: numberOf(fields.lease_duration),
  renewable: flagOf(fields.renewable),
  entity_id: textOf(fields.entity_id),
  token_type: textOf(fields.token_type),
  orphan: flagOf(fields.orphan),
})

const wrapOf = (fields: JsonObject): WrapInfo => ({
  token: textOf(fields.token),
  accessor: textOf(fields.accessor),
  ttl: numberOf(fields.ttl),
  creation_time: textOf(fields.creation_time),
  creation_path: textOf(fields.creation_path),
  wrapped_accessor: textOf(fields.wrapped_accessor),
})
