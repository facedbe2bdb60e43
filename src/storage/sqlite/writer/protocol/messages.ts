import type { ErrorCode } from '../../../../base/errors.ts'

/** What became of commits, by their numbers; the same between threads and between processes. */
export type Answers = {
  /** Pairs of a commit's number and the sequence that it was given. */
  readonly landed: readonly number[]
  readonly conflicts: readonly (readonly [number: number, keys: readonly string[]])[]
  readonly failed: readonly (readonly [number: number, code: ErrorCode, text: string])[]
}

/** What the writer's thread is started with. */
export type ThreadData = {
  readonly path: string
  /** Names this handle among all that write to the store, over changes of the owner. */
  readonly process: string
  /** The most pages of 4 KiB that the file may have. */
  readonly maxPages: number | undefined
  /** Milliseconds that a commit waits for an answer from another process. */
  readonly patience: number
}
export type ToThread =
  /** Commits in the form of `codec.ts`, and the number of the oldest one that is unanswered. */
  { readonly commits: Uint8Array; readonly oldest: number } | { readonly close: true }
export type FromThread =
  | { readonly answers: Answers }
  /** How this process writes: itself, in a reign as owner, or (undefined) through the process that does. */
  | { readonly reign: number | undefined; readonly lineage: string }
  /** Instead of the first message when there is no start, and later when there is no going on. */
  | { readonly unusable: { readonly code: ErrorCode; readonly text: string } }
  | { readonly closed: true }

/** Of the first message on the socket; both sides must speak the same. */
export const protocol = 1
export type Hello = { readonly protocol: number; readonly token: string; readonly process: string }
