import type { Context } from '../../backend/context.ts'
import type { TokenSettings } from '../../backend/login.ts'
import { digestOf } from '../../backend/mount-digest.ts'
import type { OlderTokenField } from '../../backend/token-settings.ts'
import { fail } from '../../base/errors.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** What a service logs in with, and what it gets. Spans in seconds, 0 for unset. */
export type AppRole = {
  /** Names this very role: one that is made anew under the same name has none of its secret ids. */
  readonly uuid: string
  readonly roleId: string
  readonly bindSecretId: boolean
  readonly secretIdBoundCidrs: readonly string[] | null
  readonly secretIdNumUses: number
  readonly secretIdTtl: number
  /** Kept for clients: there is one cluster, to which all secret ids are local. */
  readonly localSecretIds: boolean
  readonly token: TokenSettings
  readonly olderNames: readonly OlderTokenField[]
}

export const roles = jsonRecord<AppRole>('AppRole role')
export const roleFolder = 'role/'

/** Names of roles are lower case. */
export const foldRoleName = (name: string): string => name.toLowerCase()

/** Letters, digits, `_`, `-` and `.`, at most 128, no mark at an end but `_`. */
const roleName = /^\w([\w.-]{0,126}\w)?$/

/** @throws unsupported_path for what can be no name of a role */
export function nameOf({ params }: Pick<Context, 'params'>): string {
  const { role_name: name = '' } = params
  if (!roleName.test(name)) fail('unsupported_path')
  return foldRoleName(name)
}

export const roleRow = (name: string) => roleFolder + name
export const findRole = (context: Context) => context.storage.get(roles, roleRow(nameOf(context)))

/** Which role a role id is of. A row's name is a digest, so that none names a role id. */
export const roleIds = jsonRecord<{ readonly role: string }>('AppRole role id')
export const roleIdFolder = 'role-id/'
export async function roleIdRow(context: Context, roleId: string): Promise<string> {
  return roleIdFolder + (await digestOf(context, 'role-id'))(roleId)
}

/** Secret ids of roles that are gone wait here to be cleared away. */
export const goneRoles = jsonRecord<Record<string, never>>('removed AppRole role')
export const goneFolder = 'gone/'
