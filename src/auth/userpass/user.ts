import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { failureRow } from '../../backend/lockout/lockout.ts'
import {
  blankTokenSettings,
  olderNames,
  olderTokenFields,
  shownOlderMembers,
  shownOlderNames,
  shownTokenMembers,
  shownTokenSettings,
  tokenFields,
  writtenTokenSettings,
} from '../../backend/logins/token-settings.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { fail } from '../../base/errors.ts'
import type { Passwords } from './password.ts'
import { nameOf, type User, userFolder, users } from './record.ts'

const { policies, ttl, max_ttl, bound_cidrs } = olderTokenFields
export const passwordFields = {
  password: field.string('The password of the user.', { sensitive: true, maxLength: 4096 }),
  password_hash: field.string('Refused: passwords are hashed here, and not by clients.', { sensitive: true }),
}
export const userFields = { ...passwordFields, ...tokenFields, policies, ttl, max_ttl, bound_cidrs }
export const policyFields = { token_policies: tokenFields.token_policies, policies }

type Password = FieldValues<typeof passwordFields>

/** The row of the user that the path names. @throws unsupported_path for what can be no name */
export const userRow = (context: Context) => userFolder + nameOf(context)
const find = (context: Context) => context.storage.get(users, userRow(context))

/** Whether the user that the path names is there. @throws unsupported_path for what can be no name */
export async function userExists(context: Context): Promise<boolean> {
  return (await find(context)) !== undefined
}

export const userShape = shape.object(shownTokenMembers, {
  policies: shownOlderMembers.policies,
  ttl: shownOlderMembers.ttl,
  max_ttl: shownOlderMembers.max_ttl,
  bound_cidrs: shownOlderMembers.bound_cidrs,
})

/**
 * Shows a user's settings, and nothing of the password.
 *
 * @throws not_found; unsupported_path for what can be no name
 */
export async function readUser(context: Context): Promise<Reply> {
  const user = await find(context)
  if (user === undefined) fail('not_found')
  return { data: { ...shownTokenSettings(user.token), ...shownOlderNames(user.token, user.olderNames) } }
}

/** @throws invalid_request when a new user has no password, or a setting makes no sense */
export async function writeUser(
  context: Context,
  sent: FieldValues<typeof userFields>,
  passwords: Passwords,
): Promise<Reply> {
  const before = await find(context)
  const token = writtenTokenSettings(sent, before?.token ?? blankTokenSettings)
  const names = olderNames(sent, before?.olderNames ?? [])
  const password =
    before !== undefined && sent.password === undefined && sent.password_hash === undefined
      ? before.password
      : await hashed(context, sent, passwords)
  context.storage.put(users, userRow(context), { password, token, olderNames: names })
  return {}
}

/** Removes a user, and what is known of their failed logins. @throws unsupported_path for what can be no name */
export function deleteUser(context: Context): Reply {
  context.storage.delete(userRow(context))
  context.storage.delete(failureRow(nameOf(context)))
  return {}
}

/**
 * Gives a user another password.
 *
 * @throws invalid_request without a password; invalid_request_wrapped where there is no such user; rate_limited when
 * too many passwords are being hashed
 */
export async function writePassword(context: Context, sent: Password, passwords: Passwords): Promise<Reply> {
  const user = await known(context)
  const password = await hashed(context, sent, passwords)
  context.storage.put(users, userRow(context), { ...user, password })
  return {}
}

/**
 * Gives a user other policies.
 *
 * @throws invalid_request when a setting makes no sense; invalid_request_wrapped where there is no such user
 */
export async function writePolicies(
  context: Context,
  sent: FieldValues<typeof policyFields>,
): Promise<Reply> {
  const user = await known(context)
  const token = writtenTokenSettings(sent, user.token)
  context.storage.put(users, userRow(context), {
    ...user,
    token,
    olderNames: olderNames(sent, user.olderNames),
  })
  return {}
}

async function known(context: Context): Promise<User> {
  return (await find(context)) ?? fail('invalid_request_wrapped', 'username does not exist')
}

function hashed(context: Context, { password = '', password_hash }: Password, passwords: Passwords) {
  if (password_hash !== undefined) {
    fail('invalid_request', 'password_hash is not supported; send the password, which is hashed here')
  }
  if (password === '') fail('invalid_request', 'missing password')
  return passwords.hash(context.request.fields, password, context.random)
}
