import type { Context } from '../../backend/context.ts'
import { lockoutOf } from '../../backend/lockout/lockout.ts'
import type { Renewal, Renewed } from '../../backend/logins/login.ts'
import { fromBoundAddress } from '../../backend/logins/networks.ts'
import { renewalOf } from '../../backend/logins/roles.ts'
import type { Reply } from '../../backend/message.ts'
import { wantDigest } from '../../backend/mounts/mount-digest.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { CofferError, fail } from '../../base/errors.ts'
import { type AppRole, roleIdRow, roleIds, roleRow, roles } from './record.ts'
import {
  digestSecretId,
  dropSecretId,
  findSecretId,
  type SecretId,
  secretIdFolder,
  secretIds,
} from './secret-id/record.ts'

export const loginFields = {
  role_id: field.string('The id of the role.', { maxLength: 4096 }),
  secret_id: field.string('A secret id of the role, if it binds logins to one.', {
    sensitive: true,
    maxLength: 4096,
  }),
}

/** Announces what a login reads first: the key by which a role id becomes the name of a row. */
export const wantForLogin = (context: Context): void => wantDigest(context)

/**
 * Logs a service in by the id of its role and a secret id. A use of the secret id is taken in the transaction
 * that makes the token, so that one login gets the last one, however many ask at once.
 */
export async function login(context: Context, sent: FieldValues<typeof loginFields>): Promise<Reply> {
  const { role_id: roleId = '', secret_id: secretId = '' } = sent
  if (roleId === '') fail('invalid_request', 'missing role_id')
  const { storage } = context
  const name = (await storage.get(roleIds, await roleIdRow(context, roleId)))?.role
  const role = name === undefined ? undefined : await storage.get(roles, roleRow(name))
  const lockout = await lockoutOf(context, { alias: roleId, known: role !== undefined })
  if (lockout.locked) fail('permission_denied')
  if (name === undefined || role === undefined) {
    lockout.failed()
    return { refused: wrong() }
  }
  let used: SecretId | undefined
  if (role.bindSecretId) {
    if (secretId === '') fail('invalid_request', 'missing secret_id')
    const digest = await digestSecretId(context, role, secretId)
    used = await findSecretId(context, role.uuid, digest)
    if (used === undefined) {
      lockout.failed()
      return { refused: wrong() }
    }
    checkAddress(context, used.cidrs, 'secret ID')
    checkAddress(context, role.secretIdBoundCidrs ?? [], 'role')
    takeUse(context, role, digest, used)
  } else {
    checkAddress(context, role.secretIdBoundCidrs ?? [], 'role')
  }
  lockout.succeeded()
  return { login: loginOf(name, role, used) }
}

const wrong = () => new CofferError('invalid_request', 'invalid role or secret ID')

function loginOf(name: string, role: AppRole, used: SecretId | undefined) {
  const metadata = { ...used?.metadata, role_name: name }
  const tokenCidrs = used?.tokenCidrs ?? []
  return {
    displayName: '',
    alias: { name: role.roleId, metadata: { role_name: name } },
    metadata,
    token: tokenCidrs.length === 0 ? role.token : { ...role.token, boundCidrs: tokenCidrs },
    renewAs: name,
    fromAnywhere: true as const,
  }
}

function checkAddress({ request }: Context, networks: readonly string[], of: string): void {
  const { address } = request.remote
  if (fromBoundAddress(networks, address)) return
  fail(
    'invalid_request',
    `source address ${JSON.stringify(address)} unauthorized by CIDR restrictions on the ${of}`,
  )
}

function takeUse(context: Context, { uuid }: AppRole, digest: string, used: SecretId): void {
  if (used.left === 1) dropSecretId(context, uuid, digest, used)
  if (used.left <= 1) return
  const row = secretIdFolder(uuid) + digest
  context.storage.put(secretIds, row, { ...used, left: used.left - 1, updated: context.clock.now() })
}

/** What a role grants to a renewal now; a token whose role is gone ends with its TTL. */
export async function renew({ storage }: Context, { renewAs }: Renewed): Promise<Renewal> {
  const role = await storage.get(roles, roleRow(renewAs))
  if (role === undefined) {
    fail('invalid_request_wrapped', `failed to renew entry: role "${renewAs}" does not exist during renewal`)
  }
  return renewalOf(role.token)
}
