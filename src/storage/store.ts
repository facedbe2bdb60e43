import type { Brand } from '../base/brand.ts'

/**
 * The storage contract: an ordered key-value store with optimistic transactions. `contract/contract.ts` holds the
 * tests that every implementation passes.
 *
 * Keys are `/`-separated, at most {@link maxKeyBytes} bytes of UTF-8 (a segment at most
 * {@link maxSegmentBytes}), ordered by their UTF-8 bytes. Values are opaque bytes. A prefix ends in `/` or
 * is empty.
 */
export type StorageKey = Brand<string, 'StorageKey'>

/**
 * Names one state of one row. Opaque and compared for equality alone. Never seen twice for one key, not
 * even after the row was deleted and made again.
 */
export type Version = Brand<string, 'Version'>

export const maxKeyBytes = 2048
export const maxSegmentBytes = 512

export type Row = { readonly value: Uint8Array; readonly version: Version }

/** What a read says of one key; `undefined` when there is no such row. */
export type ReadResult = Row | 'unchanged' | undefined

export type ListOptions = {
  /** Start behind this name, exclusive. */
  readonly after?: string | undefined
  /** At most this many names or rows; without it {@link defaultLimit}. */
  readonly limit?: number | undefined
}

export const defaultLimit = 1000

/** `more` tells that another page follows; its `after` is the last name or key of this one. */
export type Listing = { readonly names: readonly string[]; readonly more: boolean }
export type ScanRow = { readonly key: StorageKey; readonly value: Uint8Array; readonly version: Version }
export type Scanning = { readonly rows: readonly ScanRow[]; readonly more: boolean }

export type MaybePromise<T> = T | Promise<T>

export interface Reader {
  /**
   * Reads rows in one round trip, all from one instant. Where `known[i]` is still the version of `keys[i]`,
   * the answer is `'unchanged'` and its value is not fetched. Local engines answer without a promise.
   */
  read(
    keys: readonly StorageKey[],
    known?: readonly (Version | undefined)[],
  ): MaybePromise<readonly ReadResult[]>
  /** The immediate children of a folder in order; a folder ends in `/`, and a name may be both. */
  list(prefix: string, options?: ListOptions): Promise<Listing>
  /**
   * Keys and values below a prefix, in order, for sweeps, backup and migration. `after` is a whole key. A page
   * of large values may hold fewer rows than `limit`; `more` tells.
   */
  scan(prefix: string, options?: ListOptions): Promise<Scanning>
}

/**
 * A reader whose answers all come from one instant: that of its first call. Snapshots are for one request: a
 * store may end one that stands in the way of its upkeep, and refuse one more when very many are open; both
 * read as `overloaded`.
 */
export interface Snapshot extends Reader {
  /** Gives its resources back. Calling it again does nothing. */
  release(): void
}

/** A row must be at this version, or must not exist (`null`). */
export type Expectation = { readonly key: StorageKey; readonly version: Version | null }

/** What belongs together. All expectations are about the state before it; deletes go before puts. */
export type Commit = {
  readonly expect?: readonly Expectation[]
  /** Prefixes below which no row may exist. */
  readonly expectEmpty?: readonly string[]
  readonly put?: readonly { readonly key: StorageKey; readonly value: Uint8Array }[]
  readonly delete?: readonly StorageKey[]
}

/**
 * All rows that one commit puts share its `version`. `conflicts` names the keys (or prefixes) whose
 * expectation failed; nothing was written then.
 */
export type CommitResult =
  | { readonly ok: true; readonly version: Version }
  | { readonly ok: false; readonly conflicts: readonly string[] }

export type StoreLimits = {
  /** Rows that one commit may write: puts, deletes and prefixes that have to be empty together. At least 100. */
  readonly keysPerCommit: number
  /** Rows that one commit may expect to be as they were read. At least 2000. */
  readonly expectationsPerCommit: number
  /** Bytes of keys and values that one commit may carry. At least 1 MiB. */
  readonly bytesPerCommit: number
}

export interface Store extends Reader {
  readonly limits: StoreLimits
  snapshot(): Snapshot
  /**
   * All or nothing, and durable when it resolves. Values are taken as they are at the call.
   *
   * @throws storage_limit when it is larger than {@link limits}; invalid_path when it puts what is no key;
   * storage_failed when the store cannot write; overloaded when too many commits are waiting
   */
  commit(commit: Commit): Promise<CommitResult>
  close(): Promise<void>
}
