import { type ErrorCode, fail } from '../errors.ts'

/** A place in a text; both count from 1, columns in characters. */
export type Position = { readonly line: number; readonly column: number }

export type HclString = { readonly kind: 'string'; readonly value: string; readonly at: Position }
export type HclNumber = {
  readonly kind: 'number'
  readonly value: number
  /** As it was written. */
  readonly text: string
  readonly at: Position
}
export type HclBool = { readonly kind: 'bool'; readonly value: boolean; readonly at: Position }
/** Only the JSON form has it. */
export type HclNull = { readonly kind: 'null'; readonly at: Position }
export type HclList = { readonly kind: 'list'; readonly items: readonly HclValue[]; readonly at: Position }
/** Entries stay in their order, and a key may come several times. */
export type HclObject = {
  readonly kind: 'object'
  readonly entries: readonly HclEntry[]
  readonly at: Position
  /** Where it is closed: its brace, or the end of the text. */
  readonly end: Position
}
export type HclValue = HclString | HclNumber | HclBool | HclNull | HclList | HclObject

/** `key = value`, or a block `key "label" … { … }`. */
export type HclEntry = {
  readonly key: string
  readonly at: Position
  readonly labels: readonly HclString[]
  readonly value: HclValue
}

/** Where a text comes from: how failures in it are raised. */
export type Source = {
  readonly code: ErrorCode
  /** Stands before every message, such as `failed to parse policy: `. */
  readonly prefix?: string
}

/** Raises a failure that names its place, as `… on line 3, column 7`. */
export function failAt(source: Source, at: Position, text: string): never {
  fail(source.code, `${source.prefix ?? ''}${text} on line ${at.line}, column ${at.column}`, { at })
}
