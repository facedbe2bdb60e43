import type { JsonObject } from '../../../../src/base/json/json.ts'

/** What is shared: fields of a secret, or a text that is typed in. */
export type Source =
  | { readonly kind: 'secret'; readonly name: string; readonly data: JsonObject }
  | { readonly kind: 'text' }

/** Of a secret, the fields of these names. */
export const chosenOf = (data: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)))
