import { shape } from '../../backend/answers/shape.ts'
import type { Context } from '../../backend/context.ts'
import { roleRow } from '../../backend/logins/roles.ts'
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
import { type KubernetesRole, roles } from './record.ts'
import { parseSelector } from './selector.ts'

export const roleFields = {
  bound_service_account_names: field.list('Names of service accounts that may log in; * for all.'),
  bound_service_account_namespaces: field.list('Namespaces whose service accounts may log in; * for all.'),
  bound_service_account_namespace_selector: field.string(
    'Label selector, JSON or YAML, for namespaces whose service accounts may log in too.',
    { maxLength: 16_384 },
  ),
  audience: field.string('Audience that the token must have.', { maxLength: 2048 }),
  alias_name_source: field.string('serviceaccount_uid, the default, or serviceaccount_name.'),
  ...tokenFields,
  ...olderTokenFields,
}

type Sent = FieldValues<typeof roleFields>

const blank: KubernetesRole = {
  names: [],
  namespaces: [],
  namespaceSelector: '',
  audience: '',
  aliasNameSource: 'serviceaccount_uid',
  token: blankTokenSettings,
  olderNames: [],
}

/** Shows a role. @throws not_found; unsupported_path for what can be no name of a role */
export async function readRole(context: Context): Promise<Reply> {
  const role = await context.storage.get(roles, roleRow(context))
  if (role === undefined) fail('not_found')
  return {
    data: {
      alias_name_source: role.aliasNameSource,
      ...(role.audience === '' ? {} : { audience: role.audience }),
      bound_service_account_names: [...role.names],
      bound_service_account_namespace_selector: role.namespaceSelector,
      bound_service_account_namespaces: [...role.namespaces],
      ...shownTokenSettings(role.token),
      ...shownOlderNames(role.token, role.olderNames),
    },
  }
}

export const roleShape = shape.object(
  {
    alias_name_source: shape.oneOf(['serviceaccount_uid', 'serviceaccount_name']),
    bound_service_account_names: shape.strings(),
    bound_service_account_namespace_selector: shape.string(),
    bound_service_account_namespaces: shape.strings(),
    ...shownTokenMembers,
  },
  { audience: shape.string(), ...shownOlderMembers },
)

/**
 * Makes a role, or changes in one what was sent.
 *
 * @throws invalid_request when a setting makes no sense, alone or with the others; unsupported_path for what can be no
 * name of a role
 */
export async function writeRole(context: Context, sent: Sent): Promise<Reply> {
  const before = (await context.storage.get(roles, roleRow(context))) ?? blank
  const role: KubernetesRole = {
    names: sent.bound_service_account_names ?? before.names,
    namespaces: sent.bound_service_account_namespaces ?? before.namespaces,
    namespaceSelector: sent.bound_service_account_namespace_selector ?? before.namespaceSelector,
    audience: sent.audience ?? before.audience,
    aliasNameSource: aliasNameSource(sent.alias_name_source || before.aliasNameSource),
    token: writtenTokenSettings(sent, before.token),
    olderNames: olderNames(sent, before.olderNames),
  }
  await check(role)
  const warnings = checkBounds(role, context.ttl.max)
  context.storage.put(roles, roleRow(context), role)
  return warnings.length === 0 ? {} : { warnings }
}

function aliasNameSource(text: string): KubernetesRole['aliasNameSource'] {
  if (text === 'serviceaccount_uid' || text === 'serviceaccount_name') return text
  fail(
    'invalid_request',
    'invalid alias_name_source, must be one of: serviceaccount_uid, serviceaccount_name',
  )
}

async function check({ names, namespaces, namespaceSelector }: KubernetesRole): Promise<void> {
  if (names.length === 0) fail('invalid_request', '"bound_service_account_names" can not be empty')
  if (namespaces.length === 0 && namespaceSelector === '') {
    fail(
      'invalid_request',
      '"bound_service_account_namespaces" can not be empty if "bound_service_account_namespace_selector" is not set',
    )
  }
  for (const list of [names, namespaces]) {
    if (list.length > 1 && list.includes('*')) fail('invalid_request', 'can not mix "*" with values')
  }
  if (namespaceSelector !== '' && (await parseSelector(namespaceSelector)) === undefined) {
    fail('invalid_request', 'invalid "bound_service_account_namespace_selector" configured')
  }
}

/** @param max the mount's longest TTL, seconds */
function checkBounds({ token }: KubernetesRole, max: number): string[] {
  if (token.period > max) {
    const [period, limit] = [token.period, max].map((seconds) => `"${formatGoDuration(seconds)}"`)
    fail(
      'invalid_request',
      `token period of '${period}' is greater than the backend's maximum lease TTL of '${limit}'`,
    )
  }
  return token.maxTtl > max
    ? [
        "max_ttl is greater than the system or backend mount's maximum TTL value; issued tokens' max TTL value will be truncated",
      ]
    : []
}
