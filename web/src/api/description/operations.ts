import type { Json, JsonObject } from '../../../../src/base/json/json.ts'
import { flagOf, listOf, objectOf, objectsOf, textOf, textsOf } from '../../../../src/client/shape.ts'
import { type Field, fieldOf, fieldsOf } from './fields.ts'
import { contentOf, resolved } from './schema.ts'
import { seenOf } from './seen.ts'

export type Method = 'GET' | 'LIST' | 'POST' | 'PATCH' | 'DELETE'

/** One thing that the API does. */
export type Operation = {
  /** Once in the document. */
  readonly id: string
  readonly method: Method
  /** Without a slash at its beginning; `{name}` stands for a parameter. */
  readonly path: string
  readonly summary: string
  readonly description: string
  /** `secrets`, `auth`, `system`. */
  readonly tag: string
  readonly needsSudo: boolean
  /** Answers whoever asks. */
  readonly isOpen: boolean
  /** Those in the path, in their order. */
  readonly parameters: readonly Field[]
  readonly query: readonly Field[]
  /** Of the body; none where it takes none. */
  readonly body: readonly Field[]
  /** Takes fields of any name. */
  readonly takesAny: boolean
  /** A write keeps what it does not name. */
  readonly keepsOthers: boolean
  /** Of the answer's data. */
  readonly answer: readonly Field[]
  /** An answer without what is secret in it. */
  readonly seen: (answer: Json) => ReturnType<typeof seenOf>
}

const methods = { get: 'GET', post: 'POST', patch: 'PATCH', delete: 'DELETE' } as const

/** The operations of an OpenAPI document, in its order. What is not understood is left out. */
export function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(objectsOf(document.paths)).flatMap(([path, item]) =>
    Object.entries(methods).flatMap(([key, method]) => {
      const one = objectOf(item[key])
      const id = textOf(one.operationId)
      return id === '' ? [] : [operationOf(document, path.replace(/^\//, ''), item, one, { id, method })]
    }),
  )
}

function operationOf(
  document: JsonObject,
  path: string,
  item: JsonObject,
  one: JsonObject,
  { id, method }: { readonly id: string; readonly method: Method },
): Operation {
  const parameters = [...listOf(item.parameters), ...listOf(one.parameters)].map((each) =>
    resolved(document, each),
  )
  const isList = parameters.some(({ in: place, name }) => place === 'query' && name === 'list')
  const body = contentOf(document, one.requestBody)
  return {
    id,
    method: isList ? 'LIST' : method,
    path,
    summary: textOf(one.summary) || textOf(item.description),
    description: textOf(one.description) || textOf(item.description),
    tag: textsOf(one.tags)[0] ?? '',
    needsSudo: flagOf(item['x-vault-sudo']),
    isOpen: flagOf(item['x-vault-unauthenticated']),
    parameters: parametersOf(document, parameters, 'path'),
    query: parametersOf(document, parameters, 'query').filter(({ name }) => !(isList && name === 'list')),
    body: body === undefined ? [] : fieldsOf(document, body),
    takesAny: body !== undefined && body.properties === undefined,
    keepsOthers: method === 'PATCH' || flagOf(item['x-vault-createSupported']),
    answer: answerOf(document, one),
    seen: (answer) => seenOf(document, contentOf(document, objectsOf(one.responses)['200']) ?? {}, answer),
  }
}

const parametersOf = (document: JsonObject, parameters: readonly JsonObject[], place: string): Field[] =>
  parameters
    .filter((one) => one.in === place)
    .map((one) => {
      const schema = resolved(document, one.schema)
      const description = textOf(one.description) || textOf(schema.description)
      return fieldOf(textOf(one.name), { ...schema, description }, flagOf(one.required))
    })

function answerOf(document: JsonObject, one: JsonObject): Field[] {
  const whole = contentOf(document, objectsOf(one.responses)['200'])
  if (whole === undefined) return []
  const { data } = objectOf(whole.properties)
  return fieldsOf(document, data === undefined ? whole : resolved(document, data))
}
