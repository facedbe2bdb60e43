import type { Context } from '../../backend/context.ts'
import { lockoutOf, wantLockout } from '../../backend/lockout/lockout.ts'
import type { Renewal, Renewed } from '../../backend/logins/login.ts'
import { renewalOf } from '../../backend/logins/roles.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { CofferError, fail } from '../../base/errors.ts'
import { finalPolicies } from '../../policy/names.ts'
import type { Passwords } from './password.ts'
import { foldUserName, isUserName, nameOf, userFolder, users } from './record.ts'

export const loginFields = {
  password: field.string('The password of the user.', { sensitive: true, maxLength: 4096 }),
}

/** Announces what a login reads, so that it comes in one round trip. */
export function wantForLogin(context: Context): void {
  const { username = '' } = context.params
  if (!isUserName(username)) return
  const name = foldUserName(username)
  context.storage.want(users, userFolder + name)
  wantLockout(context, name)
}

/**
 * Logs somebody in by their password. A name that nobody has costs the same time, the same writes and the same
 * refusals as one that somebody has.
 */
export async function login(
  context: Context,
  { password = '' }: FieldValues<typeof loginFields>,
  passwords: Passwords,
): Promise<Reply> {
  const name = nameOf(context)
  if (password === '') fail('invalid_request', 'missing password')
  const { storage, request } = context
  const user = await storage.get(users, userFolder + name)
  const lockout = await lockoutOf(context, { alias: name, known: user !== undefined })
  if (lockout.locked) fail('permission_denied')
  if (!(await passwords.matches(request.fields, password, user?.password)) || user === undefined) {
    lockout.failed()
    return { refused: new CofferError('invalid_request', 'invalid username or password') }
  }
  lockout.succeeded()
  if (passwords.isOutdated(user.password)) {
    const renewed = await passwords.hash(request.fields, password, context.random)
    storage.put(users, userFolder + name, { ...user, password: renewed })
  }
  const metadata = { username: name }
  return {
    login: {
      displayName: name,
      alias: { name, metadata },
      metadata,
      token: user.token,
      renewAs: name,
    },
  }
}

/** What a user's settings grant to a renewal now; none where the user is gone or has other policies. */
export async function renew({ storage }: Context, { renewAs, policies }: Renewed): Promise<Renewal> {
  const user = await storage.get(users, userFolder + renewAs)
  if (user === undefined) {
    fail('invalid_request_wrapped', 'failed to renew entry: the user does not exist any more')
  }
  const now = finalPolicies(user.token.policies, { noDefault: user.token.noDefaultPolicy })
  if (now.join('\n') !== policies.join('\n')) {
    fail('invalid_request_wrapped', 'failed to renew entry: policies have changed, not renewing')
  }
  return renewalOf(user.token)
}
