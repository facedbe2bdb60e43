import { fail } from './errors.ts'

/**
 * JSON whose numbers keep their spelling. A number that JavaScript would change (`12345678901234567890`,
 * `1.50`) is held as the object that `JSON.rawJSON` makes; `JSON.stringify` writes it back as it came.
 */
export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject
export type JsonObject = { [name: string]: Json }
export type RawNumber = { readonly rawJSON: string }

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
  return suspicious.test(text) ? (JSON.parse(text, keepSpelling) as Json) : (JSON.parse(text) as Json)
}

function keepSpelling(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  return String(value) === context.source ? value : raw.rawJSON(context.source)
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
