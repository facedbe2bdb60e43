import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { ApiRequest, Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import {
  type Wrapped,
  wrappedKey,
  wrappedRecords,
  wrappingPolicy,
  wrapReply,
} from '../../backend/wrapping.ts'
import { fail } from '../../base/errors.ts'
import { resolveToken } from '../../token/resolve.ts'
import { revokeToken } from '../../token/revoke.ts'
import type { TokenView } from '../../token/view.ts'
import type { SystemServices } from '../services.ts'

const tokenField = {
  token: field.string('The wrapping token; without it, the caller’s own.', { sensitive: true }),
}
/** The caller's token and one in a field: the caller is looked at as on every route that needs a token. */
const hasTwoTokens = ({ token, fields }: Pick<ApiRequest, 'token' | 'fields'>): boolean =>
  fields.token !== undefined && fields.token !== '' && fields.token !== token

function requireCaller({ caller, request }: SystemContext): void {
  if (caller === undefined) fail('permission_denied')
  const { path, fields, wrapTtl } = request
  const question = { operation: 'update', path, fields, wrapTtl, sudo: false } as const
  if (!caller.acl.check(question).allowed) fail('policy_denied')
}

const invalid = (): never => fail('invalid_request', 'wrapping token is not valid or does not exist')

type Found = { readonly token: TokenView; readonly wrapped: Wrapped }

const lookupShape = shape.object({
  creation_path: shape.string(),
  creation_time: shape.time(),
  creation_ttl: shape.seconds(),
})

export function wrappingRoutes(services: SystemServices) {
  /**
   * The wrapping token is the caller's own, or it is in a field and the caller shows a good token besides.
   *
   * @throws invalid_request when it is no wrapping token or was used before
   */
  async function find(context: SystemContext, sent: string | undefined, anonymous: boolean): Promise<Found> {
    const own = context.sentToken
    const id = sent === undefined || sent === '' ? own : sent
    if (id !== own && !anonymous) requireCaller(context)
    if (id === undefined) return anonymous ? invalid() : fail('permission_denied')
    const token = await resolveToken(context.tx, services.tokens(), id)
    if (token === undefined || !token.record.policies.includes(wrappingPolicy)) return invalid()
    const wrapped = await context.tx.get(wrappedRecords, wrappedKey(token.record.instance))
    return wrapped === undefined ? invalid() : { token, wrapped }
  }

  /** The row goes and the token ends in one commit, so that only one of several racers gets the answer. */
  async function spend({ tx }: SystemContext, { token }: Found): Promise<void> {
    tx.delete(wrappedKey(token.record.instance))
    await revokeToken(tx, token.hash)
  }

  return [
    systemRoute({
      path: 'wrapping/wrap',
      summary: 'Wrap the fields that are sent.',
      answers: { write: answer.other },
      operations: {
        update: (context): Reply => {
          if (context.request.wrapTtl === undefined) {
            fail('invalid_request', 'endpoint requires response wrapping to be used')
          }
          return { data: context.request.fields }
        },
      },
    }),
    systemRoute({
      path: 'wrapping/lookup',
      summary: 'What a wrapping token holds, without using it up.',
      fields: tokenField,
      unauthenticated: true,
      answers: { read: answer.data(lookupShape), write: answer.data(lookupShape) },
      operations: Object.fromEntries(
        (['read', 'update'] as const).map((operation) => [
          operation,
          async (context: SystemContext, { token }: { token?: string }) => {
            const { wrapped } = await find(context, token, true)
            return {
              data: {
                creation_path: wrapped.path,
                creation_time: new Date(wrapped.created).toISOString(),
                creation_ttl: wrapped.ttl,
              },
            }
          },
        ]),
      ),
    }),
    systemRoute({
      path: 'wrapping/unwrap',
      summary: 'Get the wrapped answer, once.',
      fields: tokenField,
      unauthenticated: true,
      tokenWelcome: hasTwoTokens,
      answers: { write: answer.other },
      operations: {
        update: async (context, { token }) => {
          const found = await find(context, token, false)
          await spend(context, found)
          return found.wrapped.reply
        },
      },
    }),
    systemRoute({
      path: 'wrapping/rewrap',
      summary: 'Exchange a wrapping token for a fresh one.',
      fields: tokenField,
      unauthenticated: true,
      tokenWelcome: hasTwoTokens,
      answers: { write: answer.other },
      operations: {
        update: async (context, { token }) => {
          const found = await find(context, token, false)
          await spend(context, found)
          const { path, created, ttl, reply } = found.wrapped
          return wrapReply(
            context.tx,
            { tokens: services.tokens, clock: context.clock },
            { path: context.request.path, wrapTtl: ttl },
            reply,
            { path, created },
          )
        },
      },
    }),
  ]
}
