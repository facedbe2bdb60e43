import type { Operation } from '../routes/operation.ts'
import { type Members, type Shape, shape } from './shape.ts'

/**
 * What an operation answers when it succeeds. Nothing checks it while the server runs: it is for the OpenAPI
 * document, and tests hold every real answer that they see to it.
 */
export type Answer =
  /** No content; with warnings, an envelope without data. */
  | { readonly kind: 'nothing' }
  /** Never succeeds: it is there to tell what is wrong with the request. Not part of the document. */
  | { readonly kind: 'refusal' }
  /** The envelope with this `data`, or no content where that `mayBeEmpty`; `flatten` as in `Reply`. */
  | { readonly kind: 'data'; readonly shape: Shape; readonly flatten?: true; readonly mayBeEmpty?: true }
  /** The envelope with a new token in `auth`. */
  | { readonly kind: 'auth' }
  /** This, without the envelope. */
  | { readonly kind: 'bare'; readonly shape: Shape }
  /** What is no JSON of the API. */
  | { readonly kind: 'raw'; readonly contentType: string }
  /** Whatever another request was or would be answered. */
  | { readonly kind: 'other' }

/** What can be asked of a route, as its answers differ: what creates and what updates is answered the same. */
export type Asked = 'read' | 'write' | 'patch' | 'delete' | 'list'

export const askedBy = {
  read: 'read',
  create: 'write',
  update: 'write',
  patch: 'patch',
  delete: 'delete',
  list: 'list',
  scan: 'list',
} as const satisfies Record<Operation, Asked>

/**
 * The answers of a route. A write, patch or delete that is not named answers nothing, a list the names alone; what
 * a read answers has to be said.
 */
export type Answers = { readonly [asked in Asked]?: Answer }

/** The names of a list: most lists answer nothing else. */
const names = { keys: shape.strings('The names; those of folders end in a slash.') }

export const answer = {
  nothing: { kind: 'nothing' },
  refusal: { kind: 'refusal' },
  auth: { kind: 'auth' },
  other: { kind: 'other' },
  raw: (contentType: string): Answer => ({ kind: 'raw', contentType }),
  bare: (of: Shape): Answer => ({ kind: 'bare', shape: of }),
  data: (of: Shape): Answer => ({ kind: 'data', shape: of }),
  /** No content where there is nothing to tell. */
  dataOrNothing: (of: Shape): Answer => ({ kind: 'data', shape: of, mayBeEmpty: true }),
  /** The members of `data` stand beside it too, as older clients read them. */
  flat: (of: Shape): Answer => ({ kind: 'data', shape: of, flatten: true }),
  names: { kind: 'data', shape: shape.object(names) },
  /** Names, with what is known of each. */
  namesWith: (members: Members, optional: Members = {}): Answer => ({
    kind: 'data',
    shape: shape.object(names, { key_info: shape.map(shape.object(members, optional)) }),
  }),
} as const satisfies Record<string, Answer | ((...parts: never[]) => Answer)>

/** What a route answers; undefined for a read of which nothing is said. */
export function answerOf({ answers }: { readonly answers?: Answers }, asked: Asked): Answer | undefined {
  const declared = answers?.[asked]
  if (declared !== undefined || asked === 'read') return declared
  return asked === 'list' ? answer.names : answer.nothing
}
