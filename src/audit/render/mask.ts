import { isRawNumber, type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import type { Hasher } from './hasher.ts'
import { inOnePiece, quote } from './quote.ts'
import { exceeds } from './room.ts'

/** How the values of one object are shown. */
export type Masking = {
  /** Fields whose strings stay in clear: it is the nearest field's name that counts. */
  readonly clear?: readonly string[] | undefined
  /** Show how many names a list has instead of the names. */
  readonly elide?: boolean | undefined
  /** The values of the top-level `keys` are names of a list, worth remembering. */
  readonly names?: boolean | undefined
  /** Bytes that the object may take in the line, roughly; without it {@link mostData}. */
  readonly most?: number | undefined
}

/** What the data of a request or an answer may take in a line, and of a request that nobody vouches for. */
export const mostData = 8 * 1024 * 1024
export const mostUnknownData = 16 * 1024

/**
 * Each gives a field of a line: `"data":` and the JSON text of the object, or `"data_omitted":` with the size and
 * the hash of its JSON text where it would take too much room.
 */
export type Masker = {
  /** Every string value is hashed; keys, numbers, booleans and null are as they are. */
  object(data: JsonObject, masking: Masking): string
  /** As {@link object}, remembered by the object's identity: it must not change afterwards. */
  remembered(data: JsonObject, masking: Masking): string
  /** As {@link remembered}, for an object whose `text` is JSON. */
  encoded(data: { readonly text: string }, masking: Masking): string
}

type Known = { readonly clear: readonly string[] | undefined; readonly text: string }

/** @param raw `log_raw`: nothing is hashed */
export function createMasker(hasher: Hasher, raw: boolean): Masker {
  const known = new WeakMap<object, Known>()

  function value(json: Json, clear: readonly string[] | undefined, isClear: boolean): string {
    if (typeof json === 'string') return isClear || isTime(json) ? quote(json) : `"${hasher.hash(json)}"`
    // What is no JSON (undefined, NaN) must not make the line unreadable.
    if (typeof json !== 'object' || json === null) return JSON.stringify(json) ?? 'null'
    if (Array.isArray(json)) return `[${json.map((item) => value(item, clear, isClear)).join(',')}]`
    if (isRawNumber(json)) return json.rawJSON
    return `{${fields(json, clear).join(',')}}`
  }

  const fields = (json: JsonObject, clear: readonly string[] | undefined): string[] =>
    Object.keys(json).map((name) => field(name, json[name] as Json, clear))

  const field = (name: string, json: Json, clear: readonly string[] | undefined): string =>
    `${quote(name)}:${value(json, clear, raw || clear?.includes(name) === true)}`

  function topField(name: string, json: Json, { clear, elide, names }: Masking): string {
    if (elide && name === 'keys' && Array.isArray(json)) return `"keys":${json.length}`
    if (elide && name === 'key_info' && isPlainObject(json)) return `"key_info":${Object.keys(json).length}`
    if (names && name === 'keys' && Array.isArray(json) && !raw && clear?.includes('keys') !== true) {
      return `"keys":[${json.map((item) => (isName(item) ? `"${hasher.remembered(item)}"` : value(item, clear, false))).join(',')}]`
    }
    return field(name, json, clear)
  }

  const shown = (data: JsonObject, masking: Masking): string =>
    `"data":{${Object.keys(data)
      .map((name) => topField(name, data[name] as Json, masking))
      .join(',')}}`

  const omitted = (json: string): string =>
    `"data_omitted":{"bytes":${Buffer.byteLength(json)},"hash":"${hasher.hash(json)}"}`

  const isTooMuch = (json: Json, { clear, elide, most = mostData }: Masking): boolean =>
    exceeds(json, most, (name) => raw || clear?.includes(name) === true, elide === true)

  const object = (data: JsonObject, masking: Masking): string =>
    isTooMuch(data, masking) ? omitted(JSON.stringify(data)) : shown(data, masking)

  function remember(data: object, masking: Masking, make: () => string): string {
    const before = known.get(data)
    if (before !== undefined && sameKeys(before.clear, masking.clear)) return before.text
    const text = inOnePiece(make())
    known.set(data, { clear: masking.clear, text })
    return text
  }

  return {
    object,
    remembered: (data, masking) => remember(data, masking, () => object(data, masking)),
    encoded: (data, masking) =>
      remember(data, masking, () => {
        const json = parseJson(data.text)
        if (isTooMuch(json, masking)) return omitted(data.text)
        return isPlainObject(json) ? shown(json, masking) : `"data":${value(json, masking.clear, raw)}`
      }),
  }
}

const isPlainObject = (json: Json): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !isRawNumber(json)

const isName = (json: Json): json is string => typeof json === 'string' && !isTime(json)

const sameKeys = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.length === b.length && a.every((key, i) => key === b[i]))

const time =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Points in time (RFC 3339 §5.6) stay in clear, as Vault leaves them. */
const isTime = (text: string): boolean =>
  text.length >= 20 && text.length <= 35 && text.charCodeAt(10) === 0x54 && time.test(text)
