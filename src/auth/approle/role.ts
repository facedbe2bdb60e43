import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { failureRow } from '../../backend/lockout/lockout.ts'
import { isNetwork } from '../../backend/logins/networks.ts'
import { foldRoleName } from '../../backend/logins/roles.ts'
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
import { formatGoDuration } from '../../base/duration.ts'
import { fail } from '../../base/errors.ts'
import {
  type AppRole,
  findRole,
  goneFolder,
  goneRoles,
  nameOf,
  roleIdRow,
  roleIds,
  roleRow,
  roles,
} from './record.ts'

const { policies, period } = olderTokenFields
export const settingFields = {
  bind_secret_id: field.boolean('A login needs a secret id; true unless said otherwise.'),
  bound_cidr_list: field.list('Older name of secret_id_bound_cidrs.'),
  secret_id_bound_cidrs: field.list('Networks from which secret ids can be used.'),
  secret_id_num_uses: field.integer('Logins with each secret id; 0 for no limit.'),
  secret_id_ttl: field.duration('Time to live of secret ids; 0 for no end.'),
  ...tokenFields,
  policies,
  period,
}
export const roleFields = {
  ...settingFields,
  role_id: field.string('The id that logins name the role by; drawn if absent.', { maxLength: 4096 }),
  local_secret_ids: field.boolean('Kept for clients; can be set only when the role is made.'),
}
export type SentSettings = FieldValues<typeof settingFields>

/** Whether the role that the path names is there. @throws unsupported_path for what can be no name of a role */
export async function roleExists(context: Context): Promise<boolean> {
  return (await findRole(context)) !== undefined
}

const ownMembers = {
  bind_secret_id: shape.boolean(),
  local_secret_ids: shape.boolean(),
  secret_id_bound_cidrs: shape.orNull(shape.strings()),
  secret_id_num_uses: shape.integer(),
  secret_id_ttl: shape.seconds(),
}
export const roleShape = shape.object(
  { ...ownMembers, ...shownTokenMembers },
  { policies: shownOlderMembers.policies, period: shownOlderMembers.period },
)

/** Shows a role. @throws not_found; unsupported_path for what can be no name of a role */
export async function readRole(context: Context): Promise<Reply> {
  const role = await findRole(context)
  if (role === undefined) fail('not_found')
  return {
    data: {
      bind_secret_id: role.bindSecretId,
      local_secret_ids: role.localSecretIds,
      secret_id_bound_cidrs: role.secretIdBoundCidrs === null ? null : [...role.secretIdBoundCidrs],
      secret_id_num_uses: role.secretIdNumUses,
      secret_id_ttl: role.secretIdTtl,
      ...shownTokenSettings(role.token),
      ...shownOlderNames(role.token, role.olderNames),
    },
  }
}

const blank = (context: Context): AppRole => ({
  uuid: context.random.uuid(),
  roleId: context.random.uuid(),
  bindSecretId: true,
  secretIdBoundCidrs: null,
  secretIdNumUses: 0,
  secretIdTtl: 0,
  localSecretIds: false,
  token: blankTokenSettings,
  olderNames: [],
})

/** @throws invalid_request when a setting makes no sense, or the role id is another role's */
export async function writeRole(context: Context, sent: FieldValues<typeof roleFields>): Promise<Reply> {
  const before = await findRole(context)
  const { local_secret_ids: local } = sent
  if (before !== undefined && local !== undefined && local !== before.localSecretIds) {
    fail('invalid_request', 'local_secret_ids can only be modified during role creation')
  }
  if (sent.role_id === '' && before === undefined) {
    fail('invalid_request', 'invalid role_id supplied, or failed to generate a role_id')
  }
  const old = before ?? { ...blank(context), localSecretIds: local ?? false }
  const role = { ...changed(old, sent), roleId: sent.role_id || old.roleId }
  await storeRole(context, role, before)
  const warning =
    role.token.maxTtl > context.ttl.max
      ? "token max ttl is greater than the system or backend mount's maximum TTL value; issued tokens' max TTL value will be truncated"
      : undefined
  return warning === undefined ? {} : { warnings: [warning] }
}

/** A role with what was sent. */
export function changed(role: AppRole, sent: SentSettings): AppRole {
  const cidrs = networksOf(sent.secret_id_bound_cidrs ?? sent.bound_cidr_list, 'secret_id_bound_cidrs')
  return {
    ...role,
    bindSecretId: sent.bind_secret_id ?? role.bindSecretId,
    secretIdBoundCidrs: cidrs === undefined ? role.secretIdBoundCidrs : cidrs,
    secretIdNumUses: notNegative('secret_id_num_uses', sent.secret_id_num_uses) ?? role.secretIdNumUses,
    secretIdTtl: notNegative('secret_id_ttl', sent.secret_id_ttl) ?? role.secretIdTtl,
    token: writtenTokenSettings(sent, role.token),
    olderNames: olderNames(sent, role.olderNames),
  }
}

/** Keeps a role, under its role id too, which no other role has. */
export async function storeRole(context: Context, role: AppRole, before: AppRole | undefined): Promise<void> {
  const bound = role.bindSecretId || role.secretIdBoundCidrs !== null || role.token.boundCidrs.length > 0
  if (!bound) {
    fail('invalid_request_wrapped', 'at least one constraint should be enabled on the role')
  }
  if (role.token.period > context.ttl.max) {
    const [span, max] = [role.token.period, context.ttl.max].map(formatGoDuration)
    fail('invalid_request', `period of "${span}" is greater than the backend's maximum lease TTL of "${max}"`)
  }
  const { storage } = context
  const name = nameOf(context)
  if (role.roleId !== before?.roleId) {
    const row = await roleIdRow(context, role.roleId)
    if ((await storage.get(roleIds, row)) !== undefined) {
      fail('invalid_request_wrapped', 'role_id already in use')
    }
    storage.put(roleIds, row, { role: name })
    if (before !== undefined) await forgetRoleId(context, before.roleId)
  }
  storage.put(roles, roleRow(name), role)
}

async function forgetRoleId(context: Context, roleId: string): Promise<void> {
  context.storage.delete(await roleIdRow(context, roleId))
  context.storage.delete(failureRow(roleId))
}

/** Ends a role with all its secret ids, at once; their rows are cleared away afterwards. */
export async function deleteRole(context: Context): Promise<Reply> {
  const role = await findRole(context)
  if (role === undefined) return {}
  context.storage.delete(roleRow(nameOf(context)))
  await forgetRoleId(context, role.roleId)
  context.storage.put(goneRoles, goneFolder + role.uuid, {})
  return {}
}

/**
 * Networks of secret ids, of which none is undefined.
 *
 * @param name of their field, for errors
 * @throws invalid_request_wrapped for what is no network
 */
export function networksOf(
  list: readonly string[] | undefined,
  name: string,
): readonly string[] | null | undefined {
  if (list === undefined) return undefined
  if (list.length > 256) fail('invalid_request', `more than 256 networks in ${name}`)
  const wrong = list.find((text) => !text.includes('/') || !isNetwork(text))
  if (wrong !== undefined) {
    const shown = wrong.slice(0, 64)
    fail(
      'invalid_request_wrapped',
      `failed to validate CIDR blocks: invalid CIDR address: ${shown} (in ${name})`,
    )
  }
  return list.length === 0 ? null : list
}

/** What was sent as a count or a span in seconds. @param name of its field. @throws invalid_request below zero */
export function notNegative(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && value < 0) fail('invalid_request', `${name} cannot be negative`)
  return value
}

/** The name that a path spells, as answers about unknown roles show it. */
export const spelled = (context: Context): string => foldRoleName(context.params.role_name ?? '')
