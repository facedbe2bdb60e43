import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { SystemServices } from '../services.ts'

const tables = ['auth', 'database', 'secret'] as const
type Table = (typeof tables)[number]

const refused = () =>
  fail('invalid_request', 'plugins are not loaded: every engine and method is a part of the server')

const isTable = (name: string | undefined): name is Table => tables.some((table) => table === name)

/** What can be mounted, as other servers show their plugins; all of it is built in. */
const pluginMembers = {
  builtin: shape.boolean(),
  deprecation_status: shape.string(),
  name: shape.string(),
  version: shape.string(),
}
const catalogShape = shape.object({
  auth: shape.strings(),
  database: shape.strings(),
  detailed: shape.list(shape.object({ ...pluginMembers, type: shape.string() })),
  secret: shape.strings(),
})
const pluginShape = shape.object({
  ...pluginMembers,
  args: shape.orNull(shape.strings()),
  command: shape.string(),
  sha256: shape.string(),
})

export function pluginRoutes({ mountTypes, version }: Pick<SystemServices, 'mountTypes' | 'version'>) {
  const namesOf = (table: Table) =>
    [...new Set(mountTypes().flatMap((known) => (known.table === table ? [known.type] : [])))].sort()

  const tableOf = ({ params: { type } }: SystemContext) =>
    isTable(type) ? type : fail('invalid_request', 'the type of a plugin is auth, database or secret')

  const detail = (type: Table, name: string): JsonObject => ({
    builtin: true,
    deprecation_status: 'supported',
    name,
    type,
    version: `v${version}+builtin`,
  })

  function show(context: SystemContext) {
    const { type: _, ...shown } = detail(tableOf(context), context.params.name ?? '')
    if (!namesOf(tableOf(context)).includes(context.params.name ?? '')) fail('not_found')
    return { data: { args: null, command: '', sha256: '', ...shown } }
  }

  return [
    systemRoute({
      path: 'plugins/catalog',
      summary: 'Show what can be mounted.',
      answers: { read: answer.data(catalogShape) },
      operations: {
        read: () => ({
          data: {
            ...Object.fromEntries(tables.map((table) => [table, namesOf(table)])),
            detailed: tables.flatMap((table) => namesOf(table).map((name) => detail(table, name))),
          },
        }),
      },
    }),
    systemRoute({
      path: 'plugins/catalog/{type}',
      summary: 'List what can be mounted of one kind.',
      sudo: true,
      operations: {},
      list: (context) => {
        const names = namesOf(tableOf(context))
        return names.length === 0 ? fail('not_found') : { data: { keys: names } }
      },
    }),
    systemRoute({
      path: 'plugins/catalog/{type}/{name}',
      summary: 'Show something that can be mounted. Nothing can be added or taken away.',
      sudo: true,
      answers: { read: answer.data(pluginShape), write: answer.refusal, delete: answer.refusal },
      operations: { read: show, update: refused, delete: refused },
    }),
    systemRoute({
      path: 'plugins/reload/backend',
      summary: 'Kept for clients: there are no plugins to load again.',
      answers: { write: answer.refusal },
      operations: { update: refused },
    }),
  ]
}
