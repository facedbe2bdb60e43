import type { Json, JsonObject } from '../../../../../src/base/json/json.ts'

export type Difference =
  | { readonly kind: 'added'; readonly name: string; readonly after: Json }
  | { readonly kind: 'removed'; readonly name: string; readonly before: Json }
  | { readonly kind: 'changed'; readonly name: string; readonly before: Json; readonly after: Json }

/** What two versions of a secret differ in, field by field, by name. */
export function differencesOf(before: JsonObject, after: JsonObject): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name): Difference[] => {
    const was = Object.hasOwn(before, name) ? before[name] : undefined
    const is = Object.hasOwn(after, name) ? after[name] : undefined
    if (was === undefined) return is === undefined ? [] : [{ kind: 'added', name, after: is }]
    if (is === undefined) return [{ kind: 'removed', name, before: was }]
    return JSON.stringify(was) === JSON.stringify(is)
      ? []
      : [{ kind: 'changed', name, before: was, after: is }]
  })
}
