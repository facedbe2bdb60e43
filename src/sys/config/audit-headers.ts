import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { auditKey, auditRecords } from '../../backend/settings/audit-table.ts'
import { headerName } from '../../backend/settings/web-settings.ts'
import { fail } from '../../base/errors.ts'

const maxHeaders = 50

/** What these carry opens something, so that no log shows it. */
const secret = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-vault-token'])

const fields = { hmac: field.boolean('Write a hash in place of the value.') }

const nameOf = ({ params: { header = '' } }: SystemContext) =>
  headerName.test(header) ? header.toLowerCase() : fail('invalid_request', 'this is no name of a header')

async function table({ tx }: SystemContext) {
  const { headers = [], ...rest } = (await tx.get(auditRecords, auditKey)) ?? { devices: [] }
  return { headers, rest }
}

async function write(context: SystemContext, { hmac = false }: FieldValues<typeof fields>): Promise<Reply> {
  const name = nameOf(context)
  if (secret.has(name) && !hmac) fail('invalid_request', `${name} holds a secret: set hmac to true`)
  const { headers, rest } = await table(context)
  const others = headers.filter(([other]) => other !== name)
  if (others.length >= maxHeaders) fail('invalid_request', `there are ${maxHeaders} headers already`)
  context.tx.put(auditRecords, auditKey, { ...rest, headers: [...others, [name, { hmac }]] })
  return {}
}

async function read(context: SystemContext): Promise<Reply> {
  const name = nameOf(context)
  const found = (await table(context)).headers.find(([other]) => other === name)
  if (found === undefined) fail('invalid_request', 'Could not find header in config')
  return { data: { [name]: { ...found[1] } }, flatten: true }
}

async function remove(context: SystemContext): Promise<Reply> {
  const name = nameOf(context)
  const { headers, rest } = await table(context)
  const left = headers.filter(([other]) => other !== name)
  if (left.length === headers.length) return {}
  context.tx.put(auditRecords, auditKey, left.length === 0 ? rest : { ...rest, headers: left })
  return {}
}

const headersShape = shape.map(shape.object({ hmac: shape.boolean() }))

export const auditHeaderRoutes = [
  systemRoute({
    path: 'config/auditing/request-headers',
    summary: 'Show the request headers that are recorded.',
    sudo: true,
    answers: { read: answer.flat(shape.object({ headers: headersShape })) },
    operations: {
      read: async (context) => {
        const { headers } = await table(context)
        const shown = Object.fromEntries(headers.map(([name, { hmac }]) => [name, { hmac }]))
        return { data: { headers: shown }, flatten: true }
      },
    },
  }),
  systemRoute({
    path: 'config/auditing/request-headers/{header}',
    summary: 'Record a request header in the audit log, or no more.',
    fields,
    sudo: true,
    answers: { read: answer.flat(headersShape) },
    operations: { read, update: write, delete: remove },
  }),
]
