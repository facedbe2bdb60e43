import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { type Mount, mountPoint } from '../../backend/mount.ts'
import { readMounts } from '../../backend/mount-table.ts'
import { type SystemRoute, systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import type { SystemServices } from '../services.ts'

const parameter = /\{(\w+)\+?\}/g

/** The description of the API (OpenAPI 3.1) of the mounts that the caller can use, made from the routes. */
export function openApiRoute(services: SystemServices): SystemRoute {
  return systemRoute({
    path: 'internal/specs/openapi',
    summary: 'The description of this API.',
    unauthenticated: true,
    tokenWelcome: true,
    answers: { read: answer.bare(shape.anyObject('An OpenAPI document.')) },
    operations: {
      read: async ({ tx, caller }) => {
        if (caller === undefined) fail('permission_denied')
        const { mounts } = await readMounts(tx)
        const paths: JsonObject = {}
        for (const mount of mounts.filter((one) => caller.acl.mayReach(mountPoint(one)))) {
          for (const route of [...services.routesOf(mount), ...openRoutesOf(services, mount)]) {
            paths[pathOf(mount, route)] = describe(mount, route)
          }
        }
        const title = 'Coffer: secrets over the Vault HTTP API'
        return { bare: { openapi: '3.1.0', info: { title, version: services.version }, paths } }
      },
    },
  })
}

/** Routes that answer in every state of the node are declared with their whole path. */
function openRoutesOf({ seal }: SystemServices, mount: Mount): readonly SystemRoute[] {
  if (mount.type !== 'system') return []
  // Only the declarations are read here.
  return seal.open.map((route) => ({
    ...route,
    path: route.path.slice('sys/'.length),
  })) as unknown as SystemRoute[]
}

const pathOf = (mount: Mount, { path }: SystemRoute) =>
  `/${mountPoint(mount)}${path.replace(parameter, '{$1}')}`

function describe(mount: Mount, route: SystemRoute): JsonObject {
  const names = [...route.path.matchAll(parameter)].map(([, name = '']) => name)
  const item: JsonObject = {
    description: route.description ?? route.summary,
    ...(names.length === 0
      ? {}
      : {
          parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
        }),
    'x-vault-sudo': route.sudo !== undefined,
    'x-vault-unauthenticated': route.unauthenticated === true,
  }
  const { read, create, update, patch, delete: remove } = route.operations
  const operation = (verb: string, extra: JsonObject = {}): JsonObject => ({
    summary: route.summary,
    operationId: `${verb}-${mountPoint(mount)}${route.path}`.replace(/[^A-Za-z0-9]+/g, '-'),
    tags: [mount.table === 'auth' ? 'auth' : mount.type === 'system' ? 'system' : 'secrets'],
    responses: { '200': { description: 'OK' } },
    ...extra,
  })
  const body = bodyOf(route)
  if (read !== undefined) item.get = operation('read')
  else if (route.list !== undefined) item.get = operation('list', { parameters: listParameters })
  if (update !== undefined || create !== undefined) item.post = operation('write', body)
  if (patch !== undefined) item.patch = operation('patch', body)
  if (remove !== undefined) item.delete = operation('delete')
  return item
}

const listParameters: Json[] = [
  { name: 'list', in: 'query', required: true, schema: { type: 'string', enum: ['true'] } },
  { name: 'after', in: 'query', schema: { type: 'string' } },
  { name: 'limit', in: 'query', schema: { type: 'integer' } },
]

function bodyOf({ fields }: SystemRoute): JsonObject {
  // TypeBox schemas are JSON Schema; their JSON form drops what only the types need.
  const properties = JSON.parse(JSON.stringify(fields ?? {})) as JsonObject
  const schema = { type: 'object', properties }
  return { requestBody: { required: true, content: { 'application/json': { schema } } } }
}
