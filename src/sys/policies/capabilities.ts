import { answer as answers } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import { findToken, findTokenOf } from '../../backend/find-token.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { aclOf } from '../../identity/acl.ts'
import { resolveIdentity } from '../../identity/resolve.ts'
import type { Acl } from '../../policy/acl.ts'
import type { TokenView } from '../../token/view.ts'
import type { SystemServices } from '../services.ts'

const paths = {
  path: field.list('Paths to ask about.', { maxItems: 1000 }),
  paths: field.list('Paths to ask about.', { maxItems: 1000 }),
}

function answer(acl: Acl, sent: { path?: readonly string[]; paths?: readonly string[] }): Reply {
  const asked = sent.paths ?? sent.path ?? []
  if (asked.length === 0) fail('invalid_request', 'paths must be supplied')
  // A slash before a path is none of it, as in rules.
  const found = asked.map((path) => [path, acl.capabilities(path.replace(/^\//, ''))] as [string, string[]])
  const data: JsonObject = Object.fromEntries(found)
  const [only] = found
  if (found.length === 1 && only !== undefined) data.capabilities = only[1]
  return { data, flatten: true }
}

/** The rules of a token that is looked at. @throws invalid_request_wrapped when it is refused with its entity */
async function aclOfLiving({ tx }: SystemContext, { record }: TokenView): Promise<Acl> {
  if (record.entityId !== '') {
    const entity = (await resolveIdentity(tx, record.entityId))?.entity
    if (entity === undefined || entity.disabled) fail('invalid_request_wrapped', 'invalid token')
  }
  return aclOf(tx, record)
}

/** What may be done at each path; for a single one under `capabilities` too. */
const answered = answers.flat(shape.map(shape.strings()))

export function capabilityRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'capabilities-self',
      summary: 'What the caller may do at some paths.',
      fields: { ...paths, token: field.string('Ignored.') },
      answers: { write: answered },
      operations: { update: (context, sent) => answer(callerOf(context).acl, sent) },
    }),
    systemRoute({
      path: 'capabilities',
      summary: 'What a token may do at some paths.',
      fields: { ...paths, token: field.string('The token.', { sensitive: true }) },
      answers: { write: answered },
      operations: {
        update: async (context: SystemContext, sent) => {
          if (sent.token === undefined || sent.token === '') fail('invalid_request_wrapped', 'no token found')
          const token = await findToken(context.tx, services.tokens(), sent.token)
          if (token === undefined) fail('invalid_request_wrapped', 'invalid token')
          return answer(await aclOfLiving(context, token), sent)
        },
      },
    }),
    systemRoute({
      path: 'capabilities-accessor',
      summary: 'What the token of an accessor may do at some paths.',
      fields: { ...paths, accessor: field.string('The accessor.') },
      answers: { write: answered },
      operations: {
        update: async (context: SystemContext, sent) => {
          if (sent.accessor === undefined || sent.accessor === '') fail('invalid_request', 'missing accessor')
          const token = await findTokenOf(context.tx, services.tokens(), sent.accessor)
          if (token === undefined) fail('invalid_request_wrapped', 'invalid accessor')
          return answer(await aclOfLiving(context, token), sent)
        },
      },
    }),
  ]
}
