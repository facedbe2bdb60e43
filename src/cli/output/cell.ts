import { isRawNumber, type Json, type JsonObject } from '../../base/json/json.ts'
import type { Row } from './table.ts'

/** A value as a table shows it: text as it is, everything else as JSON. */
export function cell(value: Json | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return isRawNumber(value) ? value.rawJSON : JSON.stringify(value)
}

/** The fields of an object, sorted by name. */
export const fieldRows = (
  fields: JsonObject,
  show: (name: string, value: Json) => string = (_, value) => cell(value),
): Row[] =>
  Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, show(name, value)])
