import type { Json, JsonObject } from '../../base/json/json.ts'
import { objectOf, objectsOf, textOf } from '../../client/index.ts'

/** One path of the description of an API, such as `sys/mounts/{path}`. */
export type Described = { readonly path: string; readonly item: JsonObject }

/** What is known of one path: how it is described itself, and what lies below it. */
export type Help = { readonly at: Described | undefined; readonly below: readonly Described[] }

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '')
const isParameter = (segment: string): boolean => /^\{.*\}$/.test(segment)

/**
 * What an OpenAPI document says of a path. Of several that it may be, the one is meant that spells out most of
 * it; a parameter at the end takes what is left.
 */
export function helpFor(document: JsonObject, path: string): Help {
  const wanted = segmentsOf(path)
  const all = Object.entries(objectsOf(document.paths)).map(([name, item]) => ({
    path: name.replace(/^\//, ''),
    item,
  }))
  const [at] = all
    .filter((one) => fits(segmentsOf(one.path), wanted))
    .sort((a, b) => spelt(b.path) - spelt(a.path) || segmentsOf(b.path).length - segmentsOf(a.path).length)
  const below = all
    .filter((one) => one !== at && isBelow(segmentsOf(one.path), wanted))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  return { at, below }
}

function fits(template: readonly string[], wanted: readonly string[]): boolean {
  const swallows = wanted.length > template.length && isParameter(template.at(-1) ?? '')
  return (
    (swallows || wanted.length === template.length) &&
    template.every((segment, i) => isParameter(segment) || segment === wanted[i])
  )
}

const spelt = (path: string): number => segmentsOf(path).filter((segment) => !isParameter(segment)).length

const isBelow = (template: readonly string[], wanted: readonly string[]): boolean =>
  template.length > wanted.length && wanted.every((segment, i) => segment === template[i])

/** What can be done at a path, in the words that policies have for it or near them, with its summary. */
export function operationsOf({ item }: Described): [string, string][] {
  const found: [string, string][] = []
  for (const [method, word] of [
    ['get', 'read'],
    ['post', 'write'],
    ['patch', 'patch'],
    ['delete', 'delete'],
  ] as const) {
    if (item[method] === undefined) continue
    const operation = objectOf(item[method])
    const lists = parametersOf(operation).some(({ name, required }) => name === 'list' && required === true)
    found.push([lists ? 'list' : word, textOf(operation.summary)])
  }
  return found
}

export const summaryOf = (described: Described): string =>
  operationsOf(described).find(([, summary]) => summary !== '')?.[1] ??
  (textOf(described.item.description).split('\n')[0] || '')

/** Fields of a request and of its query, with their type and what they mean. */
export function fieldsOf(document: JsonObject, { item }: Described): [string, string][] {
  const fields = new Map<string, string>()
  for (const method of ['get', 'post', 'patch', 'delete']) {
    const operation = objectOf(item[method])
    for (const { in: where, name, description, schema } of parametersOf(operation)) {
      if (where === 'path' || where === 'header') continue
      fields.set(labelOf(textOf(name), objectOf(schema)), textOf(description))
    }
    const content = Object.values(objectsOf(objectOf(operation.requestBody).content))
    for (const { schema } of content) {
      const properties = objectsOf(resolved(document, objectOf(schema)).properties)
      for (const [name, about] of Object.entries(properties))
        fields.set(labelOf(name, about), textOf(about.description))
    }
  }
  return [...fields]
}

const labelOf = (name: string, schema: JsonObject): string =>
  textOf(schema.type) === '' ? name : `${name} (${textOf(schema.type)})`

const parametersOf = (operation: JsonObject): JsonObject[] => {
  const { parameters } = operation
  return Array.isArray(parameters) ? parameters.map((one: Json) => objectOf(one)) : []
}

/** Large documents keep their schemas in one place and refer to them. */
function resolved(document: JsonObject, schema: JsonObject): JsonObject {
  const name = /^#\/components\/schemas\/([^/]+)$/.exec(textOf(schema.$ref))?.[1]
  const schemas = objectsOf(objectOf(document.components).schemas)
  return name !== undefined && Object.hasOwn(schemas, name) ? objectOf(schemas[name]) : schema
}
