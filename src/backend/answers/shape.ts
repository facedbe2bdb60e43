import type { Json, JsonObject } from '../../base/json/json.ts'

declare const valueType: unique symbol

/** The JSON Schema of a part of an answer; `T` is the value that has it. */
export type Shape<T = unknown> = {
  readonly [valueType]?: T
  readonly [keyword: string]: unknown
}

/** What has a shape, for functions that make it: `ValueOf<typeof versionShape>`. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never

export type Members = Readonly<Record<string, Shape>>
type ValuesOf<M extends Members> = { [K in keyof M]: ValueOf<M[K]> }
type Simple<T> = { [K in keyof T]: T[K] }

const declare =
  <T>(schema: object) =>
  (description?: string): Shape<T> => ({ ...schema, ...(description === undefined ? {} : { description }) })

/** The parts that answers are declared with. Each takes a line of description where its name does not say enough. */
export const shape = {
  string: declare<string>({ type: 'string' }),
  integer: declare<number>({ type: 'integer' }),
  number: declare<number>({ type: 'number' }),
  boolean: declare<boolean>({ type: 'boolean' }),
  /** Whole seconds. */
  seconds: declare<number>({ type: 'integer', format: 'seconds' }),
  /** RFC 3339. */
  time: declare<string>({ type: 'string', format: 'date-time' }),
  strings: declare<string[]>({ type: 'array', items: { type: 'string' } }),
  /** A text that is not to be shown by the way. */
  secret: declare<string>({ type: 'string', sensitive: true }),
  secrets: declare<string[]>({ type: 'array', items: { type: 'string' }, sensitive: true }),
  /** Texts by name. */
  texts: declare<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } }),
  secretTexts: declare<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    sensitive: true,
  }),
  /** Any JSON object: what users stored. */
  anyObject: declare<JsonObject>({ type: 'object', additionalProperties: {} }),
  any: declare<Json>({}),
  oneOf: <T extends string>(texts: readonly T[]): Shape<T> => ({ type: 'string', enum: texts }),
  list: <T>(items: Shape<T>): Shape<T[]> => ({ type: 'array', items }),
  /** Values of one shape by names that nobody knows before. */
  map: <T>(values: Shape<T>): Shape<Record<string, T>> => ({
    type: 'object',
    additionalProperties: values,
  }),
  orNull: <T>(inner: Shape<T>): Shape<T | null> => ({ anyOf: [inner, { type: 'null' }] }),
  /** One of two shapes. */
  either: <A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> => ({ anyOf: [one, other] }),
  /** An object that has all of the first members, and may have the second. */
  object: <M extends Members, O extends Members = Readonly<Record<never, never>>>(
    members: M,
    optional?: O,
  ): Shape<Simple<ValuesOf<M> & Partial<ValuesOf<O>>>> => ({
    type: 'object',
    properties: { ...members, ...optional },
    ...(Object.keys(members).length === 0 ? {} : { required: Object.keys(members) }),
  }),
}
