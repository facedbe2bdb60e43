import type { Context } from '../../backend/context.ts'
import type { TokenSettings } from '../../backend/logins/login.ts'
import { roleFolder, roleNameOf } from '../../backend/logins/roles.ts'
import type { OlderTokenField } from '../../backend/logins/token-settings.ts'
import { digestOf } from '../../backend/mounts/mount-digest.ts'
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

/** @throws unsupported_path for what can be no name of a role */
export const nameOf = (context: Pick<Context, 'params'>): string => roleNameOf(context, 'role_name')

/** The row of a role. @param name in lower case */
export const roleRow = (name: string) => roleFolder + name
/** The role that the path names, if there is one. @throws unsupported_path for what can be no name of a role */
export const findRole = (context: Context) => context.storage.get(roles, roleRow(nameOf(context)))

/** Which role a role id is of. A row's name is a digest, so that none names a role id. */
export const roleIds = jsonRecord<{ readonly role: string }>('AppRole role id')
export const roleIdFolder = 'role-id/'
/** The row that says whose a role id is. @param roleId as it was written or sent */
export async function roleIdRow(context: Context, roleId: string): Promise<string> {
  return roleIdFolder + (await digestOf(context, 'role-id'))(roleId)
}

/** Secret ids of roles that are gone wait here to be cleared away. */
export const goneRoles = jsonRecord<Record<string, never>>('removed AppRole role')
export const goneFolder = 'gone/'
