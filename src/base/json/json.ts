import { fail } from '../errors.ts'
import { hasEscapedName } from './escaped-names.ts'
import { type Json, type JsonObject, type RawNumber, readKeeping } from './json-numbers.ts'

export type { Json, JsonObject, RawNumber } from './json-numbers.ts'

type RawJson = { rawJSON(text: string): RawNumber; isRawJSON(value: unknown): value is RawNumber }
// TypeScript's library does not know these two yet (ECMAScript proposal "JSON.parse source text access").
const raw = JSON as unknown as RawJson

/** Nesting that is accepted from outside; deeper text is refused. */
export const maxDepth = 1000

/** Text that may hold a number which JavaScript would not write back as it came. May err on the safe side. */
const suspicious = /[0-9]{16}|[0-9][.eE]|-0/

/**
 * Parses JSON from outside.
 *
 * @throws invalid_request when the text is no JSON or nests deeper than {@link maxDepth}
 */
export function parseJson(text: string): Json {
  checkDepth(text)
  try {
    return parseOwnJson(text)
  } catch {
    // The engine's own message quotes the text, which may be a secret.
    fail('invalid_request', 'failed to decode JSON input: the body is not valid JSON')
  }
}

/**
 * Parses JSON of our own, which is as deep as what was accepted and what was put around it.
 *
 * @throws SyntaxError
 */
export function parseOwnJson(text: string): Json {
  // Seldom is any number of another spelling; then the value that was read to find faults is thrown away.
  const value = JSON.parse(text) as Json
  return suspicious.test(text) || hasEscapedName(text) ? readKeeping(text, raw.rawJSON) : value
}

/**
 * Parses JSON of our own whose numbers are JavaScript's: as `JSON.parse`, which of some names reads another
 * name (see {@link hasEscapedName}).
 *
 * @throws SyntaxError
 */
export function parseRecord(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasEscapedName(text) ? readKeeping(text, (source) => Number(source)) : value
}

/** A number that is written as it is spelled, however many digits it has. @throws SyntaxError when it is none */
export function rawNumber(spelled: string): RawNumber {
  return raw.rawJSON(spelled)
}

/** Whether a value is a number that kept its spelling. */
export function isRawNumber(value: unknown): value is RawNumber {
  return raw.isRawJSON(value)
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !raw.isRawJSON(value)
}

function checkDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) fail('invalid_request', 'failed to decode JSON input: exceeded max depth')
    } else if (code === 0x7d || code === 0x5d) depth--
  }
}
