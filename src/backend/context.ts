import type { Clock } from '../base/clock.ts'
import type { CofferError } from '../base/errors.ts'
import type { JsonObject } from '../base/json/json.ts'
import type { Random } from '../base/random.ts'
import type { Acl } from '../policy/acl.ts'
import type { Listing, ListOptions } from '../storage/store.ts'
import type { TokenView } from '../token/view.ts'
import type { RecordKind } from '../transaction/record.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { EncodedJson } from './encoded-json.ts'
import type { Mount } from './mounts/mount.ts'
import type { Remote } from './remote.ts'
import type { Operation, Verb } from './routes/operation.ts'
import type { RequestPath } from './routes/path.ts'

/** Who makes a request: a token that is alive, and what its policies grant. */
export type Caller = {
  /** As the client sent it. */
  readonly id: string
  readonly token: TokenView
  readonly acl: Acl
  /** Policies that come from the entity and its groups. */
  readonly identityPolicies: readonly string[]
}

/** The part of a transaction that belongs to one mount. Names are relative to the mount. */
export type MountStorage = {
  get<T>(kind: RecordKind<T>, name: string): Promise<T | undefined>
  /** Several records, in one round trip. */
  getAll<T>(kind: RecordKind<T>, names: readonly string[]): Promise<readonly (T | undefined)[]>
  put<T>(kind: RecordKind<T>, name: string, record: T): void
  delete(name: string): void
  /** @param folder empty, or ending in `/` */
  list(folder: string, options?: ListOptions): Promise<Listing>
  /** Announces rows that `get` will ask for, so that they come in one round trip. */
  want<T>(kind: RecordKind<T>, name: string): void
  /** What an earlier request found, maybe out of date by now: for a guess at what to {@link want}, never to answer. */
  recall<T>(kind: RecordKind<T>, name: string): T | undefined
  /** The same storage below a folder, which ends in `/`. */
  below(folder: string): MountStorage
}

/** What a handler gets. It reaches nothing of other mounts, of the raw store or of the socket. */
export type Context = {
  readonly request: {
    readonly id: string
    readonly operation: Operation
    /** The whole path, mount included. */
    readonly path: RequestPath
    /** Seconds; asked for by header. */
    readonly wrapTtl: number | undefined
    readonly remote: Remote
    /** Fields as they were sent, for routes that take any. */
    readonly fields: JsonObject
    readonly hasBody: boolean
  }
  /** The path's `{name}` parts. */
  readonly params: Readonly<Record<string, string>>
  readonly mount: Mount
  /** Effective TTLs of the mount, seconds. */
  readonly ttl: { readonly default: number; readonly max: number }
  readonly storage: MountStorage
  /** Absent on routes that answer without a token. */
  readonly caller: Caller | undefined
  /**
   * What stands in for the names of a folder of the mount: those of the caller alone, below a folder of people.
   * Undefined where names are listed as they are. The folder is empty, or ends in `/`.
   */
  standIn(folder: string): Promise<readonly string[] | undefined>
  readonly clock: Clock
  readonly random: Random
  /** Adds a line to the answer's `warnings`. */
  warn(text: string): void
}

/** What the handlers of open routes get: there may be no store to read from, and no caller. */
export type OpenContext = Pick<Context, 'request' | 'params' | 'clock' | 'random' | 'warn'>

/** A request about a secret that a handler makes for its caller, as the caller could make it by itself. */
export type Subrequest = {
  readonly verb: Verb
  readonly path: RequestPath
  /** Of reads and lists what a query would hold, texts alone. */
  readonly fields: JsonObject
}

/** What such a request is answered with: of a `Reply`, what secrets have. */
export type Answered = {
  readonly status?: number
  readonly data?: JsonObject | EncodedJson | null
  readonly warnings?: readonly string[]
}

/** Where a permitted request would have been carried out. */
export type Permitted = {
  readonly mount: Mount
  readonly storage: MountStorage
  readonly params: Readonly<Record<string, string>>
  readonly operation: Operation
}

/**
 * How a handler does for its caller what the caller could do by itself: each request passes the same policy, owner
 * guard and audit as a plain one, and takes a use of a token that counts them. Only secrets can be reached so: those of
 * KV and of the cubbyhole.
 */
export type Subrequests = {
  /**
   * Makes an ordinary request in a transaction of its own. It is made once, however often the transaction of the
   * handler is run again; the handler asks the same each time and writes nothing by itself.
   */
  each(request: Subrequest): Promise<Answered | CofferError>
  /**
   * Makes a request inside of the handler's own transaction, so that all such requests land or none. A list does not
   * see what the others write.
   *
   * @param carryOut what is done in place of the route's own handler, once the request is permitted and in the log
   * @throws what the request is refused with
   */
  within(request: Subrequest, carryOut?: CarryOut): Promise<Answered>
}

export type CarryOut = (place: Permitted) => Promise<Answered> | Answered

/** What the handlers of `sys`, `identity` and `auth/token` get beside it: the whole transaction. */
export type SystemContext = Context & {
  readonly tx: Transaction
  /** The token as it was sent, whether or not it is good. */
  readonly sentToken: string | undefined
  readonly subrequests: Subrequests
}

/** The caller of a route that needs a token: the pipeline let nobody else through. */
export function callerOf(context: Context): Caller {
  return context.caller as Caller
}
