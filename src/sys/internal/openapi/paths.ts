import { type Asked, answerOf, askedBy } from '../../../backend/answers/answer.ts'
import { type FieldSet, field } from '../../../backend/routes/fields.ts'
import type { SystemRoute } from '../../../backend/routes/route.ts'
import type { Json, JsonObject } from '../../../base/json/json.ts'
import { operationName, schemaName } from './names.ts'
import type { Place } from './place.ts'
import { jsonContent, objectSchema, openApiSchema, ref, responsesOf } from './schemas.ts'

/** Gives out names that are there once, and keeps schemas under theirs. */
export type Naming = {
  operation(name: string, point: string): string
  schema(name: string, schema: JsonObject): JsonObject
}

const methods = { read: 'get', list: 'get', write: 'post', patch: 'patch', delete: 'delete' } as const

/** The paths of a place, each with its operations. Names are listed at a path of its own, which ends in a slash. */
export function pathItems(place: Place, naming: Naming): [string, JsonObject][] {
  return place.routes.flatMap((route) => {
    const path = `/${place.point}${pathOf(route)}`.replace(/\/$/, '')
    const asked = askedOf(route)
    const item = (...some: Asked[]): JsonObject | undefined => {
      const operations = some
        .filter((one) => asked.has(one) && answerOf(route, one)?.kind !== 'refusal')
        .map((one) => [methods[one], operationOf(place, route, one, naming)] as const)
      return operations.length === 0
        ? undefined
        : {
            ...aboutPath(place, route, some),
            ...(some.includes('write') && route.operations.create !== undefined
              ? { 'x-vault-createSupported': true }
              : {}),
            ...Object.fromEntries(operations),
          }
    }
    const own = item('read', 'write', 'patch', 'delete')
    const names = item('list')
    const items: [string, JsonObject | undefined][] = [
      [path, own],
      [`${path}/`, names],
      // A parameter is never empty in a document, and the top has names too.
      ...(route.path === all ? pathItems({ ...place, routes: [topOf(route)] }, naming) : []),
    ]
    return items.flatMap(([at, one]) => (one === undefined ? [] : [[at, one] satisfies [string, JsonObject]]))
  })
}

/** The path of a route for all that is in a mount. */
const all = '{path+}'
const topOf = (route: SystemRoute): SystemRoute => ({ ...route, path: '', operations: {} })

const parameter = /\{(\w+)\+?\}/g
const pathOf = ({ path }: SystemRoute) => path.replace(parameter, '{$1}')

function askedOf({ operations, list, scan }: SystemRoute): ReadonlySet<Asked> {
  // The type of a declaration names no others.
  const named = Object.keys(operations) as (keyof typeof operations)[]
  return new Set([
    ...named.map((one) => askedBy[one]),
    ...((list ?? scan) === undefined ? [] : ['list' as const]),
  ])
}

const needsSudo = ({ sudo = [] }: SystemRoute, some: readonly Asked[]): boolean =>
  sudo === true || sudo.some((one) => some.includes(askedBy[one]))

function aboutPath({ mountParameter }: Place, route: SystemRoute, some: readonly Asked[]): JsonObject {
  const names = [...route.path.matchAll(parameter)].map(([, name = '']) => name)
  const inPath = (name: string, schema: JsonObject) => ({ name, in: 'path', required: true, schema })
  const parameters = [
    ...(mountParameter === undefined
      ? []
      : [
          {
            ...inPath(mountParameter.name, { type: 'string', default: mountParameter.standard }),
            description: 'Where it is mounted.',
          },
        ]),
    ...names.map((name) => inPath(name, { type: 'string' })),
  ]
  return {
    description: route.description ?? route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(needsSudo(route, some) ? { 'x-vault-sudo': true } : {}),
    ...(route.unauthenticated === true ? { 'x-vault-unauthenticated': true } : {}),
  }
}

function operationOf(place: Place, route: SystemRoute, asked: Asked, naming: Naming): JsonObject {
  const name = operationName(place, asked, route.path)
  const kept = (suffix: string) => (schema: JsonObject) => naming.schema(schemaName(name) + suffix, schema)
  const parameters = parametersOf(route, asked)
  return {
    summary: route.summary,
    operationId: naming.operation(name, place.point),
    tags: [place.table === 'auth' ? 'auth' : place.type === 'system' ? 'system' : 'secrets'],
    ...(route.unauthenticated === true ? { security: openTo(route) } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(asked === 'write' || asked === 'patch' ? bodyOf(route, asked, kept('Request')) : {}),
    responses: {
      ...responsesOf(answerOf(route, asked), kept('Response')),
      default: ref('Errors', 'responses'),
    },
  }
}

/** Without a token; where one is taken note of, with it too. */
const openTo = ({ tokenWelcome }: SystemRoute): JsonObject[] =>
  tokenWelcome === undefined ? [] : [{}, { token: [] }, { bearer: [] }]

const listFields: FieldSet = {
  after: field.string('Show names behind this one.'),
  limit: field.integer('Show at most this many names.', { minimum: 1 }),
}

function parametersOf(route: SystemRoute, asked: Asked): JsonObject[] {
  if (asked === 'list') {
    const schema = { type: 'string', enum: ['true'] }
    return [{ name: 'list', in: 'query', required: true, schema }, ...inQuery(listFields)]
  }
  if (asked !== 'read') return []
  const { fields = {}, query } = route
  if (query === undefined) return isOnlyRead(route) ? inQuery(fields) : []
  return inQuery(Object.fromEntries(Object.entries(fields).filter(([name]) => query.includes(name))))
}

const isOnlyRead = (route: SystemRoute): boolean => {
  const asked = askedOf(route)
  return !asked.has('write') && !asked.has('patch')
}

const inQuery = (fields: FieldSet): JsonObject[] =>
  Object.entries(fields).map(([name, declared]) => {
    const { description = '', ...schema } = openApiSchema(declared)
    return { name, in: 'query', description, schema: schema as Json }
  })

function bodyOf(
  { fields, query = [] }: SystemRoute,
  asked: 'write' | 'patch',
  kept: (schema: JsonObject) => JsonObject,
): JsonObject {
  const type = asked === 'patch' ? 'application/merge-patch+json' : 'application/json'
  if (fields === undefined) {
    return {
      requestBody: { required: false, ...jsonContent({ type: 'object', additionalProperties: true }, type) },
    }
  }
  const own = Object.entries(fields).filter(([name]) => !query.includes(name))
  if (own.length === 0) return {}
  return {
    requestBody: { required: true, ...jsonContent(kept(objectSchema(Object.fromEntries(own))), type) },
  }
}
