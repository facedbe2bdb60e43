import type { StorageKey } from '../../../src/storage/store.ts'

/** What processes did to one store and what they were told, as `check.ts` looks at it. */
export type History = {
  readonly operations: readonly Operation[]
  /** Every commit that is in the store in the end, whoever was told of it. */
  readonly landed: readonly Landed[]
  /** The rows that are there in the end. */
  readonly last: readonly SeenRow[]
}

export type Operation = {
  readonly process: string
  /** Nanoseconds of the machine's monotonic clock, which all of its processes share. */
  readonly from: number
  readonly to: number
  readonly what: CommitOperation | Look
}

export type CommitOperation = {
  readonly kind: 'commit'
  readonly id: string
  readonly content: Content
  /** The order that it was given, the expectations that did not hold, or that this is not known. */
  readonly result: { readonly order: number } | { readonly conflicts: readonly string[] } | 'unknown'
}

/** What was seen, all of it at one instant. */
export type Look = { readonly kind: 'look'; readonly seen: readonly Seen[] }

export type Seen =
  | { readonly kind: 'row'; readonly key: StorageKey; readonly row: Omit<SeenRow, 'key'> | null }
  | { readonly kind: 'list'; readonly prefix: string; readonly page: Page; readonly names: readonly string[] }
  | { readonly kind: 'scan'; readonly prefix: string; readonly rows: readonly SeenRow[] }

export type Page = { readonly after: string; readonly limit: number }

/** A row by the commit that its value names and the order that its version tells. */
export type SeenRow = { readonly key: StorageKey; readonly id: string; readonly order: number }

/** Each commit puts its id under its keys, so that every value is written once. */
export type Content = {
  readonly expect: readonly { readonly key: StorageKey; readonly order: number | null }[]
  readonly expectEmpty: readonly string[]
  readonly put: readonly StorageKey[]
  readonly delete: readonly StorageKey[]
}

export type Landed = { readonly id: string; readonly order: number; readonly content: Content }
