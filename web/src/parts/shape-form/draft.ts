import { parseDuration } from '../../../../src/base/duration.ts'
import {
  isJsonObject,
  isRawNumber,
  type Json,
  type JsonObject,
  parseJson,
} from '../../../../src/base/json/json.ts'
import type { Field } from '../../api/description/fields.ts'
import { durationText } from './duration-text.ts'

/** What somebody typed into the fields of a form, by their names; empty where they typed nothing. */
export type Draft = Readonly<Record<string, string>>

/** What is wrong with what is typed. */
export type Fault =
  | 'missing'
  | 'integer'
  | 'number'
  | 'seconds'
  | 'small'
  | 'large'
  | 'long'
  | 'pairs'
  | 'json'

/** A form as it begins. @param current what is stored, where something is */
export const draftOf = (fields: readonly Field[], current: JsonObject = {}): Draft =>
  Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.kind === 'secret' ? '' : textOfValue(field, current[field.name] ?? field.standard ?? null),
    ]),
  )

function textOfValue({ kind }: Field, value: Json): string {
  if (value === null) return ''
  if (kind === 'seconds' && typeof value === 'number') return durationText(value)
  if (kind === 'list' && Array.isArray(value)) return value.map(scalarText).join('\n')
  if (kind === 'map' && isJsonObject(value)) {
    return Object.entries(value)
      .map(([name, one]) => `${name}=${scalarText(one)}`)
      .join('\n')
  }
  return scalarText(value)
}

function scalarText(value: Json): string {
  if (typeof value === 'string') return value
  if (isRawNumber(value)) return value.rawJSON
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : String(value)
}

export function faultOf(field: Field, text: string): Fault | undefined {
  const { kind, required, minimum, maximum, maxLength } = field
  if (text.trim() === '') return required ? 'missing' : undefined
  if (maxLength !== undefined && text.length > maxLength) return 'long'
  if (kind === 'integer' && !/^[+-]?\d{1,15}$/.test(text.trim())) return 'integer'
  if (kind === 'number' && !Number.isFinite(Number(text))) return 'number'
  const size = kind === 'seconds' ? secondsOf(text) : Number(text)
  if (size === undefined) return 'seconds'
  if (kind === 'integer' || kind === 'number' || kind === 'seconds') {
    if (minimum !== undefined && size < minimum) return 'small'
    if (maximum !== undefined && size > maximum) return 'large'
  }
  if (kind === 'map' && linesOf(text).some((line) => line.indexOf('=') < 1)) return 'pairs'
  return kind === 'json' && jsonOf(text) === undefined ? 'json' : undefined
}

function secondsOf(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}

/** An object or a list. */
function jsonOf(text: string): Json | undefined {
  const value = anyOf(text)
  return typeof value === 'object' && value !== null && !isRawNumber(value) ? value : undefined
}

function anyOf(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** All that is typed. */
export const valuesOf = (fields: readonly Field[], draft: Draft): JsonObject =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const text = draft[field.name] ?? ''
      return text.trim() === '' ? [] : [[field.name, typedAs(field, text)] as const]
    }),
  )

/** What is typed otherwise than it was; what was emptied is sent as nothing. */
export const changesOf = (fields: readonly Field[], draft: Draft, before: Draft): JsonObject =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const [text = '', old = ''] = [draft[field.name], before[field.name]]
      if (text === old) return []
      const value = text.trim() === '' ? nothingOf(field, old) : typedAs(field, text)
      return value === undefined ? [] : [[field.name, value] as const]
    }),
  )

function typedAs({ kind }: Field, text: string): Json {
  switch (kind) {
    case 'integer':
    case 'number':
      return Number(text)
    case 'seconds':
      return /^\d+$/.test(text.trim()) ? Number(text) : text.trim()
    case 'boolean':
      return text === 'true'
    case 'list':
      return listOf(text)
    case 'map':
      return Object.fromEntries(
        linesOf(text).map((line) => {
          const at = line.indexOf('=')
          return [line.slice(0, at).trim(), line.slice(at + 1)]
        }),
      )
    case 'json':
    case 'any':
      return anyOf(text) ?? text
    default:
      return text
  }
}

/** Undefined where emptying it says nothing. */
function nothingOf({ kind }: Field, old: string): Json | undefined {
  switch (kind) {
    case 'integer':
    case 'number':
    case 'seconds':
      return 0
    case 'list':
      return []
    case 'map':
      return {}
    case 'json':
      return old.trim().startsWith('[') ? [] : {}
    case 'boolean':
    case 'choice':
    case 'secret':
      return undefined
    default:
      return ''
  }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** One part a line; keys and certificates are parts of several lines. */
const listOf = (text: string): string[] =>
  text.includes('-----BEGIN ')
    ? text
        .split(/(?<=-----END [^-\n]+-----)/)
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : linesOf(text)
