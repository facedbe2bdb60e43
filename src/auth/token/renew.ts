import { answer } from '../../backend/answers/answer.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import { findToken } from '../../backend/find-token.ts'
import type { AuthReply, Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { identityOfToken } from '../../identity/resolve.ts'
import { renewLease } from '../../lease/lease.ts'
import { tokenLeaseId } from '../../token/record.ts'
import { isOrphan } from '../../token/resolve.ts'
import { decideTtl } from '../../token/ttl.ts'
import type { TokenView } from '../../token/view.ts'
import { byAccessor } from './lookup.ts'
import { findRole } from './record.ts'
import type { TokenServices } from './services.ts'

const increment = { increment: field.duration('How long it should live from now on.') }

/** `renew`, `renew-self` and `renew-accessor`: a longer life for tokens, as far as what bounds them now allows. */
export function renewRoutes(services: TokenServices) {
  const self = (context: SystemContext, { increment: wanted }: { increment?: number }) => {
    const { token, id } = callerOf(context)
    // The last use of a counted token ends it, so that there is nothing left to renew.
    if (token.usesLeft < 0) fail('invalid_request', 'token not found')
    return renew(services, context, token, id, wanted)
  }
  return [
    systemRoute({
      path: 'renew-self',
      summary: 'Renew the caller’s own token.',
      fields: { ...increment, token: field.string('Ignored.') },
      answers: { write: answer.auth },
      operations: { update: self },
    }),
    systemRoute({
      path: 'renew',
      summary: 'Renew a token.',
      fields: { ...increment, token: field.string('The token.', { sensitive: true }) },
      answers: { write: answer.auth },
      operations: {
        update: async (context, { token: id, increment: wanted }) => {
          if (id === undefined || id === '') fail('invalid_request', 'missing token ID')
          if (id === callerOf(context).id)
            return self(context, wanted === undefined ? {} : { increment: wanted })
          const token = await findToken(context.tx, services.tokens(), id)
          return token === undefined
            ? fail('invalid_request', 'token not found')
            : renew(services, context, token, id, wanted)
        },
      },
    }),
    systemRoute({
      path: 'renew-accessor',
      summary: 'Renew the token of an accessor.',
      fields: { ...increment, accessor: field.string('The accessor.') },
      answers: { write: answer.auth },
      operations: {
        update: async (context, { accessor, increment: wanted }) =>
          renew(services, context, await byAccessor(services, context, accessor), '', wanted),
      },
    }),
  ]
}

async function renew(
  services: TokenServices,
  context: SystemContext,
  token: TokenView,
  id: string,
  wanted: number | undefined,
): Promise<Reply> {
  const { record, lease, type, hash } = token
  if (type === 'batch') fail('invalid_request', 'batch tokens cannot be renewed')
  if (lease === undefined || !record.renewable) fail('invalid_request', 'lease is not renewable')
  if ((wanted ?? 0) < 0) fail('invalid_request', 'increment must be positive')
  const now = context.clock.now()
  const bounds = await boundsOf(services, context, token)
  const { ttl } = decideTtl(
    {
      ttl: wanted || lease.ttl,
      period: bounds.period,
      explicitMaxTtl: record.explicitMaxTtl,
      maxTtl: bounds.maxTtl,
    },
    bounds.mount,
    Math.max(1e-3, (now - record.created) / 1000),
    // Who asks for no time gets what is left, which is no news; a period says that it would be more.
    (wanted ?? 0) > 0 || bounds.period > 0 ? context.warn : () => undefined,
  )
  // The maximum may have been lowered since; a renewal is refused then, and ends nothing.
  if (ttl <= 0) fail('invalid_request', 'the token is past its maximum TTL and cannot be renewed')
  const whole = Math.ceil(ttl)
  const expires = now + ttl * 1000
  const renewed = { ...lease, expires, ttl: whole, renewed: now }
  renewLease(context.tx, tokenLeaseId(record.path, hash), lease, renewed)
  return { auth: await renewedReply(context, token, id, whole) }
}

/** What bounds a renewal now: the role that made the token, which may have changed or gone since. */
async function boundsOf(services: TokenServices, context: SystemContext, { record }: TokenView) {
  const { role, period } = record
  if (record.mount !== context.mount.uuid) {
    return services.renewalOf(context, record)
  }
  if (role === '') return { period, maxTtl: 0, mount: context.ttl }
  const settings = await findRole(context.storage, role)
  if (settings === undefined) {
    fail(
      'invalid_request',
      `the role "${role}" of this token does not exist any more, so it cannot be renewed`,
    )
  }
  return { period: settings.period, maxTtl: 0, mount: context.ttl }
}

async function renewedReply(
  context: SystemContext,
  { record, type, usesLeft }: TokenView,
  id: string,
  ttl: number,
): Promise<AuthReply> {
  const identity = await identityOfToken(context.tx, record)
  const added = identity?.policies ?? []
  return {
    client_token: id,
    accessor: record.accessor,
    policies: [...new Set([...record.policies, ...added])].sort(),
    token_policies: record.policies,
    ...(added.length > 0 ? { identity_policies: added } : {}),
    metadata: record.meta,
    lease_duration: ttl,
    renewable: record.renewable,
    entity_id: record.entityId,
    token_type: type,
    orphan: await isOrphan(context.tx, record),
    mfa_requirement: null,
    num_uses: record.numUses > 0 ? usesLeft : 0,
  }
}
