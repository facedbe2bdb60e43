import type { Json } from '../../../../src/base/json/json.ts'

/** Stands for a value that no command shows, since it is secret: whoever runs the command gives it. */
export const unsaid = Symbol('unsaid')

/** What a request sends, with gaps for what is secret, at any depth. */
export type Said = Json | typeof unsaid | readonly Said[] | Fields
export type Fields = { readonly [name: string]: Said }

/** A request of the API, as far as it may be seen. */
export type Request = {
  readonly method: 'GET' | 'LIST' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Without `v1/`, as it is called and not encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Fields
  /** A filter of jq, which makes the body of what the request before answers. */
  readonly from?: string
  /** Seconds, for an answer that is wrapped. */
  readonly wrapTtl?: number
  /** Keeps a part of the answer in a variable of the shell; `filter` is one of jq. */
  readonly keep?: { readonly variable: string; readonly filter: string }
  /** Such a variable, with the token that it is sent by. */
  readonly by?: string
}

/** A call of the program `coffer`. */
export type Call = {
  /** Its words: `kv put`. */
  readonly command: string
  /** As they are written: `-cas=3`. */
  readonly flags?: readonly string[]
  readonly args?: readonly string[]
  /** Fields that it writes. */
  readonly data?: Fields
  /** A filter of jq, which makes what it reads of what the call before prints. */
  readonly from?: string
  /** Keeps what it prints in a variable of the shell. */
  readonly keep?: string
  /** Such a variable, with the token that it is sent by. */
  readonly by?: string
}

/** Something that a page does, as others can do it without the page. */
export type Action = {
  /** One, or several in their order. */
  readonly request: Request | readonly Request[]
  /** Where there is something handier than reading and writing paths. */
  readonly coffer?: Call | readonly Call[]
}

/** The fields of something secret: their names alone. */
export const unsaidFields = (names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, unsaid]))
