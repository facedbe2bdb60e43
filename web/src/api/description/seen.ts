import { isJsonObject, type Json, type JsonObject } from '../../../../src/base/json/json.ts'
import { flagOf, objectOf } from '../../../../src/client/shape.ts'
import { resolved } from './schema.ts'

/** In place of what is not shown. */
export const dots = '••••••••••'

/** Names of fields that are secret wherever they stand, also where a description does not say so. */
const secretName =
  /(^|_)(token|password|passphrase|secret|secret_id|otp|jwt|private_key|plaintext|keys_base64|random_bytes)$/

/**
 * An answer as it can be shown at once: whatever the description of the API does not declare is what people
 * stored, and hidden like what it declares to be secret.
 *
 * @returns with dots in place of what is hidden, and whether there is any
 */
export function seenOf(
  document: JsonObject,
  schema: JsonObject,
  value: Json,
): { readonly seen: Json; readonly hides: boolean } {
  let hides = false
  const hidden = (one: Json): Json => {
    if (one === null || one === '') return one
    hides = true
    return dots
  }
  const look = (declared: JsonObject | undefined, one: Json, name: string): Json => {
    const own = declared === undefined ? undefined : resolved(document, declared)
    const secret = own !== undefined && (flagOf(own.sensitive) || own.format === 'password')
    if (Array.isArray(one)) {
      const each = secret || own?.items === undefined ? undefined : objectOf(own.items)
      return one.map((item) => look(each, item, name))
    }
    if (isJsonObject(one)) {
      const properties = objectOf(own?.properties)
      const others = own?.additionalProperties
      return Object.fromEntries(
        Object.entries(one).map(([key, item]) => {
          const inner = Object.hasOwn(properties, key) ? properties[key] : others
          const known = !secret && inner !== undefined && isJsonObject(inner) ? inner : undefined
          return [key, look(known, item, key)]
        }),
      )
    }
    const isDeclared = own !== undefined && Object.keys(own).length > 0
    if (!isDeclared || secret) return hidden(one)
    return typeof one === 'string' && secretName.test(name) ? hidden(one) : one
  }
  const seen = look(schema, value, '')
  return { seen, hides }
}
