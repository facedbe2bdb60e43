import { CofferError, type ErrorCode } from '../../src/base/errors.ts'
import type { SqliteOptions } from '../../src/storage/sqlite/store.ts'
import type { Commit, ListOptions, StorageKey, Version } from '../../src/storage/store.ts'
import type { Operation } from './history/history.ts'

/** What a parent asks of `process.ts`. */
export type Request =
  /** Gives up the rights of root for good. */
  | { readonly call: 'become'; readonly user: number }
  | { readonly call: 'open'; readonly options: Omit<SqliteOptions, 'clock'> }
  | { readonly call: 'writeOn'; readonly name: string; readonly workers: number }
  | { readonly call: 'work'; readonly name: string; readonly workers: number; readonly seed: number }
  | { readonly call: 'writeNoMore' | 'workNoMore' }
  | { readonly call: 'commit'; readonly commit: Commit }
  | {
      readonly call: 'read'
      readonly keys: readonly StorageKey[]
      readonly known: readonly (Version | undefined)[]
    }
  | { readonly call: 'list' | 'scan'; readonly prefix: string; readonly options: ListOptions | undefined }
  | { readonly call: 'check' | 'close' }

export type Failure = { readonly code: ErrorCode; readonly text: string }

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failed: Failure }
  /** Without being asked: what the work of `writing.ts` was told. */
  | { readonly acknowledged: Acknowledged }
  /** The same for the work of `history/work.ts`. */
  | { readonly recorded: Operation }

/** A commit of `writing.ts`: its name, and the version that it was given or how it failed. */
export type Acknowledged = { readonly name: string; readonly version?: Version; readonly failed?: Failure }

export const codeOf = (error: unknown): Failure =>
  error instanceof CofferError
    ? { code: error.code, text: error.message }
    : { code: 'internal', text: String(error instanceof Error ? error.stack : error) }
