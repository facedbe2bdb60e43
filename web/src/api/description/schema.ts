import type { Json, JsonObject } from '../../../../src/base/json/json.ts'
import { objectOf, objectsOf, textOf, textsOf } from '../../../../src/client/shape.ts'

/** Deeper than any schema that says something to people. */
const deepest = 8

/** A schema with what it refers to and what it is put together from in its place. */
export function resolved(document: JsonObject, schema: Json | undefined, depth = 0): JsonObject {
  const own = objectOf(schema)
  if (depth > deepest) return {}
  const target = referred(document, textOf(own.$ref))
  if (target !== undefined) return resolved(document, target, depth + 1)
  if (!Array.isArray(own.allOf)) return own
  const parts = own.allOf.map((part) => resolved(document, part, depth + 1))
  const properties = Object.assign(
    {},
    ...parts.map((part) => objectOf(part.properties)),
    objectOf(own.properties),
  )
  const required = [...parts, own].flatMap((part) => textsOf(part.required))
  return { ...Object.assign({}, ...parts), ...own, properties, required }
}

/** What a reference inside of the document leads to. */
function referred(document: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#/')) return undefined
  let at: Json | undefined = document
  for (const part of reference.slice(2).split('/')) {
    const around: JsonObject = objectOf(at)
    if (!Object.hasOwn(around, part)) return undefined
    at = around[part]
  }
  return at
}

/** The schema of what is sent or answered, whatever its media type is. */
export function contentOf(document: JsonObject, holder: Json | undefined): JsonObject | undefined {
  const [content] = Object.values(objectsOf(objectOf(holder).content))
  return content === undefined ? undefined : resolved(document, content.schema)
}
