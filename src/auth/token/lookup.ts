import { answer } from '../../backend/answers/answer.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import { findToken, findTokenOf } from '../../backend/find-token.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { namesOf } from '../../backend/routes/listing.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { accessorPrefix } from '../../token/record.ts'
import type { TokenView } from '../../token/view.ts'
import type { TokenServices } from './services.ts'
import { tokenData, tokenShape } from './view.ts'

const tokenField = { token: field.string('The token; without it, the caller’s own.', { sensitive: true }) }
const accessorField = { accessor: field.string('The accessor of a token.') }

/** Finds the token of an accessor. @throws invalid_request_wrapped when there is none */
export async function byAccessor(
  services: TokenServices,
  context: SystemContext,
  accessor: string | undefined,
): Promise<TokenView> {
  if (accessor === undefined || accessor === '') fail('invalid_request_wrapped', 'missing accessor')
  const found = await findTokenOf(context.tx, services.tokens(), accessor)
  return found ?? fail('invalid_request_wrapped', 'invalid accessor')
}

/** `lookup`, `lookup-self`, `lookup-accessor` and `accessors`: what is known of tokens. */
export function lookupRoutes(services: TokenServices) {
  const self = async (context: SystemContext): Promise<Reply> => {
    const { token, id } = callerOf(context)
    return { data: await tokenData(context, token, id) }
  }
  const other = async (context: SystemContext, { token: id }: { token?: string }): Promise<Reply> => {
    if (id === undefined || id === '' || id === callerOf(context).id) return self(context)
    const token = await findToken(context.tx, services.tokens(), id)
    return token === undefined ? fail('bad_token') : { data: await tokenData(context, token, id) }
  }
  return [
    systemRoute({
      path: 'lookup',
      summary: 'Look a token up.',
      fields: tokenField,
      answers: { read: answer.data(tokenShape), write: answer.data(tokenShape) },
      operations: { read: other, update: other },
    }),
    systemRoute({
      path: 'lookup-self',
      summary: 'Look the caller’s own token up.',
      fields: tokenField,
      answers: { read: answer.data(tokenShape), write: answer.data(tokenShape) },
      operations: { read: self, update: self },
    }),
    systemRoute({
      path: 'lookup-accessor',
      summary: 'Look a token up by its accessor.',
      fields: accessorField,
      answers: { write: answer.data(tokenShape) },
      operations: {
        update: async (context, { accessor }) => ({
          data: await tokenData(context, await byAccessor(services, context, accessor), ''),
        }),
      },
    }),
    systemRoute({
      path: 'accessors',
      summary: 'List the accessors of all tokens.',
      operations: {},
      sudo: true,
      list: async ({ tx }, options) => {
        const keys = await namesOf((page) => tx.list(accessorPrefix, page), options)
        return keys.length === 0 ? fail('not_found') : { data: { keys } }
      },
    }),
  ]
}
