import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { networks } from '../../backend/logins/token-settings.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { namesOf } from '../../backend/routes/listing.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { type OlderName, olderNameList, roleFolder, roles, type TokenRole } from './record.ts'

const blank: TokenRole = {
  allowedPolicies: [],
  allowedPoliciesGlob: [],
  disallowedPolicies: [],
  disallowedPoliciesGlob: [],
  allowedEntityAliases: [],
  orphan: false,
  renewable: true,
  pathSuffix: '',
  period: 0,
  explicitMaxTtl: 0,
  numUses: 0,
  boundCidrs: [],
  noDefaultPolicy: false,
  olderNames: [],
  tokenType: 'default-service',
}

const fields = {
  allowed_policies: field.list('Policies that its tokens may have.'),
  allowed_policies_glob: field.list('Patterns of policies that its tokens may have.'),
  disallowed_policies: field.list('Policies that its tokens may not have.'),
  disallowed_policies_glob: field.list('Patterns of policies that its tokens may not have.'),
  allowed_entity_aliases: field.list('Names or patterns of the entity aliases that callers may ask for.'),
  orphan: field.boolean('Its tokens have no parent.'),
  renewable: field.boolean('Its tokens can be renewed.'),
  path_suffix: field.string('Ends the path of its tokens, so that they can be revoked together.'),
  token_period: field.duration('Makes its tokens periodic.'),
  period: field.duration('Older name of token_period.'),
  token_explicit_max_ttl: field.duration('No renewal goes beyond it.'),
  explicit_max_ttl: field.duration('Older name of token_explicit_max_ttl.'),
  token_num_uses: field.integer('Uses of each token; 0 for no limit.'),
  token_bound_cidrs: field.list('Networks from which its tokens can be used.'),
  bound_cidrs: field.list('Older name of token_bound_cidrs.'),
  token_no_default_policy: field.boolean('Its tokens do not get the policy default.'),
  token_type: field.string('service, batch, default-service or default-batch.'),
}

const nameOf = (context: SystemContext) => roleFolder + (context.params.name ?? '')

const roleShape = shape.object(
  {
    allowed_entity_aliases: shape.strings(),
    allowed_policies: shape.strings(),
    allowed_policies_glob: shape.strings(),
    disallowed_policies: shape.strings(),
    disallowed_policies_glob: shape.strings(),
    explicit_max_ttl: shape.seconds(),
    name: shape.string(),
    orphan: shape.boolean(),
    path_suffix: shape.string(),
    period: shape.seconds(),
    renewable: shape.boolean(),
    token_explicit_max_ttl: shape.seconds(),
    token_no_default_policy: shape.boolean(),
    token_period: shape.seconds(),
    token_type: shape.oneOf(['service', 'batch', 'default-service', 'default-batch']),
  },
  { bound_cidrs: shape.strings(), token_bound_cidrs: shape.strings(), token_num_uses: shape.integer() },
)

async function read(context: SystemContext): Promise<Reply> {
  const role = await context.storage.get(roles, nameOf(context))
  if (role === undefined) fail('not_found')
  return {
    data: {
      allowed_entity_aliases: [...role.allowedEntityAliases],
      allowed_policies: [...role.allowedPolicies],
      allowed_policies_glob: [...role.allowedPoliciesGlob],
      ...(role.olderNames.includes('bound_cidrs') ? { bound_cidrs: [...role.boundCidrs] } : {}),
      ...(role.boundCidrs.length > 0 ? { token_bound_cidrs: [...role.boundCidrs] } : {}),
      disallowed_policies: [...role.disallowedPolicies],
      disallowed_policies_glob: [...role.disallowedPoliciesGlob],
      explicit_max_ttl: role.olderNames.includes('explicit_max_ttl') ? role.explicitMaxTtl : 0,
      name: context.params.name ?? '',
      orphan: role.orphan,
      path_suffix: role.pathSuffix,
      period: role.olderNames.includes('period') ? role.period : 0,
      renewable: role.renewable,
      token_explicit_max_ttl: role.explicitMaxTtl,
      token_no_default_policy: role.noDefaultPolicy,
      ...(role.numUses > 0 ? { token_num_uses: role.numUses } : {}),
      token_period: role.period,
      token_type: role.tokenType,
    },
  }
}

async function write(context: SystemContext, sent: FieldValues<typeof fields>): Promise<Reply> {
  const before = (await context.storage.get(roles, nameOf(context))) ?? blank
  const role: TokenRole = {
    allowedPolicies: names(sent.allowed_policies) ?? before.allowedPolicies,
    allowedPoliciesGlob: names(sent.allowed_policies_glob) ?? before.allowedPoliciesGlob,
    disallowedPolicies: names(sent.disallowed_policies) ?? before.disallowedPolicies,
    disallowedPoliciesGlob: names(sent.disallowed_policies_glob) ?? before.disallowedPoliciesGlob,
    allowedEntityAliases: names(sent.allowed_entity_aliases) ?? before.allowedEntityAliases,
    orphan: sent.orphan ?? before.orphan,
    renewable: sent.renewable ?? before.renewable,
    pathSuffix: suffix(sent.path_suffix) ?? before.pathSuffix,
    period: notNegative('token_period', sent.token_period ?? sent.period) ?? before.period,
    explicitMaxTtl:
      notNegative('token_explicit_max_ttl', sent.token_explicit_max_ttl ?? sent.explicit_max_ttl) ??
      before.explicitMaxTtl,
    numUses: notNegative('token_num_uses', sent.token_num_uses) ?? before.numUses,
    boundCidrs: networks(sent.token_bound_cidrs ?? sent.bound_cidrs) ?? before.boundCidrs,
    noDefaultPolicy: sent.token_no_default_policy ?? before.noDefaultPolicy,
    olderNames: olderNames(before, sent),
    tokenType: tokenType(sent.token_type) ?? before.tokenType,
  }
  checkBatch(role)
  context.storage.put(roles, nameOf(context), role)
  const warnings = warningsOf(context, sent, role)
  return warnings.length === 0 ? {} : { warnings }
}

function olderNames(before: TokenRole, sent: FieldValues<typeof fields>): OlderName[] {
  return olderNameList.filter(
    (name) =>
      sent[`token_${name}`] === undefined && (sent[name] !== undefined || before.olderNames.includes(name)),
  )
}

/** Lower-cased, sorted, each once. */
const names = (list: readonly string[] | undefined) =>
  list === undefined ? undefined : [...new Set(list.map((name) => name.trim().toLowerCase()))].sort()

function suffix(text: string | undefined): string | undefined {
  if (text !== undefined && !/^(?!\.{1,2}$)[\w.-]{0,64}$/.test(text)) {
    fail(
      'invalid_request',
      'path_suffix may hold letters, digits, "_", "." and "-" only, at most 64, and not be dots alone',
    )
  }
  return text
}

function notNegative(name: string, value: number | undefined): number | undefined {
  if (value !== undefined && value < 0) fail('invalid_request', `'${name}' cannot be negative`)
  return value
}

function tokenType(text: string | undefined): TokenRole['tokenType'] | undefined {
  switch (text) {
    case undefined:
    case '':
      return undefined
    case 'service':
    case 'batch':
    case 'default-service':
    case 'default-batch':
      return text
    case 'default':
      return 'default-service'
    default:
      fail('invalid_request', `invalid 'token_type' value ${JSON.stringify(text)}`)
  }
}

function checkBatch(role: TokenRole): void {
  if (role.tokenType !== 'batch') return
  const refuse = (kind: string): never =>
    fail('invalid_request', `'token_type' cannot be 'batch' when role is set to generate ${kind} tokens`)
  if (!role.orphan) refuse('non-orphan')
  if (role.period > 0) refuse('periodic')
  if (role.numUses > 0) refuse('limited use count')
  if (role.renewable) refuse('renewable')
  if (role.explicitMaxTtl > 0) {
    fail(
      'invalid_request',
      "'token_type' cannot be 'batch' when role is set to generate tokens with an explicit max TTL",
    )
  }
}

/** Which of two names of a setting counts, and what no token of the role will get. */
function warningsOf(
  { ttl: { max } }: SystemContext,
  sent: FieldValues<typeof fields>,
  role: TokenRole,
): string[] {
  const both = olderNameList.filter(
    (older) => sent[older] !== undefined && sent[`token_${older}`] !== undefined,
  )
  return [
    ...both.map(
      (older) =>
        `Both 'token_${older}' and deprecated '${older}' value supplied, ignoring the deprecated value`,
    ),
    ...(role.explicitMaxTtl > max
      ? [
          `Given explicit max TTL of ${role.explicitMaxTtl} is greater than system/mount allowed value of ` +
            `${max} seconds; tokens of this role live no longer than that`,
        ]
      : []),
  ]
}

export const roleRoutes = [
  systemRoute({
    path: 'roles',
    summary: 'List the token roles.',
    operations: {},
    list: async (context, options) => {
      const keys = await namesOf((page) => context.storage.list(roleFolder, page), options)
      return keys.length === 0 ? fail('not_found') : { data: { keys } }
    },
  }),
  systemRoute({
    path: 'roles/{name}',
    summary: 'Read, write and delete a token role.',
    fields,
    answers: { read: answer.data(roleShape) },
    operations: {
      read,
      create: write,
      update: write,
      delete: (context) => {
        context.storage.delete(nameOf(context))
        return {}
      },
    },
    exists: async (context) => (await context.storage.get(roles, nameOf(context))) !== undefined,
  }),
]
