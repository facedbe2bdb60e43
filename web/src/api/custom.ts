import type { Json } from '../../../src/base/json/json.ts'
import { objectOf } from '../../../src/client/shape.ts'

/** The custom metadata of a secret of KV version 2: texts by name, which are not secret. */
export type Custom = Readonly<Record<string, string>>

/** @param value as the server has it; null for none */
export const customOf = (value: Json | undefined): Custom =>
  Object.fromEntries(
    Object.entries(objectOf(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )

/** What makes `after` of `before`: null for names that go. */
export function customChanges(before: Custom, after: Custom): Record<string, string | null> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const valueIn = (custom: Custom, name: string) => (Object.hasOwn(custom, name) ? custom[name] : undefined)
  const changed = [...names].filter((name) => valueIn(before, name) !== valueIn(after, name))
  return Object.fromEntries(changed.map((name) => [name, valueIn(after, name) ?? null]))
}
