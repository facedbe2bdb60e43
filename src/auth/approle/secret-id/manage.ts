import { shape, type ValueOf } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { field } from '../../../backend/routes/fields.ts'
import { maxNames } from '../../../backend/routes/listing.ts'
import { fail } from '../../../base/errors.ts'
import type { ListOptions } from '../../../storage/store.ts'
import { type AppRole, findRole } from '../record.ts'
import { spelled } from '../role.ts'
import {
  accessorFolder,
  accessors,
  digestSecretId,
  dropSecretId,
  findSecretId,
  type SecretId,
} from './record.ts'

export const secretIdField = { secret_id: field.string('The secret id.', { sensitive: true }) }
export const accessorField = { secret_id_accessor: field.string('The accessor of the secret id.') }

/** The accessors of a role's secret ids. */
export async function listAccessors(context: Context, options: ListOptions): Promise<Reply> {
  const role = await findRole(context)
  if (role === undefined) fail('invalid_request', noRole(context))
  const { names } = await context.storage.list(accessorFolder(role.uuid), {
    ...options,
    limit: options.limit ?? maxNames,
  })
  return names.length === 0 ? fail('not_found') : { data: { keys: [...names] } }
}

/**
 * Shows what a secret id is good for; an answer without content where the role has no such one.
 *
 * @throws invalid_request without a secret id; invalid_request_wrapped where there is no such role
 */
export async function lookup(context: Context, { secret_id: id = '' }): Promise<Reply> {
  if (id === '') fail('invalid_request', 'missing secret_id')
  const role = await existing(context)
  const found = await findSecretId(context, role.uuid, await digestSecretId(context, role, id))
  return found === undefined ? {} : { data: shown(found) }
}

/**
 * Ends a secret id of a role, at once; nothing happens where it has no such one.
 *
 * @throws invalid_request without a secret id; invalid_request_wrapped where there is no such role
 */
export async function destroy(context: Context, { secret_id: id = '' }): Promise<Reply> {
  if (id === '') fail('invalid_request', 'missing secret_id')
  const role = await existing(context)
  const digest = await digestSecretId(context, role, id)
  const found = await findSecretId(context, role.uuid, digest)
  if (found !== undefined) dropSecretId(context, role.uuid, digest, found)
  return {}
}

/**
 * Shows what the secret id of an accessor is good for. Answers 404 with a text in `data` where the role has none.
 *
 * @throws invalid_request without an accessor; invalid_request_wrapped where there is no such role
 */
export async function lookupByAccessor(context: Context, sent: { secret_id_accessor?: string }) {
  const { found, accessor } = await byAccessor(context, sent)
  if (found !== undefined) return { data: shown(found.secretId) }
  return { status: 404, data: { error: noAccessor(accessor) } }
}

/**
 * Ends the secret id of an accessor, at once.
 *
 * @throws invalid_request without an accessor; invalid_request_wrapped where there is no such role, or it has none
 */
export async function destroyByAccessor(context: Context, sent: { secret_id_accessor?: string }) {
  const { role, found, accessor } = await byAccessor(context, sent)
  if (found === undefined) fail('invalid_request_wrapped', noAccessor(accessor))
  dropSecretId(context, role.uuid, found.digest, found.secretId)
  return {}
}

async function byAccessor(context: Context, { secret_id_accessor: accessor = '' }) {
  if (accessor === '') fail('invalid_request', 'missing secret_id_accessor')
  const role = await existing(context)
  const isOne = /^[0-9a-f-]{36}$/.test(accessor)
  const row = isOne ? await context.storage.get(accessors, accessorFolder(role.uuid) + accessor) : undefined
  const secretId = row === undefined ? undefined : await findSecretId(context, role.uuid, row.digest)
  const found = row === undefined || secretId === undefined ? undefined : { digest: row.digest, secretId }
  return { role, found, accessor }
}

async function existing(context: Context): Promise<AppRole> {
  return (await findRole(context)) ?? fail('invalid_request_wrapped', noRole(context))
}

const noRole = (context: Context) => `role ${JSON.stringify(spelled(context))} does not exist`
const noAccessor = (accessor: string) =>
  `failed to find accessor entry for secret_id_accessor: ${JSON.stringify(accessor.slice(0, 64))}`

/** An end that never comes, as clients of the API know it. */
const never = '0001-01-01T00:00:00Z'

export const secretIdShape = shape.object({
  cidr_list: shape.strings(),
  creation_time: shape.time(),
  expiration_time: shape.time(),
  last_updated_time: shape.time(),
  metadata: shape.texts(),
  secret_id_accessor: shape.string(),
  secret_id_num_uses: shape.integer(),
  secret_id_ttl: shape.seconds(),
  token_bound_cidrs: shape.strings(),
})

function shown({
  accessor,
  created,
  updated,
  expires,
  ttl,
  left,
  cidrs,
  tokenCidrs,
  metadata,
}: SecretId): ValueOf<typeof secretIdShape> {
  return {
    cidr_list: [...cidrs],
    creation_time: new Date(created).toISOString(),
    expiration_time: expires === 0 ? never : new Date(expires).toISOString(),
    last_updated_time: new Date(updated).toISOString(),
    metadata: { ...metadata },
    secret_id_accessor: accessor,
    secret_id_num_uses: left,
    secret_id_ttl: ttl,
    token_bound_cidrs: [...tokenCidrs],
  }
}
