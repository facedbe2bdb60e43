import { answer } from '../../backend/answers/answer.ts'
import type { Backend } from '../../backend/backend.ts'
import { listFolder } from '../../backend/routes/listing.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { login, loginFields, renew, wantForLogin } from './login.ts'
import { createPasswords, type Passwords } from './password.ts'
import { foldUserName, userFolder, users } from './record.ts'
import {
  deleteUser,
  passwordFields,
  policyFields,
  readUser,
  userExists,
  userFields,
  userShape,
  writePassword,
  writePolicies,
  writeUser,
} from './user.ts'

/** Logins with a name and a password. Rows: `users/<name>`, and those of lockouts and of the mount's key. */
export function userpass(passwords: Passwords = createPasswords()): Backend {
  const grants = { folder: userFolder, kind: users }
  return { type: 'userpass', kind: 'auth', routes: routesOf(passwords), renew, grants }
}

const folded = { parameter: 'username', fold: foldUserName }

const routesOf = (passwords: Passwords): readonly EngineRoute[] => [
  route({
    path: 'users',
    summary: 'List the users.',
    operations: {},
    list: (context, options) => listFolder(context, context.storage, userFolder, options),
  }),
  route({
    path: 'users/{username}',
    folded,
    summary: 'Read, write and delete a user.',
    fields: userFields,
    answers: { read: answer.data(userShape) },
    operations: {
      read: readUser,
      create: (context, sent) => writeUser(context, sent, passwords),
      update: (context, sent) => writeUser(context, sent, passwords),
      delete: deleteUser,
    },
    exists: userExists,
  }),
  route({
    path: 'users/{username}/password',
    folded,
    summary: 'Set the password of a user.',
    fields: passwordFields,
    operations: { update: (context, sent) => writePassword(context, sent, passwords) },
  }),
  route({
    path: 'users/{username}/policies',
    folded,
    summary: 'Set the policies of a user.',
    fields: policyFields,
    operations: { update: writePolicies },
  }),
  route({
    path: 'login/{username}',
    folded,
    summary: 'Log in with a password.',
    fields: loginFields,
    answers: { write: answer.auth },
    operations: { update: (context, sent) => login(context, sent, passwords) },
    unauthenticated: true,
    prefetch: wantForLogin,
  }),
]
