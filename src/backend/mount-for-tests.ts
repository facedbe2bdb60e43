import type { Clock } from '../base/clock.ts'
import type { JsonObject } from '../base/json/json.ts'
import { systemRandom } from '../base/random.ts'
import type { Backend } from './backend.ts'
import type { Context } from './context.ts'
import { rowsInMemory } from './memory-for-tests.ts'
import type { Reply } from './message.ts'
import type { RequestPath } from './routes/path.ts'
import { createRouter } from './routes/router.ts'

type Verb = 'read' | 'update' | 'delete' | 'list'

/** One mount of a backend by itself, over rows in memory: what it answers and warns, without a server. */
export function mountForTests({ type, kind, routes }: Backend, clock: Clock) {
  const router = createRouter(routes)
  const storage = rowsInMemory()
  const warnings: string[] = []
  const point = kind === 'auth' ? `auth/${type}/` : `${type}/`

  const contextOf = (
    path: string,
    params: Readonly<Record<string, string>> = {},
    fields: JsonObject = {},
  ): Context => ({
    request: {
      id: 'test',
      operation: 'update',
      path: `${point}${path}` as RequestPath,
      wrapTtl: undefined,
      remote: { address: '127.0.0.1', port: 1 },
      fields,
      hasBody: true,
    },
    params,
    standIn: async () => undefined,
    mount: {
      table: kind,
      path: `${type}/`,
      type,
      uuid: 'uuid',
      accessor: `${kind}_${type}_00000000`,
      description: '',
      options: null,
      local: false,
      sealWrap: false,
      config: { defaultLeaseTtl: 0, maxLeaseTtl: 0, forceNoCache: false },
    },
    ttl: { default: 2_764_800, max: 2_764_800 },
    storage,
    caller: undefined,
    clock,
    random: systemRandom,
    warn: (text) => warnings.push(text),
  })

  async function call(verb: Verb, path: string, fields: JsonObject = {}): Promise<Reply> {
    const found = router.match(path)
    if (found === undefined) throw new Error(`no route for ${path}`)
    const context = contextOf(path, found.params, fields)
    if (verb === 'list') {
      if (found.route.list === undefined) throw new Error(`no list at ${path}`)
      return found.route.list(context, {})
    }
    const handler = found.route.operations[verb]
    if (handler === undefined || found.route.reader === undefined) throw new Error(`no ${verb} at ${path}`)
    found.route.prefetch?.(context)
    return handler(context, (await found.route.reader.read(fields)).values)
  }

  return {
    warnings,
    call,
    contextOf,
    write: (path: string, fields: JsonObject) => call('update', path, fields),
  }
}
