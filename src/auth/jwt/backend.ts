import { answer } from '../../backend/answers/answer.ts'
import type { Backend } from '../../backend/backend.ts'
import { roleFolder, roleRoutes } from '../../backend/logins/roles.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { configFields, configShape, readConfig, writeConfig } from './config.ts'
import { login, loginFields, renew, wantForLogin } from './login.ts'
import { oidcRoutes } from './oidc/routes.ts'
import { configName, configs, roles } from './record.ts'
import { readRole, roleFields, roleShape, writeRole } from './role.ts'
import { createTools, type Tools, type ToolsOptions } from './tools.ts'

/**
 * Logins with JSON Web Tokens, and in a browser by OpenID Connect. Rows: `config`, `role/<name>`, and
 * `oidc/pending/<place>` for logins in progress. The method goes by two names; both are
 * the same and share what this process knows of providers.
 */
export function jwt(options: ToolsOptions): readonly Backend[] {
  const routes = routesOf(createTools(options))
  const grants = { folder: roleFolder, kind: roles }
  return [
    { type: 'jwt', kind: 'auth', routes, renew, grants },
    { type: 'oidc', kind: 'auth', routes, renew, grants },
  ]
}

function routesOf(tools: Tools): readonly EngineRoute[] {
  return [
    route({
      path: 'config',
      summary: 'Say whose tokens are trusted.',
      fields: configFields,
      answers: { read: answer.data(configShape) },
      operations: {
        read: (context) => readConfig(context, tools),
        update: (context, sent) => writeConfig(context, sent, tools),
      },
      prefetch: (context) => context.storage.want(configs, configName),
    }),
    ...roleRoutes({
      kind: roles,
      summary: 'Say what a login must bring and what it gets.',
      fields: roleFields,
      shown: answer.data(roleShape),
      read: readRole,
      write: writeRole,
    }),
    route({
      path: 'login',
      summary: 'Log in with a token of an identity provider.',
      fields: loginFields,
      answers: { write: answer.auth },
      operations: { update: (context, sent) => login(context, sent, tools) },
      unauthenticated: true,
      prefetch: wantForLogin,
    }),
    ...oidcRoutes(tools),
  ]
}
