import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import {
  headerName,
  headerValue,
  isPageHeader,
  pageHeaderRecords,
  pageHeadersKey,
  policyHeader,
} from '../../backend/settings/web-settings.ts'
import { fail } from '../../base/errors.ts'

const maxHeaders = 50

const fields = {
  values: field.array('The values.', { maxItems: 20 }),
  multivalue: field.boolean('Show all values.'),
}
type Sent = FieldValues<typeof fields>

/** A directive that sends addresses of pages elsewhere (CSP Level 3 §6.5). */
const reports = /(?:^|[;,])\s*report-(?:uri|to)\b/i

/** The usual spelling of a name: `X-Own-Header`. */
const canonical = (name: string) =>
  name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())

const all = async ({ tx }: SystemContext) => (await tx.get(pageHeaderRecords, pageHeadersKey))?.headers ?? []

const nameOf = ({ params: { header = '' } }: SystemContext) =>
  headerName.test(header) ? canonical(header) : fail('invalid_request', 'this is no name of a header')

async function write(context: SystemContext, { values = [] }: Sent): Promise<Reply> {
  const name = nameOf(context)
  if (name.startsWith('X-Vault-')) fail('invalid_request', 'X-Vault headers cannot be set')
  if (!isPageHeader(name)) {
    fail('invalid_request', `the server alone sets ${name}; ${policyHeader} and names with X- can be set`)
  }
  if (values.length === 0) fail('invalid_request', 'header values must be set')
  if (!values.every((value) => headerValue.test(value))) {
    fail('invalid_request', 'a header value has 1 to 4096 characters of ASCII on one line')
  }
  if (name === policyHeader && values.some((value) => reports.test(value))) {
    fail('invalid_request', 'a policy must not send reports: they tell which page somebody looks at')
  }
  const others = (await all(context)).filter(([other]) => other !== name)
  if (others.length >= maxHeaders) fail('invalid_request', `there are ${maxHeaders} headers already`)
  context.tx.put(pageHeaderRecords, pageHeadersKey, { headers: [...others, [name, values]] })
  return {}
}

async function read(context: SystemContext, { multivalue }: Sent): Promise<Reply> {
  const name = nameOf(context)
  const [, values] = (await all(context)).find(([other]) => other === name) ?? fail('not_found')
  return { data: multivalue === true ? { values: [...values] } : { value: values[0] ?? '' } }
}

async function remove(context: SystemContext): Promise<Reply> {
  const name = nameOf(context)
  const headers = await all(context)
  const left = headers.filter(([other]) => other !== name)
  if (left.length < headers.length) context.tx.put(pageHeaderRecords, pageHeadersKey, { headers: left })
  return {}
}

export const pageHeaderRoutes = [
  systemRoute({
    path: 'config/ui/headers',
    summary: 'List the headers of pages.',
    sudo: true,
    operations: {},
    list: async (context) => {
      const names = (await all(context)).map(([name]) => name)
      return names.length === 0 ? fail('not_found') : { data: { keys: names.sort() } }
    },
  }),
  systemRoute({
    path: 'config/ui/headers/{header}',
    summary: 'Read, write and delete a header of pages.',
    fields,
    sudo: true,
    answers: {
      read: answer.data(shape.object({}, { value: shape.string(), values: shape.strings() })),
    },
    operations: { read, update: write, delete: remove },
  }),
]
