import type { Backend } from '../../backend/backend.ts'
import type { Context } from '../../backend/context.ts'
import { listFolder } from '../../backend/listing.ts'
import type { Renewal, Renewed } from '../../backend/login.ts'
import { type EngineRoute, route } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import { configFields, readConfig, writeConfig } from './config.ts'
import { configName, configs } from './config-record.ts'
import { login, loginFields, wantForLogin } from './login.ts'
import { foldRoleName, readRole, roleFields, roleFolder, roleRow, roles, writeRole } from './role.ts'
import { createTools, type Tools, type ToolsOptions } from './tools.ts'

/** Logins of Kubernetes service accounts. Rows: `config`, and `role/<name>`. */
export function kubernetesMethod(options?: ToolsOptions): Backend {
  return { type: 'kubernetes', kind: 'auth', routes: routesOf(createTools(options)), renew }
}

function routesOf(tools: Tools): readonly EngineRoute[] {
  return [
    route({
      path: 'config',
      summary: 'Say which API server is asked about tokens.',
      fields: configFields,
      operations: { read: readConfig, update: writeConfig },
      prefetch: (context) => context.storage.want(configs, configName),
    }),
    route({
      path: 'role',
      summary: 'List the roles.',
      operations: {},
      list: (context, options) => listFolder(context, context.storage, roleFolder, options),
    }),
    route({
      path: 'role/{name}',
      folded: { parameter: 'name', fold: foldRoleName },
      summary: 'Say which service accounts may log in and what they get.',
      fields: roleFields,
      operations: {
        read: readRole,
        create: writeRole,
        update: writeRole,
        delete: (context) => {
          context.storage.delete(roleRow(context))
          return {}
        },
      },
      exists: async (context) => (await context.storage.get(roles, roleRow(context))) !== undefined,
    }),
    route({
      path: 'login',
      summary: 'Log in with the token of a service account.',
      fields: loginFields,
      operations: { update: (context, sent) => login(context, sent, tools) },
      unauthenticated: true,
      prefetch: wantForLogin,
    }),
  ]
}

/** What a role grants to a renewal now; a token whose role is gone ends with its TTL. */
async function renew(context: Context, { renewAs: name }: Renewed): Promise<Renewal> {
  const role = await context.storage.get(roles, roleFolder + name)
  if (role === undefined) {
    fail('invalid_request_wrapped', `failed to renew entry: role ${name} does not exist during renewal`)
  }
  const { ttl, maxTtl, period } = role.token
  return { ttl, maxTtl, period }
}
