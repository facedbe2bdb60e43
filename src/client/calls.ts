import type { JsonObject } from '../base/json/json.ts'
import { wirePath } from './address.ts'
import { type Answer, openAnswer } from './answer.ts'
import type { CallOptions, Method, Query } from './call.ts'
import { ClientError } from './error.ts'
import type { Send } from './nodes/outgoing.ts'
import { textsOf } from './shape.ts'

/**
 * Talks to one Vault-compatible server or cluster. Paths are written without `/v1/`. Every call throws
 * {@link ClientError}; a read or list of something that is not there answers undefined instead.
 */
export type Client = {
  /** Any request whose answer is JSON or empty. */
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>
  read(path: string, query?: Query): Promise<Answer | undefined>
  write(path: string, body?: JsonObject, query?: Query): Promise<Answer>
  /** A write that has the same effect when it is carried out twice; it is repeated when a connection is lost. */
  replace(path: string, body?: JsonObject): Promise<Answer>
  /** A JSON merge patch (RFC 7396). */
  patch(path: string, body: JsonObject): Promise<Answer>
  delete(path: string, query?: Query): Promise<Answer>
  /** The names in a folder; those of folders end in `/`. */
  list(path: string, query?: Query): Promise<Listing | undefined>
  /** A client that is the same in all but its token. It shares the connections. */
  withToken(token: string): Client
  /** Ends the kept-alive connections. */
  close(): void
}

export type Listing = { readonly keys: string[]; readonly answer: Answer }

export type Settings = {
  readonly token: string
  readonly namespace: string
  readonly wrapTtl: string
  readonly repeat: boolean
}

export type Fresh = { readonly answer: Answer; readonly text: string }
/** One request to the servers. @param within milliseconds, where that is less than usual */
export type Ask = (method: Method, path: string, options: CallOptions, within?: number) => Promise<Fresh>

/** What all clients share that differ in their token alone. */
export type Cache = {
  /**
   * Asks the servers, and answers from the cache when none of them can be used.
   *
   * @param as the token and the namespace of the request
   */
  ask(
    as: { token: string; namespace: string; wrapTtl: string },
    ask: Ask,
    ...call: Parameters<Ask>
  ): Promise<Answer>
}

/** What clients share that differ in their token alone. */
export type Means = { readonly send: Send; readonly close: () => void; readonly cache: Cache | undefined }

/** The calls of a client over whatever carries them. */
export function clientOver(means: Means, settings: Settings): Client {
  const { send, close, cache } = means
  const ask: Ask = async (method, path, options, within) => {
    const repeatable = settings.repeat ? options.idempotent : false
    const request = {
      method,
      path: wirePath(path) + queryText(options.query),
      headers: headersFor(settings, options),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      ...(repeatable !== undefined && { repeatable }),
      ...(options.signal !== undefined && { signal: options.signal }),
    }
    const { wire, url, attempts } = await send(request, within)
    const answer = openAnswer(wire, { method, url, ...(attempts && { attempts }) })
    return { answer, text: wire.body }
  }
  const call: Client['call'] = async (method, path, options = {}) =>
    cache === undefined
      ? (await ask(method, path, options)).answer
      : cache.ask(settings, ask, method, path, options)
  const found = (pending: Promise<Answer>) => pending.catch(nothingThere)
  return {
    call,
    read: (path, query) => found(call('GET', path, { ...(query && { query }) })),
    write: (path, body = {}, query) => call('POST', path, { body, ...(query && { query }) }),
    replace: (path, body = {}) => call('POST', path, { body, idempotent: true }),
    patch: (path, body) => call('PATCH', path, { body, contentType: 'application/merge-patch+json' }),
    delete: (path, query) => call('DELETE', path, { ...(query && { query }) }),
    list: async (path, query) => {
      const answer = await found(call('GET', path, { query: { ...query, list: true } }))
      return answer && { keys: textsOf(answer.data?.keys), answer }
    },
    withToken: (token) => clientOver(means, { ...settings, token }),
    close,
  }
}

/** A 404 without a text says that nothing is stored there; one with a text says what is wrong. */
function nothingThere(error: unknown): undefined {
  if (error instanceof ClientError && error.status === 404 && error.errors.length === 0) return undefined
  throw error
}

function headersFor(settings: Settings, options: CallOptions): Record<string, string> {
  const token = options.token ?? settings.token
  const namespace = options.namespace ?? settings.namespace
  const wrapTtl = options.wrapTtl ?? settings.wrapTtl
  if (!printable.test(token)) {
    throw new ClientError(
      'invalid_argument',
      'the token holds characters that no token has; was it cut or quoted?',
    )
  }
  if (!printable.test(namespace) || !printable.test(wrapTtl)) {
    throw new ClientError(
      'invalid_argument',
      'the namespace or the wrapping time holds characters it cannot have',
    )
  }
  return {
    'x-vault-request': 'true',
    accept: 'application/json',
    ...(token === '' ? {} : { 'x-vault-token': token }),
    ...(namespace === '' ? {} : { 'x-vault-namespace': namespace }),
    ...(wrapTtl === '' ? {} : { 'x-vault-wrap-ttl': wrapTtl }),
    ...(options.body === undefined ? {} : { 'content-type': options.contentType ?? 'application/json' }),
  }
}

const printable = /^[\x21-\x7e]*$/

function queryText(query: Query | undefined): string {
  if (query === undefined) return ''
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === 'object' ? value : [String(value)]).map((one) => [name, one]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
