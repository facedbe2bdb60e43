import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'

/** Applies a JSON merge patch (RFC 7396 §2): null removes, objects merge, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  // A map, since a field may have any name, `__proto__` too.
  const merged = new Map<string, Json>(
    target !== undefined && isJsonObject(target) ? Object.entries(target) : [],
  )
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, isJsonObject(value) ? mergePatch(merged.get(name), value) : value)
  }
  return Object.fromEntries(merged)
}

/**
 * The names of an object's fields without their values: null stands for all that is no object with fields, and
 * for what lies below `depth` levels; 0 is without end.
 */
export function subkeysOf(object: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      isJsonObject(value) && Object.keys(value).length > 0 && depth !== 1
        ? subkeysOf(value, depth - 1)
        : null,
    ]),
  )
}
