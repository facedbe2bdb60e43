import type { Context } from '../../backend/context.ts'
import { rowsInMemory } from '../../backend/memory-for-tests.ts'
import type { Reply } from '../../backend/message.ts'
import type { RequestPath } from '../../backend/path.ts'
import { createRouter } from '../../backend/router.ts'
import type { Clock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json.ts'
import { systemRandom } from '../../base/random.ts'
import { jwt } from './backend.ts'
import type { ToolsOptions } from './tools.ts'

type Verb = 'read' | 'update' | 'delete' | 'list'

/** One mount of the method by itself, over rows in memory: what it answers and warns, without a server. */
export function mountForTests(clock: Clock, options: Partial<ToolsOptions> = {}) {
  const [method] = jwt({ clock, ...options })
  if (method === undefined) throw new Error('no method')
  const router = createRouter(method.routes)
  const storage = rowsInMemory()
  const warnings: string[] = []

  const contextOf = (
    path: string,
    params: Readonly<Record<string, string>>,
    fields: JsonObject,
  ): Context => ({
    request: {
      id: 'test',
      operation: 'update',
      path: `auth/jwt/${path}` as RequestPath,
      wrapTtl: undefined,
      remote: { address: '127.0.0.1', port: 1 },
      fields,
      hasBody: true,
    },
    params,
    standIn: async () => undefined,
    mount: {
      table: 'auth',
      path: 'jwt/',
      type: 'jwt',
      uuid: 'uuid',
      accessor: 'auth_jwt_00000000',
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
    write: (path: string, fields: JsonObject) => call('update', path, fields),
    async login(jwt: string, role?: string) {
      const { login } = await call('update', 'login', { jwt, ...(role === undefined ? {} : { role }) })
      if (login === undefined) throw new Error('no login')
      return login
    },
    renew: (role: string) => {
      if (method.renew === undefined) throw new Error('no renewal')
      return method.renew(contextOf('renew', {}, {}), { renewAs: role, policies: [] })
    },
  }
}
