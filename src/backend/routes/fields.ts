import type { Validator } from 'typebox/schema'
import { parseDuration } from '../../base/duration.ts'
import { fail } from '../../base/errors.ts'
import { isJsonObject, isRawNumber, type Json, type JsonObject } from '../../base/json/json.ts'

/**
 * Shapes of request fields. Each is a JSON Schema, which serves the validator (TypeBox's), the types and the
 * OpenAPI document, and names how loosely clients may write it: `"3"` for 3, `"1h"` for 3600, `"a,b"` for a list.
 */
export type FieldKind =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'duration'
  | 'list'
  | 'array'
  | 'map'
  | 'object'
  | 'any'

export type FieldOptions = {
  /** Bounds and formats in JSON Schema's words: `maxLength`, `minimum`, `enum`, `pattern` … */
  readonly [keyword: string]: unknown
}

const kindKey = 'x-coffer-kind'
declare const valueType: unique symbol

/** The schema of one field; `T` is what a handler gets. */
export type Field<T> = {
  readonly [kindKey]: FieldKind
  readonly [valueType]?: T
  readonly [keyword: string]: unknown
}

const declare = <T>(
  kind: FieldKind,
  schema: object,
  description: string,
  options: FieldOptions,
): Field<T> => ({
  ...schema,
  description,
  [kindKey]: kind,
  ...options,
})

/** Declares one field of a route. A field that is not sent is absent from the handler's `fields`. */
export const field = {
  string: (description: string, options: FieldOptions = {}) =>
    declare<string>('string', { type: 'string' }, description, options),
  integer: (description: string, options: FieldOptions = {}) =>
    declare<number>('integer', { type: 'integer' }, description, options),
  /** Any number, also with a fraction. */
  number: (description: string, options: FieldOptions = {}) =>
    declare<number>('number', { type: 'number' }, description, options),
  boolean: (description: string, options: FieldOptions = {}) =>
    declare<boolean>('boolean', { type: 'boolean' }, description, options),
  /** Whole seconds, written as a number, a numeric text or a Go duration such as `"1h30m"`. */
  duration: (description: string, options: FieldOptions = {}) =>
    declare<number>('duration', { type: 'integer' }, description, { format: 'seconds', ...options }),
  /** A list of texts, or one text split at its commas; blanks around the parts and empty parts are dropped. */
  list: (description: string, options: FieldOptions = {}) =>
    declare<readonly string[]>('list', { type: 'array', items: { type: 'string' } }, description, options),
  /** A list of texts; a single text is a list of one and is not split. */
  array: (description: string, options: FieldOptions = {}) =>
    declare<readonly string[]>('array', { type: 'array', items: { type: 'string' } }, description, options),
  /** Texts by name: an object of scalars, or `"name=value"` pairs. */
  map: (description: string, options: FieldOptions = {}) =>
    declare<Readonly<Record<string, string>>>(
      'map',
      { type: 'object', additionalProperties: { type: 'string' } },
      description,
      options,
    ),
  /** Any JSON object. */
  object: (description: string, options: FieldOptions = {}) =>
    declare<JsonObject>('object', { type: 'object' }, description, options),
  any: (description: string, options: FieldOptions = {}) => declare<Json>('any', {}, description, options),
}

export type FieldSet = Readonly<Record<string, Field<unknown>>>
export type FieldValues<F extends FieldSet> = {
  readonly [K in keyof F]?: F[K] extends Field<infer T> ? T : never
}

/** Turns what a client sent into the declared shapes. */
export type FieldReader<F extends FieldSet> = {
  /**
   * @returns the values, and the sorted names that are not declared
   * @throws invalid_request naming the field that does not fit
   */
  read(sent: JsonObject): Promise<{ values: FieldValues<F>; unknown: string[] }>
}

/**
 * Loads what checks fields. It takes longer to load than the rest of the server to start, so it is not part of
 * the start; the first request that has fields waits for it.
 */
export const loadFieldChecks = () => import('typebox/schema')

/** Reads a set of fields; its validator is compiled when it is first used. */
export function fieldReader<F extends FieldSet>(fields: F): FieldReader<F> {
  const kinds = new Map(Object.entries(fields).map(([name, schema]) => [name, schema[kindKey]]))
  let validator: Validator | undefined
  return {
    async read(sent) {
      validator ??= (await loadFieldChecks()).Compile({ type: 'object', properties: fields })
      const values: Record<string, unknown> = {}
      const unknown: string[] = []
      for (const [name, value] of Object.entries(sent)) {
        const kind = kinds.get(name)
        if (kind === undefined) unknown.push(name)
        else if (value !== null) values[name] = coerce(kind, value, name)
      }
      if (!validator.Check(values)) refuse(validator.Errors(values)[1])
      // Check proved the shape.
      return { values: values as FieldValues<F>, unknown: unknown.sort() }
    },
  }
}

function refuse(errors: readonly { instancePath?: string; message?: string }[]): never {
  const first = errors[0]
  const name = first?.instancePath?.split('/')[1] ?? ''
  fail('invalid_request', `Field validation failed: field "${name}" ${first?.message ?? 'does not fit'}`)
}

function coerce(kind: FieldKind, value: Json, name: string): unknown {
  switch (kind) {
    case 'string':
      return scalar(value) ?? misfit(name, 'a string')
    case 'integer':
      return integer(value) ?? misfit(name, 'a whole number')
    case 'number':
      return number(value) ?? misfit(name, 'a number')
    case 'boolean':
      return boolean(value) ?? misfit(name, 'true or false')
    case 'duration':
      return duration(value, name)
    case 'list':
      return list(value, name).flatMap((part) => (Array.isArray(value) ? [part] : splitAtCommas(part)))
    case 'array':
      return list(value, name)
    case 'map':
      return map(value, name)
    case 'object':
      return isJsonObject(value) ? value : misfit(name, 'an object')
    case 'any':
      return value
  }
}

function misfit(name: string, wanted: string): never {
  fail(
    'invalid_request',
    `Field validation failed: error converting input for field "${name}": expected ${wanted}`,
  )
}

function scalar(value: Json): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return isRawNumber(value) ? value.rawJSON : undefined
}

function integer(value: Json): number | undefined {
  const text = scalar(value)?.trim()
  if (text === undefined || !/^[+-]?\d{1,15}$/.test(text)) return undefined
  return Number(text)
}

function number(value: Json): number | undefined {
  const text = typeof value === 'boolean' ? undefined : scalar(value)?.trim()
  if (text === undefined || text.length > 64 || !/^[+-]?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text))
    return undefined
  const read = Number(text)
  return Number.isFinite(read) ? read : undefined
}

const truths = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False', ''].map((text) => [text, false] as const),
])

function boolean(value: Json): boolean | undefined {
  const text = scalar(value)
  return text === undefined ? undefined : truths.get(text)
}

function duration(value: Json, name: string): number {
  const text = scalar(value)
  if (text === undefined || typeof value === 'boolean') misfit(name, 'seconds or a duration such as "1h"')
  // What ends in no unit is taken for a number, also when clients are told why it is none.
  if (!/(^|\d|[smhd])\s*$/.test(text)) {
    const quoted = JSON.stringify(text.slice(0, 32))
    fail('invalid_request', `strconv.ParseInt: parsing ${quoted}: invalid syntax (in ${name})`)
  }
  return parseDuration(text, name)
}

function list(value: Json, name: string): string[] {
  if (Array.isArray(value)) return value.map((part) => scalar(part) ?? misfit(name, 'a list of strings'))
  const text = scalar(value)
  if (text === undefined) misfit(name, 'a list of strings')
  return text === '' ? [] : [text]
}

function splitAtCommas(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function map(value: Json, name: string): Record<string, string> {
  const wanted = 'strings by name, or "name=value" pairs'
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, scalar(part) ?? misfit(name, wanted)]),
    )
  }
  return Object.fromEntries(
    list(value, name).map((pair) => {
      const at = pair.indexOf('=')
      return at > 0 ? [pair.slice(0, at), pair.slice(at + 1)] : misfit(name, wanted)
    }),
  )
}
