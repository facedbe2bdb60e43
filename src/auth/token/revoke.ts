import { callerOf, type SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { openBatchToken } from '../../token/batch.ts'
import { hashToken, type TokenHash, tokenKey, tokenRecords } from '../../token/record.ts'
import { resolveAccessor } from '../../token/resolve.ts'
import { revokeOrphan, revokeToken } from '../../token/revoke.ts'
import { isRoot } from '../../token/view.ts'
import type { TokenServices } from './services.ts'

type Sent = { readonly token?: string; readonly accessor?: string }

/** `revoke`, `revoke-self`, `revoke-accessor` and `revoke-orphan`: the end of tokens, at once. */
export function revokeRoutes(services: TokenServices) {
  /** @throws invalid_request without an id and for batch tokens */
  const hashOf = (id: string | undefined): TokenHash => {
    if (id === undefined || id === '') fail('invalid_request', 'missing token ID')
    const { keys } = services.tokens()
    if (openBatchToken(keys.batch, id) !== undefined)
      fail('invalid_request', 'batch tokens cannot be revoked')
    return hashToken(keys.id, id)
  }
  return [
    systemRoute({
      path: 'revoke-self',
      summary: 'Revoke the caller’s own token with its children.',
      fields: { token: field.string('Ignored.') },
      operations: {
        update: async (context) => {
          await revokeToken(context.tx, hashOf(callerOf(context).id))
          return {}
        },
      },
    }),
    systemRoute({
      path: 'revoke',
      summary: 'Revoke a token with its children.',
      fields: { token: field.string('The token.', { sensitive: true }) },
      operations: {
        update: async (context, { token }) => {
          await revokeToken(context.tx, hashOf(token))
          return {}
        },
      },
    }),
    systemRoute({
      path: 'revoke-accessor',
      summary: 'Revoke the token of an accessor with its children.',
      fields: { accessor: field.string('The accessor.') },
      operations: {
        update: async (context, { accessor }): Promise<Reply> => {
          if (accessor === undefined || accessor === '') fail('invalid_request_wrapped', 'missing accessor')
          const found = await resolveAccessor(context.tx, services.tokens(), accessor)
          if (found === undefined) return { data: null, warnings: ['No token found with this accessor'] }
          await revokeToken(context.tx, found.hash)
          return {}
        },
      },
    }),
    systemRoute({
      path: 'revoke-orphan',
      summary: 'Revoke a token and leave its children as orphans; needs root or sudo.',
      fields: {
        token: field.string('The token.', { sensitive: true }),
        accessor: field.string('Its accessor, in place of the token.'),
      },
      operations: { update: orphanRevoker(services, hashOf) },
    }),
  ]
}

function orphanRevoker(services: TokenServices, hashOf: (id: string | undefined) => TokenHash) {
  return async (context: SystemContext, { token, accessor = '' }: Sent): Promise<Reply> => {
    const caller = callerOf(context)
    if (token !== undefined && accessor !== '') fail('invalid_request', 'name the token or its accessor')
    const hash = accessor === '' ? hashOf(token) : undefined
    if (!isRoot(caller.token.record) && !caller.acl.sudo(context.request.path)) {
      fail('invalid_request', 'root or sudo privileges required to revoke and orphan')
    }
    const found = hash ?? (await resolveAccessor(context.tx, services.tokens(), accessor))?.hash
    const row = found && (await context.tx.get(tokenRecords, tokenKey(found)))
    if (found === undefined || row === undefined || 'orphaned' in row)
      fail('invalid_request', 'token to revoke not found')
    await revokeOrphan(context.tx, found)
    return {}
  }
}
