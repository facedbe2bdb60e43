import { answer } from '../../backend/answers/answer.ts'
import type { Backend } from '../../backend/backend.ts'
import { foldRoleName, roleFolder, roleListRoute } from '../../backend/logins/roles.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { login, loginFields, renew, wantForLogin } from './login.ts'
import { roles } from './record.ts'
import { deleteRole, readRole, roleExists, roleFields, roleShape, writeRole } from './role.ts'
import { custom, customFields, generate, madeShape, makeFields } from './secret-id/make.ts'
import {
  accessorField,
  destroy,
  destroyByAccessor,
  listAccessors,
  lookup,
  lookupByAccessor,
  secretIdField,
  secretIdShape,
} from './secret-id/manage.ts'
import { settingRoutes } from './settings.ts'
import { tidy } from './tidy.ts'

const folded = { parameter: 'role_name', fold: foldRoleName }

const secretIdRoutes: readonly EngineRoute[] = [
  route({
    path: 'role/{role_name}/secret-id',
    folded,
    summary: 'Make a secret id, and list the accessors of those there are.',
    fields: makeFields,
    answers: { write: answer.data(madeShape) },
    operations: { update: generate },
    list: listAccessors,
  }),
  route({
    path: 'role/{role_name}/custom-secret-id',
    folded,
    summary: 'Make a secret id that you chose.',
    fields: customFields,
    answers: { write: answer.data(madeShape) },
    operations: { update: custom },
  }),
  route({
    path: 'role/{role_name}/secret-id/lookup',
    folded,
    summary: 'Show what a secret id is good for.',
    fields: secretIdField,
    answers: { write: answer.dataOrNothing(secretIdShape) },
    operations: { update: lookup },
  }),
  route({
    path: 'role/{role_name}/secret-id/destroy',
    folded,
    summary: 'End a secret id.',
    fields: secretIdField,
    operations: { update: destroy, delete: destroy },
  }),
  route({
    path: 'role/{role_name}/secret-id-accessor/lookup',
    folded,
    summary: 'Show what the secret id of an accessor is good for.',
    fields: accessorField,
    answers: { write: answer.data(secretIdShape) },
    operations: { update: lookupByAccessor },
  }),
  route({
    path: 'role/{role_name}/secret-id-accessor/destroy',
    folded,
    summary: 'End the secret id of an accessor.',
    fields: accessorField,
    operations: { update: destroyByAccessor, delete: destroyByAccessor },
  }),
]

/**
 * Logins of services, by the id of a role and a secret id. Rows: `role/<name>`, `role-id/<digest>`, for each secret
 * id `secret-id/<role>/<digest>`, `accessor/<role>/<accessor>` and, if it ends, `end/<time>-<accessor>`; `gone/<role>`
 * for a role whose secret ids are still there; and those of lockouts and of the mount's key.
 */
export const approle: Backend = {
  type: 'approle',
  kind: 'auth',
  renew,
  grants: { folder: roleFolder, kind: roles },
  routes: [
    roleListRoute,
    route({
      path: 'role/{role_name}',
      folded,
      summary: 'Say what a login must bring and what it gets.',
      fields: roleFields,
      answers: { read: answer.data(roleShape) },
      operations: { read: readRole, create: writeRole, update: writeRole, delete: deleteRole },
      exists: roleExists,
    }),
    ...settingRoutes,
    ...secretIdRoutes,
    route({
      path: 'tidy/secret-id',
      summary: 'Clear away secret ids that have ended.',
      operations: { update: tidy },
    }),
    route({
      path: 'login',
      summary: 'Log in with the id of a role and a secret id.',
      fields: loginFields,
      answers: { write: answer.auth },
      operations: { update: login },
      unauthenticated: true,
      prefetch: wantForLogin,
    }),
  ],
}
