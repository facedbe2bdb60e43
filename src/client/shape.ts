import { isJsonObject, isRawNumber, type Json, type JsonObject } from '../base/json/json.ts'

/** What an answer holds is looked at through these: a server that sends nonsense gives gaps, not crashes. */

export const objectOf = (value: Json | undefined): JsonObject =>
  value !== undefined && isJsonObject(value) ? value : {}

export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

export const flagOf = (value: Json | undefined): boolean => value === true

export function numberOf(value: Json | undefined): number {
  if (typeof value === 'number') return value
  const exact = value !== undefined && isRawNumber(value) ? Number(value.rawJSON) : 0
  return Number.isFinite(exact) ? exact : 0
}

export const textsOf = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** The objects of a list. */
export const listOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.map((item) => objectOf(item)) : []

/** The object under each name, as in the mount table. */
export const objectsOf = (value: Json | undefined): Record<string, JsonObject> =>
  Object.fromEntries(Object.entries(objectOf(value)).map(([name, entry]) => [name, objectOf(entry)]))
