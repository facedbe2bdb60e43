import { shape, type ValueOf } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { timeText } from '../../base/time.ts'
import { identityOfToken } from '../../identity/resolve.ts'
import { secondsLeft } from '../../lease/lease.ts'
import { isOrphan } from '../../token/resolve.ts'
import type { TokenView } from '../../token/view.ts'

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

const members = {
  accessor: shape.string(),
  creation_time: shape.integer('Seconds since 1970.'),
  creation_ttl: shape.seconds(),
  display_name: shape.string(),
  entity_id: shape.string(),
  expire_time: shape.orNull(shape.time()),
  explicit_max_ttl: shape.seconds(),
  id: shape.secret('Empty where the token was found by its accessor.'),
  meta: shape.orNull(shape.texts()),
  num_uses: shape.integer('Uses that are left; 0 for no limit.'),
  orphan: shape.boolean(),
  path: shape.string('Where it was made.'),
  policies: shape.strings(),
  ttl: shape.seconds(),
  type: shape.oneOf(['service', 'batch']),
}
const optional = {
  bound_cidrs: shape.strings(),
  external_namespace_policies: shape.map(shape.strings()),
  identity_policies: shape.strings(),
  issue_time: shape.time(),
  last_renewal: shape.time(),
  last_renewal_time: shape.integer('Seconds since 1970.'),
  period: shape.seconds(),
  renewable: shape.boolean(),
  role: shape.string(),
}
export const tokenShape = shape.object(members, optional)

const { id: _, ...listed } = members
const { identity_policies: __, external_namespace_policies: ___, ...listedOptional } = optional
/** What a list of tokens tells of each. */
export const listedTokenShape = shape.object(
  {
    ...listed,
    owner_disabled: shape.boolean('It is refused until its owner is enabled.'),
    owner_id: shape.orNull(shape.string('The entity that it belongs to now; null without one.')),
    owner_name: shape.orNull(shape.string()),
    parent_accessor: shape.orNull(shape.string('Whose child it is; null for an orphan.')),
  },
  listedOptional,
)

/**
 * What a lookup tells of a token.
 *
 * @param id the token itself, or `''` when it was found by its accessor
 */
export async function tokenData(
  context: SystemContext,
  token: TokenView,
  id: string,
): Promise<ValueOf<typeof tokenShape>> {
  const identity = await identityOfToken(context.tx, token.record)
  return {
    ...(await ownData(context, token)),
    ...(identity !== undefined && identity.policies.length > 0
      ? { identity_policies: [...identity.policies], external_namespace_policies: {} }
      : {}),
    id,
  }
}

/** What a list tells of a token, apart from the names of others. */
export async function ownData(context: SystemContext, token: TokenView) {
  const { record, lease, type } = token
  const now = context.clock.now()
  const renewed = lease?.renewed ?? null
  return {
    accessor: record.accessor,
    creation_time: seconds(record.created),
    creation_ttl: record.creationTtl,
    display_name: record.displayName,
    entity_id: record.entityId,
    expire_time: lease === undefined ? null : timeText(lease.expires),
    explicit_max_ttl: record.explicitMaxTtl,
    ...(isEternalRoot(token) ? {} : { issue_time: timeText(record.created) }),
    ...(renewed === null ? {} : { last_renewal: timeText(renewed), last_renewal_time: seconds(renewed) }),
    meta: record.meta,
    num_uses: record.numUses > 0 ? token.usesLeft : 0,
    orphan: await isOrphan(context.tx, record),
    path: record.path,
    ...(record.period > 0 && !(record.role !== '' && record.path.startsWith('auth/token/'))
      ? { period: record.period }
      : {}),
    policies: [...record.policies],
    ...(isEternalRoot(token) ? {} : { renewable: record.renewable }),
    ...(record.role !== '' && record.path.startsWith('auth/token/') ? { role: record.role } : {}),
    ...(record.boundCidrs.length > 0 ? { bound_cidrs: [...record.boundCidrs] } : {}),
    ttl: lease === undefined ? 0 : secondsLeft(lease, now),
    type,
  }
}

/** The root token that initialisation made: clients know it by what its lookup leaves out. */
const isEternalRoot = ({ record }: TokenView) => record.path === 'auth/token/root'
