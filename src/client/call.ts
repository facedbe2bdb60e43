import type { JsonObject } from '../base/json/json.ts'

export type Query = Readonly<Record<string, string | number | boolean | readonly string[]>>

export type CallOptions = {
  readonly query?: Query
  readonly body?: JsonObject
  readonly contentType?: string
  /** Instead of the client's token; empty sends none. */
  readonly token?: string
  /** Instead of the client's namespace; empty means the root. */
  readonly namespace?: string
  /** Instead of the client's; empty asks for no wrapping. */
  readonly wrapTtl?: string
  /**
   * Whether the request has the same effect when it is carried out twice, and so may be repeated when a
   * connection is lost. Absent: true for reads and deletes that use nothing up, false for writes.
   */
  readonly idempotent?: boolean
  /** Ends the request before it is answered; pages alone can. */
  readonly signal?: AbortSignal | undefined
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
