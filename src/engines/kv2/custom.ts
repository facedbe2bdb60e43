import { fail } from '../../base/errors.ts'
import { isJsonObject, isRawNumber, type Json, type JsonObject } from '../../base/json/json.ts'

export type CustomMetadata = Readonly<Record<string, string>>

const mostKeys = 64
const keyBytes = 128
const valueBytes = 512
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u

/**
 * Checks what a client wants to note about a secret: at most 64 names of 1 to 128 bytes, each with 1 to 512 bytes
 * of printable text. Numbers and booleans become their texts.
 *
 * @throws invalid_request for what is no text, invalid_request_wrapped for what goes beyond a limit
 */
export function customMetadata(sent: JsonObject): CustomMetadata {
  const entries = Object.entries(sent)
  if (entries.length > mostKeys) {
    refuse(`payload must contain at most ${mostKeys} keys, provided ${entries.length}`)
  }
  return Object.fromEntries(entries.map(([key, value]) => checked(key, textOf(key, value))))
}

/** Merges a patch of the notes: null removes a name. */
export function patchCustom(before: CustomMetadata | null, patch: JsonObject): CustomMetadata | null {
  const merged = new Map<string, Json>(Object.entries(before ?? {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  return merged.size === 0 ? null : customMetadata(Object.fromEntries(merged))
}

function textOf(key: string, value: Json): string {
  if (typeof value === 'string') return value
  if (isRawNumber(value)) return value.rawJSON
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const got = value === null ? 'null' : isJsonObject(value) ? 'an object' : 'a list'
  fail(
    'invalid_request',
    `custom_metadata validation failed: the value of ${short(key)} must be a string, got ${got}`,
  )
}

function checked(key: string, value: string): [string, string] {
  checkLength(`length of key ${short(key)}`, 'key', key, keyBytes)
  checkLength(`length of value for key ${short(key)}`, 'value', value, valueBytes)
  if (unprintable.test(key)) refuse(`key ${short(key)} (${key}) contains unprintable characters`)
  if (unprintable.test(value)) refuse(`value for key ${short(key)} contains unprintable characters`)
  return [key, value]
}

function checkLength(what: string, name: string, text: string, most: number): void {
  const bytes = Buffer.byteLength(text)
  if (bytes === 0 || bytes > most) refuse(`${what} is ${bytes} but must be 0 < len(${name}) <= ${most}`)
}

const short = (key: string) => JSON.stringify(key.length > keyBytes ? `${key.slice(0, keyBytes)}…` : key)

const refuse = (text: string): never =>
  fail('invalid_request_wrapped', `custom_metadata validation failed: ${text}`)
