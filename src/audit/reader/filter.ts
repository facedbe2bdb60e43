import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'

/** Which lines are asked for; what is absent matters to none. */
export type LineFilter = {
  /** Milliseconds since 1970, both included. */
  readonly from?: number | undefined
  readonly until?: number | undefined
  readonly type?: 'request' | 'response' | undefined
  /** A part of the display name, in capitals or not, or the id of an entity. */
  readonly person?: string | undefined
  /** A part of the path. */
  readonly path?: string | undefined
  readonly operation?: string | undefined
  readonly outcome?: 'done' | 'failed' | undefined
  /** A text that the line holds, as it stands there: a hash. */
  readonly text?: string | undefined
}

/** A line as JSON; undefined for one that is none. */
export function parseLine(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json // any JSON text is one
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const part = (value: Json | undefined): JsonObject =>
  isJsonObject(value ?? null) ? (value as JsonObject) : {}
const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Lines about requests alone are asked for by what only they have. */
export function passes(filter: LineFilter, text: string): boolean {
  if (filter.text !== undefined && !text.includes(filter.text)) return false
  const line = parseLine(text)
  if (line === undefined) return Object.values(filter).every((wanted) => wanted === undefined)
  const time = Date.parse(textIn(line.time))
  const [auth, request] = [part(line.auth), part(line.request)]
  const { from, until, type, person, path, operation, outcome } = filter
  if (from !== undefined && !(time >= from)) return false
  if (until !== undefined && !(time <= until)) return false
  if (type !== undefined && line.type !== type) return false
  if (operation !== undefined && request.operation !== operation) return false
  if (path !== undefined && !textIn(request.path).includes(path)) return false
  if (outcome !== undefined && (line.error === undefined) !== (outcome === 'done')) return false
  if (person === undefined) return true
  return auth.entity_id === person || textIn(auth.display_name).toLowerCase().includes(person.toLowerCase())
}
