import { answer } from '../../backend/answers/answer.ts'
import { type Members, shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { foldRoleName } from '../../backend/logins/roles.ts'
import { shownOlderNames } from '../../backend/logins/token-settings.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type AppRole, findRole } from './record.ts'
import { changed, type SentSettings, settingFields, storeRole } from './role.ts'

/** One setting of a role at a path of its own. */
type Setting = {
  readonly path: string
  readonly summary: string
  /** The name of the setting, and an older one. */
  readonly names: readonly (keyof SentSettings)[]
  readonly show: (role: AppRole) => JsonObject
  /** What that has, and what it may have. */
  readonly members: Members
  readonly optional?: Members
  /** What was sent to make it what it is for a new role. */
  readonly reset: SentSettings
}

const cidrs = (role: AppRole) => (role.secretIdBoundCidrs === null ? null : [...role.secretIdBoundCidrs])
const older = (role: AppRole, name: 'policies' | 'period') =>
  role.olderNames.includes(name) ? shownOlderNames(role.token, [name]) : {}

const settings: readonly Setting[] = [
  {
    path: 'policies',
    summary: 'The policies of the tokens of a role.',
    names: ['token_policies', 'policies'],
    show: (role) => ({ token_policies: [...role.token.policies], ...older(role, 'policies') }),
    members: { token_policies: shape.strings() },
    optional: { policies: shape.strings() },
    reset: { token_policies: [] },
  },
  {
    path: 'bound-cidr-list',
    summary: 'Older path of secret-id-bound-cidrs.',
    names: ['bound_cidr_list'],
    show: (role) => ({ bound_cidr_list: cidrs(role) }),
    members: { bound_cidr_list: shape.orNull(shape.strings()) },
    reset: { secret_id_bound_cidrs: [] },
  },
  {
    path: 'secret-id-bound-cidrs',
    summary: 'The networks from which secret ids of a role can be used.',
    names: ['secret_id_bound_cidrs'],
    show: (role) => ({ secret_id_bound_cidrs: cidrs(role) }),
    members: { secret_id_bound_cidrs: shape.orNull(shape.strings()) },
    reset: { secret_id_bound_cidrs: [] },
  },
  {
    path: 'token-bound-cidrs',
    summary: 'The networks from which tokens of a role can be used.',
    names: ['token_bound_cidrs'],
    show: (role) => ({ token_bound_cidrs: [...role.token.boundCidrs] }),
    members: { token_bound_cidrs: shape.strings() },
    reset: { token_bound_cidrs: [] },
  },
  {
    path: 'bind-secret-id',
    summary: 'Whether a login needs a secret id.',
    names: ['bind_secret_id'],
    show: (role) => ({ bind_secret_id: role.bindSecretId }),
    members: { bind_secret_id: shape.boolean() },
    reset: { bind_secret_id: true },
  },
  {
    path: 'secret-id-num-uses',
    summary: 'How many logins each secret id is good for.',
    names: ['secret_id_num_uses'],
    show: (role) => ({ secret_id_num_uses: role.secretIdNumUses }),
    members: { secret_id_num_uses: shape.integer() },
    reset: { secret_id_num_uses: 0 },
  },
  {
    path: 'secret-id-ttl',
    summary: 'How long secret ids live.',
    names: ['secret_id_ttl'],
    show: (role) => ({ secret_id_ttl: role.secretIdTtl }),
    members: { secret_id_ttl: shape.seconds() },
    reset: { secret_id_ttl: 0 },
  },
  {
    path: 'period',
    summary: 'The period of the tokens of a role.',
    names: ['token_period', 'period'],
    show: (role) => ({ token_period: role.token.period, ...older(role, 'period') }),
    members: { token_period: shape.seconds() },
    optional: { period: shape.seconds() },
    reset: { token_period: 0 },
  },
  {
    path: 'token-num-uses',
    summary: 'How many uses the tokens of a role have.',
    names: ['token_num_uses'],
    show: (role) => ({ token_num_uses: role.token.numUses }),
    members: { token_num_uses: shape.integer() },
    reset: { token_num_uses: 0 },
  },
  {
    path: 'token-ttl',
    summary: 'How long tokens of a role live.',
    names: ['token_ttl'],
    show: (role) => ({ token_ttl: role.token.ttl }),
    members: { token_ttl: shape.seconds() },
    reset: { token_ttl: 0 },
  },
  {
    path: 'token-max-ttl',
    summary: 'The longest that tokens of a role live.',
    names: ['token_max_ttl'],
    show: (role) => ({ token_max_ttl: role.token.maxTtl }),
    members: { token_max_ttl: shape.seconds() },
    reset: { token_max_ttl: 0 },
  },
]

const folded = { parameter: 'role_name', fold: foldRoleName }
const pathOf = (name: string) => `role/{role_name}/${name}`

export const settingRoutes: readonly EngineRoute[] = [
  ...settings.map((setting) =>
    route({
      path: pathOf(setting.path),
      folded,
      summary: setting.summary,
      fields: Object.fromEntries(setting.names.map((name) => [name, settingFields[name]])),
      answers: { read: answer.data(shape.object(setting.members, setting.optional)) },
      operations: {
        read: (context) => read(context, setting.show),
        // The fields are those of the setting alone.
        update: (context, sent) => write(context, setting, sent as SentSettings),
        delete: (context) => reset(context, setting),
      },
    }),
  ),
  route({
    path: pathOf('local-secret-ids'),
    folded,
    summary: 'Whether secret ids stay on one cluster; kept for clients.',
    answers: { read: answer.data(shape.object({ local_secret_ids: shape.boolean() })) },
    operations: { read: (context) => read(context, (role) => ({ local_secret_ids: role.localSecretIds })) },
  }),
  route({
    path: pathOf('role-id'),
    folded,
    summary: 'The id that logins name a role by.',
    fields: { role_id: field.string('Any text that no other role has.', { maxLength: 4096 }) },
    answers: { read: answer.data(shape.object({ role_id: shape.string() })) },
    operations: {
      read: (context) => read(context, (role) => ({ role_id: role.roleId })),
      update: async (context, { role_id: roleId = '' }) => {
        const role = (await findRole(context)) ?? fail('unsupported_path')
        if (roleId === '') fail('invalid_request', 'missing role_id')
        await storeRole(context, { ...role, roleId }, role)
        return {}
      },
    },
  }),
]

async function read(context: Context, show: Setting['show']): Promise<Reply> {
  const role = await findRole(context)
  return role === undefined ? fail('not_found') : { data: show(role) }
}

async function write(context: Context, { names }: Setting, sent: SentSettings): Promise<Reply> {
  const role = (await findRole(context)) ?? fail('unsupported_path')
  if (names.every((name) => sent[name] === undefined)) fail('invalid_request', `missing ${names[0]}`)
  checkTtls(role, sent)
  await storeRole(context, changed(role, sent), role)
  return {}
}

/** Said in these words where one of the two is set by itself. */
function checkTtls({ token }: AppRole, { token_ttl: ttl, token_max_ttl: max }: SentSettings): void {
  if (ttl !== undefined && token.maxTtl > 0 && ttl > token.maxTtl) {
    fail('invalid_request', 'token_ttl should not be greater than token_max_ttl')
  }
  if (max !== undefined && max > 0 && token.ttl > max) {
    fail('invalid_request', 'token_max_ttl should be greater than or equal to token_ttl')
  }
}

async function reset(context: Context, setting: Setting): Promise<Reply> {
  const role = await findRole(context)
  if (role === undefined) return {}
  const kept = role.olderNames.filter((name) => !setting.names.includes(name as keyof SentSettings))
  await storeRole(context, { ...changed(role, setting.reset), olderNames: kept }, role)
  return {}
}
