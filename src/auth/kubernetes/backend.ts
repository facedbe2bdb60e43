import { answer } from '../../backend/answers/answer.ts'
import type { Backend } from '../../backend/backend.ts'
import { roleFolder, roleRoutes } from '../../backend/logins/roles.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { configFields, configShape, readConfig, writeConfig } from './config.ts'
import { login, loginFields, renew, wantForLogin } from './login.ts'
import { configName, configs, roles } from './record.ts'
import { readRole, roleFields, roleShape, writeRole } from './role.ts'
import { createTools, type Tools, type ToolsOptions } from './tools.ts'

/** Logins of Kubernetes service accounts. Rows: `config`, and `role/<name>`. */
export function kubernetes(options?: ToolsOptions): Backend {
  return {
    type: 'kubernetes',
    kind: 'auth',
    routes: routesOf(createTools(options)),
    renew,
    grants: { folder: roleFolder, kind: roles },
  }
}

function routesOf(tools: Tools): readonly EngineRoute[] {
  return [
    route({
      path: 'config',
      summary: 'Say which API server is asked about tokens.',
      fields: configFields,
      answers: { read: answer.data(configShape) },
      operations: { read: readConfig, update: writeConfig },
      prefetch: (context) => context.storage.want(configs, configName),
    }),
    ...roleRoutes({
      kind: roles,
      summary: 'Say which service accounts may log in and what they get.',
      fields: roleFields,
      shown: answer.data(roleShape),
      read: readRole,
      write: writeRole,
    }),
    route({
      path: 'login',
      summary: 'Log in with the token of a service account.',
      fields: loginFields,
      answers: { write: answer.auth },
      operations: { update: (context, sent) => login(context, sent, tools) },
      unauthenticated: true,
      prefetch: wantForLogin,
    }),
  ]
}
