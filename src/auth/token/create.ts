import { answer } from '../../backend/answers/answer.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import { authReply } from '../../backend/logins/auth-reply.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { refuseWrappingPolicy } from '../../backend/wrapping.ts'
import { fail } from '../../base/errors.ts'
import { isRawNumber, type Json } from '../../base/json/json.ts'
import { enter } from '../../identity/login.ts'
import { identityOfToken } from '../../identity/resolve.ts'
import { globMatches } from '../../policy/glob.ts'
import { foldNames } from '../../policy/names.ts'
import { policyKey, storedPolicies } from '../../policy/stored.ts'
import { createToken } from '../../token/create.ts'
import type { TokenRecord } from '../../token/record.ts'
import { decideTtl } from '../../token/ttl.ts'
import { isRoot } from '../../token/view.ts'
import { findRole, type TokenRole } from './record.ts'
import type { TokenServices } from './services.ts'

const fields = {
  id: field.string('An id chosen by the caller; needs root or sudo.', {
    sensitive: true,
    maxLength: 512,
  }),
  policies: field.array('Policies; without it, the parent’s.', { maxItems: 1000 }),
  meta: field.object('Texts to keep with the token.'),
  metadata: field.object('Another name of meta.'),
  ttl: field.duration('How long the token lives.'),
  lease: field.duration('Older name of ttl.'),
  explicit_max_ttl: field.duration('No renewal goes beyond it.'),
  period: field.duration('Makes the token periodic; needs root or sudo.'),
  num_uses: field.integer('Requests that it is good for; 0 for no limit.'),
  display_name: field.string('Shown in audit logs and lookups.', { maxLength: 512 }),
  no_parent: field.boolean('Makes an orphan; needs root or sudo.'),
  no_default_policy: field.boolean('Leaves out the policy default.'),
  renewable: field.boolean('Whether it can be renewed.'),
  type: field.string('service or batch.'),
  entity_alias: field.string('Name of the entity alias; with a role that allows it.', { maxLength: 512 }),
}
type Wanted = FieldValues<typeof fields>

/** How a token is asked for: by which path, with which role. */
type Way = {
  readonly orphan: boolean
  readonly role?: { readonly name: string; readonly settings: TokenRole }
}

/** `create`, `create-orphan` and `create/{role}`: tokens made by tokens. */
export const createRoutes = (services: TokenServices) => [
  systemRoute({
    path: 'create',
    summary: 'Create a token.',
    fields,
    answers: { write: answer.auth },
    operations: { update: (context, wanted) => create(services, context, wanted, { orphan: false }) },
  }),
  systemRoute({
    path: 'create-orphan',
    summary: 'Create a token without a parent.',
    fields,
    answers: { write: answer.auth },
    operations: { update: (context, wanted) => create(services, context, wanted, { orphan: true }) },
  }),
  systemRoute({
    path: 'create/{role}',
    summary: 'Create a token as a role says.',
    fields,
    answers: { write: answer.auth },
    operations: {
      update: async (context, wanted) => {
        const name = context.params.role ?? ''
        const settings = await findRole(context.storage, name)
        if (settings === undefined) fail('invalid_request', `unknown role ${name}`)
        return create(services, context, wanted, { orphan: settings.orphan, role: { name, settings } })
      },
    },
  }),
]

async function create(
  services: TokenServices,
  context: SystemContext,
  wanted: Wanted,
  way: Way,
): Promise<Reply> {
  const caller = callerOf(context)
  const parent = caller.token
  if (parent.record.numUses > 0) fail('invalid_request', 'restricted use token cannot generate child tokens')
  if (parent.type === 'batch') fail('invalid_request', 'batch tokens cannot create more tokens')
  const privileged = isRoot(parent.record) || caller.acl.sudo(context.request.path)
  checkNumbers(wanted)
  checkPrivileges(wanted, privileged)

  const type = typeOf(wanted, way.role?.settings)
  const policies = policiesOf(wanted, way, parent.record.policies, privileged)
  const locker = isLocker(way, parent.record, type, policies)
  const alone = way.orphan || (wanted.no_parent ?? false)
  const orphan = alone || locker
  const numUses = lesser(wanted.num_uses ?? 0, way.role?.settings.numUses ?? 0)
  checkType(type, { ...wanted, num_uses: numUses }, policies)
  await warnOfMissing(context, policies)
  const { ttl, explicitMaxTtl, period } = lifetime(
    context,
    wanted,
    way,
    policies,
    parent.record.creationTtl === 0,
  )
  const entityId = await entityOf(services, context, wanted, way, alone)

  const created = await createToken(context.tx, services.tokens(), {
    ...(wanted.id === undefined ? {} : { id: chosenId(context, wanted.id) }),
    type,
    policies,
    displayName: displayName(wanted.display_name),
    meta: metadata(wanted.meta ?? wanted.metadata),
    path: pathOf(way),
    ttl,
    explicitMaxTtl,
    period,
    numUses,
    renewable: (wanted.renewable ?? true) && (way.role?.settings.renewable ?? true),
    entityId,
    boundCidrs: networksOf(way.role?.settings, alone ? undefined : parent.record),
    role: way.role?.name ?? '',
    mount: context.mount.uuid,
    parent: orphan ? undefined : parent,
    locker: locker && !alone ? { maker: parent.record.person } : undefined,
  })
  const identity = await identityOfToken(context.tx, created.record)
  return { auth: authReply(created, type, identity?.policies ?? [], orphan) }
}

/**
 * What somebody with a space hands to a job: a token with no policy but `default`. It opens nothing of theirs,
 * so it takes none of the policies of their groups, and need not end with the hour of their login. It ends at
 * its time, with its last use, and when the person is disabled.
 */
const isLocker = (
  way: Way,
  parent: TokenRecord,
  type: 'service' | 'batch',
  policies: readonly string[],
): boolean =>
  way.role === undefined &&
  parent.space !== undefined &&
  type === 'service' &&
  policies.every((name) => name === 'default')

/** Those of the role; without any a child keeps the bounds of its parent. */
const networksOf = (...bound: readonly ({ readonly boundCidrs: readonly string[] } | undefined)[]) =>
  bound.find((one) => one !== undefined && one.boundCidrs.length > 0)?.boundCidrs ?? []

function checkNumbers({ ttl, lease, explicit_max_ttl, period, num_uses }: Wanted): void {
  if ((num_uses ?? 0) < 0) fail('invalid_request', 'number of uses cannot be negative')
  if ((ttl ?? lease ?? 0) < 0) fail('invalid_request', 'ttl must be positive')
  if ((explicit_max_ttl ?? 0) < 0) fail('invalid_request', 'explicit_max_ttl must be positive')
  if ((period ?? 0) < 0) fail('invalid_request', 'period must be positive')
}

function checkPrivileges(wanted: Wanted, privileged: boolean): void {
  if (privileged) return
  const need = (what: string): never => fail('invalid_request', `root or sudo privileges required to ${what}`)
  if (wanted.id !== undefined) need('specify token id')
  if ((wanted.period ?? 0) > 0) need('create periodic token')
  if (wanted.no_parent === true) need('create orphan token')
}

function typeOf({ type }: Wanted, role: TokenRole | undefined): 'service' | 'batch' {
  if (role?.tokenType === 'service' || role?.tokenType === 'batch') return role.tokenType
  switch (type) {
    case undefined:
    case '':
      return role?.tokenType === 'default-batch' ? 'batch' : 'service'
    case 'service':
    case 'batch':
      return type
    default:
      fail('invalid_request', "invalid 'token_type' value")
  }
}

function checkType(type: 'service' | 'batch', wanted: Wanted, policies: readonly string[]): void {
  if (type === 'service') return
  const refuse = (name: string): never => fail('invalid_request', `batch tokens cannot have "${name}" set`)
  if ((wanted.num_uses ?? 0) > 0) refuse('num_uses')
  if ((wanted.period ?? 0) > 0) refuse('period')
  if ((wanted.explicit_max_ttl ?? 0) > 0) refuse('explicit_max_ttl')
  if (policies.includes('root')) fail('invalid_request', 'batch tokens cannot be root tokens')
}

/**
 * Policies of the new token, final. A child of an ordinary parent gets a subset of the parent's; a role
 * with lists of its own bounds by these instead; sudo lifts the bound but for root.
 */
function policiesOf(
  wanted: Wanted,
  way: Way,
  parents: readonly string[],
  privileged: boolean,
): readonly string[] {
  const asked = foldNames(wanted.policies ?? [])
  const role = way.role?.settings
  const noDefault = wanted.no_default_policy === true || role?.noDefaultPolicy === true
  let policies: string[]
  if (role !== undefined && hasLists(role)) {
    policies = byRole(asked, role, noDefault, parents)
  } else {
    policies = asked.length > 0 ? asked : [...parents]
    const inherits = asked.length === 0
    if (!noDefault && !inherits && (privileged || parents.includes('default'))) policies.push('default')
    if (noDefault) policies = policies.filter((name) => name !== 'default')
    const within = parents.includes('root') || policies.every((name) => parents.includes(name))
    if (!privileged && !within) fail('invalid_request', 'child policies must be subset of parent')
  }
  if (policies.includes('root')) {
    if (!parents.includes('root')) {
      fail('invalid_request', 'root tokens may not be created without parent token being root')
    }
    return ['root']
  }
  refuseWrappingPolicy(policies)
  return [...new Set(policies)].sort()
}

const hasLists = (role: TokenRole) =>
  role.allowedPolicies.length +
    role.allowedPoliciesGlob.length +
    role.disallowedPolicies.length +
    role.disallowedPoliciesGlob.length >
  0

function byRole(
  asked: readonly string[],
  role: TokenRole,
  noDefault: boolean,
  parents: readonly string[],
): string[] {
  const allows = role.allowedPolicies.length + role.allowedPoliciesGlob.length > 0
  // A role that only refuses some leaves a child what its parent has.
  const policies = [...(asked.length > 0 ? asked : allows ? role.allowedPolicies : parents)]
  const refused = (name: string) =>
    role.disallowedPolicies.includes(name) ||
    role.disallowedPoliciesGlob.some((glob) => globMatches(glob, name))
  if (!noDefault && !refused('default')) policies.push('default')
  for (const name of policies) {
    if (refused(name)) fail('invalid_request', `token policy "${name}" is disallowed by this role`)
  }
  const allowed = (name: string) =>
    (name === 'default' && !noDefault) ||
    role.allowedPolicies.includes(name) ||
    role.allowedPoliciesGlob.some((glob) => globMatches(glob, name))
  if (allows && !policies.every(allowed)) {
    fail(
      'invalid_request',
      `token policies (${quoted(policies)}) must be subset of the role's allowed policies ` +
        `(${quoted(role.allowedPolicies)}) or glob policies (${quoted(role.allowedPoliciesGlob)})`,
    )
  }
  return noDefault ? policies.filter((name) => name !== 'default') : policies
}

const quoted = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(' ')}]`

async function warnOfMissing({ tx, warn }: SystemContext, policies: readonly string[]): Promise<void> {
  const named = policies.filter((name) => name !== 'root')
  await tx.fetch(named.map((name) => ({ kind: storedPolicies, key: policyKey(name) })))
  for (const name of named) {
    if ((await tx.get(storedPolicies, policyKey(name))) === undefined) warn(`Policy "${name}" does not exist`)
  }
}

function lifetime(
  context: SystemContext,
  wanted: Wanted,
  way: Way,
  policies: readonly string[],
  parentNeverEnds: boolean,
) {
  const role = way.role?.settings
  // Whole seconds, as clients read them; a part of one is one, since 0 would be no limit.
  const ttl = Math.ceil(wanted.ttl ?? wanted.lease ?? 0)
  const asked = Math.ceil(wanted.explicit_max_ttl ?? 0)
  const period = Math.ceil(role?.period || (wanted.period ?? 0))
  const limit = lesser(asked, Math.ceil(role?.explicitMaxTtl ?? 0))
  if (asked > 0 && (role?.explicitMaxTtl ?? 0) > 0) {
    context.warn(
      `Explicit max TTL specified both during creation call and in role; using the lesser value of ${limit} seconds`,
    )
  }
  const unlimited = ttl === 0 && period === 0 && limit === 0
  if (policies.includes('root') && unlimited && parentNeverEnds) {
    return { ttl: 0, explicitMaxTtl: 0, period: 0 }
  }
  return decideTtl({ ttl, period, explicitMaxTtl: limit }, context.ttl, 0, context.warn)
}

/** The lesser of two limits, where 0 is none. */
const lesser = (a: number, b: number) => (a === 0 || b === 0 ? a + b : Math.min(a, b))

async function entityOf(
  services: TokenServices,
  context: SystemContext,
  wanted: Wanted,
  way: Way,
  orphan: boolean,
): Promise<string> {
  const alias = wanted.entity_alias
  if (alias === undefined || alias === '') return orphan ? '' : callerOf(context).token.record.entityId
  const role = way.role?.settings
  if (role === undefined) {
    fail('invalid_request', "'entity_alias' is only allowed in combination with token role")
  }
  const name = alias.toLowerCase()
  if (!role.allowedEntityAliases.some((glob) => globMatches(glob, name))) {
    fail('invalid_request', "invalid 'entity_alias' value")
  }
  const { entityId } = await enter(context.tx, services.tokens(), {
    mountAccessor: context.mount.accessor,
    name,
    metadata: undefined,
    groups: undefined,
  })
  return entityId
}

function chosenId(context: SystemContext, id: string): string {
  if (id.startsWith('s.')) fail('invalid_request', "custom token ID cannot have the 's.' prefix")
  if (id.includes('.')) fail('invalid_request', "custom token ID cannot have a '.' in the value")
  if (!/^[\x21-\x7e]+$/.test(id))
    fail('invalid_request', 'custom token ID must be of printable ASCII characters')
  context.warn('A token id chosen by the caller may be guessed; leave `id` out to get a random one')
  return id
}

function displayName(name: string | undefined): string {
  if (name === undefined || name === '') return 'token'
  return `token-${[...name].map((letter) => (/[A-Za-z0-9-]/.test(letter) ? letter : '-')).join('')}`.replace(
    /-+$/,
    '',
  )
}

/** Bytes of metadata that a token may carry: it is read with every request. */
const maxMetadata = 16 * 1024

function metadata(sent: Wanted['meta']): Record<string, string> | null {
  if (sent === undefined || Object.keys(sent).length === 0) return null
  const texts = Object.entries(sent).map(([name, value]) => [name, scalar(name, value)] as const)
  if (Buffer.byteLength(JSON.stringify(texts)) > maxMetadata)
    fail('invalid_request', `metadata is limited to ${maxMetadata} bytes`)
  return Object.fromEntries(texts)
}

function scalar(name: string, value: Json): string {
  if (typeof value === 'string') return value
  if (isRawNumber(value)) return value.rawJSON
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  fail('invalid_request', `metadata "${name}" must be a string, a number or a boolean`)
}

/** The path that the token's lease lies below, so that all tokens of a role can be revoked together. */
function pathOf({ orphan, role }: Way): string {
  if (role === undefined) return orphan ? 'auth/token/create-orphan' : 'auth/token/create'
  const suffix = role.settings.pathSuffix === '' ? '' : `/${role.settings.pathSuffix}`
  return `auth/token/create/${role.name}${suffix}`
}
