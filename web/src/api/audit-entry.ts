import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json/json.ts'

/** A line of a log, as a list shows it. */
export type Entry = {
  /** Where it begins in the log. */
  readonly offset: number
  readonly bytes: number
  /** RFC 3339; empty where the line says none. */
  readonly time: string
  readonly type: string
  readonly operation: string
  readonly path: string
  readonly person: string
  readonly entityId: string
  readonly address: string
  /** What it was refused with; empty where it was not. */
  readonly error: string
  /** All of the line, for people; empty where it is too long to be shown. */
  readonly text: string
}

const part = (value: Json | undefined): JsonObject =>
  isJsonObject(value ?? null) ? (value as JsonObject) : {}
const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** @param line as it stands in the log; null where it is too long to be shown */
export function entryOf(line: string | null, offset: number, bytes: number): Entry {
  const whole = parsed(line ?? '')
  const [auth, request] = [part(whole?.auth), part(whole?.request)]
  return {
    offset,
    bytes,
    time: textIn(whole?.time),
    type: textIn(whole?.type),
    operation: textIn(request.operation),
    path: textIn(request.path),
    person: textIn(auth.display_name),
    entityId: textIn(auth.entity_id),
    address: textIn(request.remote_address),
    error: textIn(whole?.error),
    text: visible(whole === undefined ? (line ?? '') : JSON.stringify(whole, undefined, 2)),
  }
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value = JSON.parse(line) as Json // any JSON text is one
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** As JSON can say them too: what turns the direction of writing would let a line say something else. */
const visible = (text: string): string =>
  text.replace(
    /[\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
