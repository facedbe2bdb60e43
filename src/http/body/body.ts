import { fail, isFailure } from '../../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../base/json/json.ts'
import { parsePairs } from '../request/fields.ts'
import { type Fault, findFault } from './json-fault.ts'

/** The fields of a body. `hasBody` is false when there was none, or `null`, which counts as none. */
export type Body = { readonly fields: JsonObject; readonly hasBody: boolean }

const none: Body = { fields: {}, hasBody: false }
const mergePatch = 'application/merge-patch+json'

/**
 * Reads a body into fields. It is JSON, whatever its type says, unless it is declared to be a form and does not
 * begin like JSON. Bytes that are no UTF-8 become U+FFFD.
 *
 * @throws invalid_request
 */
export function parseBody(bytes: Buffer, contentType: string | undefined): Body {
  if (bytes.length === 0) return none
  const text = withoutMark(bytes.toString('utf8'))
  if (mediaType(contentType) === 'application/x-www-form-urlencoded' && !/^[ \t\r\n]*[{[]/.test(text)) {
    return text === '' ? none : { fields: parsePairs(text), hasBody: true }
  }
  const value = parseText(text)
  if (value === null || value === undefined) return none
  if (isJsonObject(value)) return { fields: value, hasBody: true }
  const kind = Array.isArray(value)
    ? 'array'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'string'
        ? 'string'
        : 'number'
  fail(
    'invalid_request',
    `failed to decode JSON input: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
  )
}

/** @throws unsupported_media_type unless a PATCH carries a JSON merge patch (RFC 7396) */
export function checkPatchType(contentType: string | undefined): void {
  const type = mediaType(contentType)
  if (type !== mergePatch) {
    fail('unsupported_media_type', `PATCH requires Content-Type of ${mergePatch}, provided ${type}`)
  }
}

/** The type without its parameters, lower-case. */
function mediaType(contentType: string | undefined): string {
  return (contentType?.split(';', 1)[0] ?? '').trim().toLowerCase()
}

function parseText(text: string) {
  try {
    return parseJson(text)
  } catch (error) {
    if (text.trim() === '') return undefined
    const fault = isFailure(error, 'invalid_request') ? findFault(text) : undefined
    if (fault === undefined) throw error
    const first = firstOfTwo(text, fault)
    if (first !== undefined) return parseJson(first)
    fail('invalid_request', `failed to decode JSON input: ${fault.words}`)
  }
}

/**
 * The first of two objects that a body holds one after the other, which is what other servers of this API
 * take; anything else behind an object makes the body none.
 */
function firstOfTwo(text: string, { rest }: Fault): string | undefined {
  if (rest === undefined || !/^[ \t\r\n]*\{/.test(text)) return undefined
  try {
    return isJsonObject(parseJson(text.slice(rest))) ? text.slice(0, rest) : undefined
  } catch {
    return undefined
  }
}

/** RFC 8259 §8.1: a parser may ignore a byte order mark. */
const withoutMark = (text: string) => (text.startsWith('\ufeff') ? text.slice(1) : text)
