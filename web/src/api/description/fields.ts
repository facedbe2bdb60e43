import type { Json, JsonObject } from '../../../../src/base/json/json.ts'
import { flagOf, numberOf, objectOf, textOf, textsOf } from '../../../../src/client/shape.ts'
import { resolved } from './schema.ts'

export type Kind =
  | 'text'
  /** A text of several lines. */
  | 'lines'
  | 'secret'
  | 'choice'
  | 'integer'
  | 'number'
  /** A span of time. */
  | 'seconds'
  | 'boolean'
  /** Texts. */
  | 'list'
  /** Texts by name. */
  | 'map'
  /** JSON that is an object or a list. */
  | 'json'
  /** JSON, or a text that is none. */
  | 'any'

/** One field of what an operation takes or answers. */
export type Field = {
  readonly name: string
  readonly description: string
  readonly kind: Kind
  readonly required: boolean
  /** Of a choice. */
  readonly options: readonly string[]
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  readonly maxLength: number | undefined
  /** What it is when it is not sent, where that is known. */
  readonly standard: Json | undefined
  /** Kept for others' sake: people hardly ever need it. */
  readonly rare: boolean
}

const rarely =
  /^(Kept for|Refused|Not taken|As older clients|The old name|Older name)|as older clients send it/i
const ofLines = /\bPEM\b|\bHCL\b|several lines/

/** The fields of an object, in their order. */
export function fieldsOf(document: JsonObject, schema: JsonObject): Field[] {
  const required = textsOf(schema.required)
  return Object.entries(objectOf(schema.properties)).map(([name, declared]) =>
    fieldOf(name, resolved(document, declared), required.includes(name)),
  )
}

export function fieldOf(name: string, schema: JsonObject, required: boolean): Field {
  const description = textOf(schema.description)
  return {
    name,
    description,
    kind: kindOf(schema, description),
    required,
    options: textsOf(schema.enum),
    minimum: boundOf(schema.minimum),
    maximum: boundOf(schema.maximum),
    maxLength: boundOf(schema.maxLength),
    standard: schema.default,
    rare: flagOf(schema.deprecated) || rarely.test(description),
  }
}

function kindOf(schema: JsonObject, description: string): Kind {
  if (textsOf(schema.enum).length > 0) return 'choice'
  switch (schema.type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
      return schema.format === 'seconds' ? 'seconds' : 'integer'
    case 'number':
      return 'number'
    case 'string':
      if (flagOf(schema.sensitive) || schema.format === 'password') return 'secret'
      return ofLines.test(description) ? 'lines' : 'text'
    case 'array':
      return objectOf(schema.items).type === 'string' ? 'list' : 'json'
    case 'object':
      return isText(schema.additionalProperties) ? 'map' : 'json'
    default:
      return 'any'
  }
}

const isText = (schema: Json | undefined) => objectOf(schema).type === 'string'

const boundOf = (value: Json | undefined): number | undefined =>
  value === undefined || value === null ? undefined : numberOf(value)
