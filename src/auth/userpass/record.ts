import type { Context } from '../../backend/context.ts'
import type { TokenSettings } from '../../backend/logins/login.ts'
import type { OlderTokenField } from '../../backend/logins/token-settings.ts'
import { fail } from '../../base/errors.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { PasswordHash } from './password.ts'

/** Somebody with a password. */
export type User = {
  readonly password: PasswordHash
  readonly token: TokenSettings
  /** Older names under which token settings were written; reads repeat them. */
  readonly olderNames: readonly OlderTokenField[]
}

export const users = jsonRecord<User>('user')
export const userFolder = 'users/'

/** Names are lower case, so that no spelling of one is another user. */
export const foldUserName = (name: string): string => name.toLowerCase()

/** Letters, digits, `_`, `-`, `.` and `@`, at most 128, no mark at an end but `_`. */
const userName = /^\w([\w.@-]{0,126}\w)?$/

/**
 * The user that a path names.
 *
 * @throws unsupported_path for what can be no name, whoever exists
 */
export function nameOf({ params }: Pick<Context, 'params'>): string {
  const { username = '' } = params
  if (!userName.test(username)) fail('unsupported_path')
  return foldUserName(username)
}

/** Whether a text can name a user, whoever exists. */
export const isUserName = (text: string): boolean => userName.test(text)
