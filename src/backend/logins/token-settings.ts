import { formatGoDuration } from '../../base/duration.ts'
import { fail } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json/json.ts'
import { shape } from '../answers/shape.ts'
import { type FieldValues, field } from '../routes/fields.ts'
import type { TokenSettings } from './login.ts'
import { isNetwork, shortNetwork } from './networks.ts'

/** The fields by which the roles of every auth method say what kind of token a login gets. */
export const tokenFields = {
  token_policies: field.list('Policies of the tokens.'),
  token_ttl: field.duration('Time to live of the tokens; 0 for the default of the mount.'),
  token_max_ttl: field.duration('No renewal goes beyond it; 0 for the maximum of the mount.'),
  token_explicit_max_ttl: field.duration('No renewal goes beyond it, whatever the mount allows later.'),
  token_period: field.duration('Makes the tokens periodic: each renewal gives them this time again.'),
  token_num_uses: field.integer('Uses of each token; 0 for no limit.'),
  token_type: field.string('default, service or batch.'),
  token_bound_cidrs: field.list('Networks from which logins are taken and tokens can be used.'),
  token_no_default_policy: field.boolean('The tokens do not get the policy default.'),
}

/** Older names of some of these fields, which methods that had them before still take. */
export const olderTokenFields = {
  policies: field.list('Older name of token_policies.'),
  ttl: field.duration('Older name of token_ttl.'),
  max_ttl: field.duration('Older name of token_max_ttl.'),
  period: field.duration('Older name of token_period.'),
  num_uses: field.integer('Older name of token_num_uses.'),
  bound_cidrs: field.list('Older name of token_bound_cidrs.'),
}

type Sent = FieldValues<typeof tokenFields> & Partial<FieldValues<typeof olderTokenFields>>

export const blankTokenSettings: TokenSettings = {
  ttl: 0,
  maxTtl: 0,
  explicitMaxTtl: 0,
  period: 0,
  numUses: 0,
  type: 'default',
  policies: [],
  boundCidrs: [],
  noDefaultPolicy: false,
}

/**
 * The settings after a write: what was sent, else what was there before. A newer name wins over its older one.
 *
 * @throws invalid_request when a value is out of its bounds or two do not go together
 */
export function writtenTokenSettings(sent: Sent, before: TokenSettings): TokenSettings {
  const settings: TokenSettings = {
    ttl: span('token_ttl', sent.token_ttl ?? sent.ttl) ?? before.ttl,
    maxTtl: span('token_max_ttl', sent.token_max_ttl ?? sent.max_ttl) ?? before.maxTtl,
    explicitMaxTtl: span('token_explicit_max_ttl', sent.token_explicit_max_ttl) ?? before.explicitMaxTtl,
    period: span('token_period', sent.token_period ?? sent.period) ?? before.period,
    numUses: count('token_num_uses', sent.token_num_uses ?? sent.num_uses) ?? before.numUses,
    type: tokenType(sent.token_type) ?? before.type,
    policies: sent.token_policies ?? sent.policies ?? before.policies,
    boundCidrs: networks(sent.token_bound_cidrs ?? sent.bound_cidrs) ?? before.boundCidrs,
    noDefaultPolicy: sent.token_no_default_policy ?? before.noDefaultPolicy,
  }
  checkTogether(settings)
  return settings
}

/** What {@link shownTokenSettings} shows. */
export const shownTokenMembers = {
  token_bound_cidrs: shape.strings(),
  token_explicit_max_ttl: shape.seconds(),
  token_max_ttl: shape.seconds(),
  token_no_default_policy: shape.boolean(),
  token_num_uses: shape.integer(),
  token_period: shape.seconds(),
  token_policies: shape.strings(),
  token_ttl: shape.seconds(),
  token_type: shape.oneOf(['default', 'service', 'batch']),
}

/** What {@link shownOlderNames} may show. */
export const shownOlderMembers = {
  policies: shape.strings(),
  ttl: shape.seconds(),
  max_ttl: shape.seconds(),
  period: shape.seconds(),
  num_uses: shape.integer(),
  bound_cidrs: shape.strings(),
}

/** The settings as reads show them. */
export function shownTokenSettings(settings: TokenSettings) {
  return {
    token_bound_cidrs: [...settings.boundCidrs],
    token_explicit_max_ttl: settings.explicitMaxTtl,
    token_max_ttl: settings.maxTtl,
    token_no_default_policy: settings.noDefaultPolicy,
    token_num_uses: settings.numUses,
    token_period: settings.period,
    token_policies: [...settings.policies],
    token_ttl: settings.ttl,
    token_type: settings.type,
  }
}

export type OlderTokenField = keyof typeof olderTokenFields

/** The older names that reads repeat: a setting is known by the name under which it was written last. */
export function olderNames(sent: Sent, before: readonly OlderTokenField[]): readonly OlderTokenField[] {
  // Object.keys says string[]; these are the names above.
  const all = Object.keys(olderTokenFields) as OlderTokenField[]
  return all.filter((name) => {
    if (sent[`token_${name}`] !== undefined) return false
    return sent[name] !== undefined || before.includes(name)
  })
}

/** Settings under the older names that were used for them. */
export function shownOlderNames(settings: TokenSettings, names: readonly OlderTokenField[]): JsonObject {
  const older: Record<OlderTokenField, Json> = {
    policies: [...settings.policies],
    ttl: settings.ttl,
    max_ttl: settings.maxTtl,
    period: settings.period,
    num_uses: settings.numUses,
    bound_cidrs: [...settings.boundCidrs],
  }
  return Object.fromEntries(names.map((name) => [name, older[name]]))
}

function checkTogether({ ttl, maxTtl, type, numUses, period }: TokenSettings): void {
  if (maxTtl > 0 && ttl > maxTtl) {
    fail('invalid_request', "'token_ttl' cannot be greater than 'token_max_ttl'")
  }
  const batch = "'token_type' cannot be 'batch' or 'default_batch' when set to generate"
  if (type === 'batch' && numUses > 0) fail('invalid_request', `${batch} tokens with limited use count`)
  if (type === 'batch' && period > 0) fail('invalid_request', `${batch} periodic tokens`)
}

function span(name: string, seconds: number | undefined): number | undefined {
  if (seconds !== undefined && seconds < 0) {
    fail(
      'invalid_request',
      `error converting input for field "${name}": cannot provide negative value '${formatGoDuration(seconds)}'`,
    )
  }
  return seconds
}

function count(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && value < 0) fail('invalid_request', `'${name}' cannot be negative`)
  return value
}

function tokenType(text: string | undefined): TokenSettings['type'] | undefined {
  switch (text) {
    case undefined:
      return undefined
    case '':
    case 'default':
      return 'default'
    case 'service':
    case 'batch':
      return text
    default:
      fail('invalid_request', `invalid 'token_type' value ${JSON.stringify(text)}`)
  }
}

/** The most networks of one role: each is looked at on every use of its tokens. */
const maxNetworks = 256

/**
 * A list of networks that tokens are bound to.
 *
 * @throws invalid_request when one is no address and no network, or there are too many
 */
export function networks(list: readonly string[] | undefined): readonly string[] | undefined {
  if (list === undefined) return undefined
  if (list.length > maxNetworks)
    fail('invalid_request', `more than ${maxNetworks} networks in token_bound_cidrs`)
  for (const text of list) {
    if (!isNetwork(text)) {
      fail(
        'invalid_request',
        `error parsing address ${JSON.stringify(text.slice(0, 64))} of token_bound_cidrs: neither an IP address nor a network`,
      )
    }
  }
  return list.map(shortNetwork)
}
