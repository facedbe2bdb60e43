import type { CarryOut } from '../../backend/context.ts'
import type { ApiRequest, NextStep, Reply } from '../../backend/message.ts'
import type { CofferError } from '../../base/errors.ts'
import type { TokenHash } from '../../token/record.ts'
import { plainOperation } from './caller/verdict.ts'
import type { Entry, Known } from './records/recorder.ts'
import type { SecretUse } from './secrets/secret-use.ts'

/** What one request has settled for good, whatever happens to its transactions. */
export type Progress = {
  /** Uses of the token left after the one that this request took. */
  taken: { hash: TokenHash; left: number } | undefined
  /** Set once the request's entry is in the audit log. */
  entry: Entry | undefined
  /** The secret that was read or written; of the attempt that counts, which is the last. */
  use: SecretUse | undefined
  /** It was counted against the rate limits already. */
  admitted: boolean
  /** It is refused without a trace in the audit log. */
  unrecorded: boolean
  /** What the present attempt has found out about the request. */
  known: Known
  /** What handles the request now that an earlier transaction of it has landed. */
  next: NextStep | undefined
  /** What its handler asked for the caller. */
  asked: Asked | undefined
  /** Of a request that another one's handler makes. */
  readonly inner: Inner | undefined
}

export type Asked = {
  /** Outside of its transaction, and the answers, which stay. */
  readonly each: Map<number, Promise<Reply | CofferError>>
  /** Inside of its transaction, by what it was. */
  readonly within: Map<string, Within>
}

/** A request inside of another one's transaction; `outcome` is of the present attempt. */
export type Within = {
  readonly request: ApiRequest
  readonly progress: Progress
  outcome: Reply | Error | undefined
}

export type Inner = {
  /** The token it is made for, where that was not sent along: of work that goes on after its request. */
  readonly holder?: TokenHash | undefined
  /** What is done in place of the route's own handler. */
  readonly carryOut?: CarryOut | undefined
}

/** Nothing is known of a request yet but its plain operation. @param inner where another one's handler makes it */
export const newProgress = (request: ApiRequest, inner?: Inner): Progress => ({
  taken: undefined,
  entry: undefined,
  use: undefined,
  admitted: false,
  unrecorded: false,
  known: { operation: plainOperation(request) },
  next: undefined,
  asked: undefined,
  inner,
})
