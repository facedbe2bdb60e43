import type { Attempt } from '../error.ts'
import type { WireAnswer } from '../wire.ts'

/** A request before it is known which address takes it. */
export type Outgoing = {
  readonly method: string
  /** Encoded, with `/v1/` and the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** What the caller knows of it; absent, the method tells. */
  readonly repeatable?: boolean
  /** Ends it, where it is sent by a page. */
  readonly signal?: AbortSignal
}

/** An answer, where it came from (without the query), and what every address said when several did not help. */
export type Sent = {
  readonly wire: WireAnswer
  readonly url: string
  readonly attempts?: readonly Attempt[]
}

/** @param within milliseconds for this request, where that is less than usual */
export type Send = (request: Outgoing, within?: number) => Promise<Sent>
