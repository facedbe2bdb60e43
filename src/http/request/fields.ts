import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'

/**
 * Reads `a=1&b=two+words`: every value is a string, empty ones are kept, a repeated name's values are joined by
 * commas. Serves queries and form-encoded bodies (WHATWG URL §5.1).
 *
 * @throws invalid_request for a percent sign without two hex digits
 */
export function parsePairs(text: string): JsonObject {
  if (text === '') return {}
  const broken = /%(?![0-9a-f]{2})/i.test(text)
  if (broken) fail('invalid_request', 'a field holds a percent sign without two hex digits')
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    const earlier = fields.get(name)
    fields.set(name, earlier === undefined ? value : `${earlier},${value}`)
  }
  // Makes own properties of every name, `__proto__` included.
  return Object.fromEntries(fields)
}

/** What the query of a read asks for, and its other fields. */
export type ReadQuery = { readonly verb: 'read' | 'list' | 'scan'; readonly fields: JsonObject }

/**
 * Reads the query of a GET. `list` and `scan` are Go booleans.
 *
 * @throws invalid_request when they are not, or both are asked for
 */
export function parseReadQuery(query: string): ReadQuery {
  if (query === '') return { verb: 'read', fields: {} }
  const { list, scan, ...fields } = parsePairs(query)
  const wanted = { list: isTrue(list), scan: isTrue(scan) }
  if (wanted.list && wanted.scan) fail('invalid_request')
  return { verb: wanted.list ? 'list' : wanted.scan ? 'scan' : 'read', fields }
}

const truths: readonly unknown[] = ['1', 't', 'T', 'TRUE', 'true', 'True']
const falsehoods: readonly unknown[] = [undefined, '', '0', 'f', 'F', 'FALSE', 'false', 'False']

/** The spellings of Go's strconv.ParseBool; absent and empty are false. */
function isTrue(value: unknown): boolean {
  if (truths.includes(value)) return true
  return falsehoods.includes(value) ? false : fail('invalid_request')
}
