import type { Clock } from '../base/clock.ts'
import type { JsonObject } from '../base/json.ts'
import type { Random } from '../base/random.ts'
import type { Acl } from '../policy/acl.ts'
import type { Listing, ListOptions } from '../storage/store.ts'
import type { TokenView } from '../token/view.ts'
import type { RecordKind } from '../transaction/record.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { Mount } from './mount.ts'
import type { Operation } from './operation.ts'
import type { RequestPath } from './path.ts'

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
    readonly remote: { readonly address: string; readonly port: number }
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
  readonly clock: Clock
  readonly random: Random
  /** Adds a line to the answer's `warnings`. */
  warn(text: string): void
}

/** What the handlers of open routes get: there may be no store to read from, and no caller. */
export type OpenContext = Pick<Context, 'request' | 'params' | 'clock' | 'random' | 'warn'>

/** What the handlers of `sys`, `identity` and `auth/token` get beside it: the whole transaction. */
export type SystemContext = Context & {
  readonly tx: Transaction
  /** The token as it was sent, whether or not it is good. */
  readonly sentToken: string | undefined
}

/** The caller of a route that needs a token: the pipeline let nobody else through. */
export function callerOf(context: Context): Caller {
  return context.caller as Caller
}
