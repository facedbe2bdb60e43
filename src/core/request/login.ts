import type { Context } from '../../backend/context.ts'
import { authReply } from '../../backend/logins/auth-reply.ts'
import type { Login } from '../../backend/logins/login.ts'
import { fromBoundAddress } from '../../backend/logins/networks.ts'
import type { ApiRequest, Reply } from '../../backend/message.ts'
import type { Mount } from '../../backend/mounts/mount.ts'
import { type Actor, actorOf } from '../../backend/spaces/actor.ts'
import { recordAliasEvent } from '../../backend/spaces/logins.ts'
import { refuseWrappingPolicy } from '../../backend/wrapping.ts'
import { fail } from '../../base/errors.ts'
import { type Entered, enter } from '../../identity/login.ts'
import { resolveIdentity } from '../../identity/resolve.ts'
import { finalPolicies } from '../../policy/names.ts'
import { createToken } from '../../token/create.ts'
import { decideTtl } from '../../token/ttl.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Services } from '../services.ts'
import type { Target } from './locate.ts'

/** Turns what an auth method says of someone into an entity, a token and the `auth` part of the answer. */
export async function issueLogin(
  tx: Transaction,
  services: Services,
  { mount }: Target,
  request: ApiRequest,
  said: Login,
  context: Context,
): Promise<Reply> {
  const { token: settings } = said
  if (said.fromAnywhere !== true && !fromBoundAddress(settings.boundCidrs, request.remote.address)) {
    fail('permission_denied')
  }
  const policies = finalPolicies(settings.policies, { noDefault: settings.noDefaultPolicy })
  if (policies.includes('root')) fail('invalid_request', 'auth methods cannot create root tokens')
  refuseWrappingPolicy(policies)

  const { login, person } = await services.arrived(tx, mount, said)
  const entered: Entered =
    login.alias === undefined
      ? { entityId: '' }
      : await enter(tx, services.tokens(), {
          mountAccessor: mount.accessor,
          name: login.alias.name,
          metadata: login.alias.metadata,
          groups: login.groups,
          person: person.person,
          provesAlways: mount.spaces !== undefined,
        })
  const { entityId } = entered
  const type = tokenType(mount, settings.type)
  if (type === 'batch' && settings.numUses > 0) {
    fail(
      'invalid_request',
      'the role limits the uses of its tokens, which batch tokens cannot have; set its token_type to service',
    )
  }
  const { ttl, explicitMaxTtl, period } = decideTtl(
    {
      ttl: settings.ttl,
      period: settings.period,
      explicitMaxTtl: settings.explicitMaxTtl,
      maxTtl: settings.maxTtl,
    },
    context.ttl,
    0,
    context.warn,
  )
  const created = await createToken(tx, services.tokens(), {
    type,
    policies,
    displayName: displayName(mount, login.displayName),
    meta: login.metadata,
    path: request.path,
    ttl,
    explicitMaxTtl,
    period,
    numUses: settings.numUses,
    renewable: true,
    entityId,
    boundCidrs: settings.boundCidrs,
    role: login.renewAs,
    mount: mount.uuid,
    parent: undefined,
    person,
  })
  await tellOwners(tx, services, entered, actorOf({ token: created }))
  return { auth: authReply(created, type, await identityPolicies(tx, entityId), true) }
}

/** Tells who owns a space by an entity that another alias leads to it now, or one no longer does. */
async function tellOwners(
  tx: Transaction,
  services: Services,
  { joined, left }: Entered,
  by: Actor,
): Promise<void> {
  if (joined !== undefined)
    await recordAliasEvent(tx, services, joined, 'alias_created', by, { entity: joined.entity.id })
  if (left !== undefined)
    await recordAliasEvent(tx, services, left, 'alias_removed', by, { entity: left.entity.id })
}

/** Policies that a new token has through its entity; the entity may have been made in this transaction. */
async function identityPolicies(tx: Transaction, entityId: string): Promise<readonly string[]> {
  return entityId === '' ? [] : ((await resolveIdentity(tx, entityId))?.policies ?? [])
}

/** `jwt-someone`: clients take what follows the dash as the person's id. */
function displayName(mount: Mount, name: string): string {
  const path = mount.path.slice(0, -1).replaceAll('/', '-')
  return name === '' ? path : `${path}-${name}`
}

function tokenType(mount: Mount, wanted: Login['token']['type']): 'service' | 'batch' {
  const tuned = mount.config.tokenType ?? 'default-service'
  // Without `default-` the mount has the last word, else its roles.
  if (tuned === 'service' || tuned === 'batch') return tuned
  if (wanted === 'service' || wanted === 'batch') return wanted
  const standard = wanted === 'default' ? tuned : wanted
  return standard === 'default-batch' ? 'batch' : 'service'
}
