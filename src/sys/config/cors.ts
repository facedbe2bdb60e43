import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { crossOriginKey, crossOriginRecords, headerName } from '../../backend/settings/web-settings.ts'
import { fail } from '../../base/errors.ts'

/** What clients of the API send. */
const standardHeaders = [
  'Content-Type',
  'Authorization',
  'X-Vault-Token',
  'X-Vault-MFA',
  'X-Vault-No-Request-Forwarding',
  'X-Vault-Request',
  'X-Vault-Namespace',
  'X-Vault-Wrap-Format',
  'X-Vault-Wrap-TTL',
  'X-Requested-With',
  'X-Vault-AWS-IAM-Server-ID',
  'X-Vault-Policy-Override',
]

const few = { maxItems: 100, items: { type: 'string', maxLength: 512 } }
const fields = {
  allowed_origins: field.list('Origins such as https://a.example, or "*" alone for all.', few),
  allowed_headers: field.list('Request headers beside the standard ones.', few),
  allow_credentials: field.boolean('Whether browsers may send cookies and certificates along.'),
}

const origin = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#,@*]+$/i

function write({ tx }: SystemContext, sent: FieldValues<typeof fields>): Reply {
  const {
    allowed_origins: origins = [],
    allowed_headers: added = [],
    allow_credentials: credentials = false,
  } = sent
  if (origins.length === 0) fail('invalid_request', 'at least one origin or the wildcard must be provided')
  if (origins.includes('*') && origins.length > 1) {
    fail('invalid_request', "to allow all origins the '*' must be the only value for allowed_origins")
  }
  if (origins.includes('*') && credentials) {
    fail('invalid_request', 'allow_credentials needs named origins')
  }
  const wrong = origins.find((text) => text !== '*' && !origin.test(text))
  if (wrong !== undefined) {
    fail(
      'invalid_request',
      `${JSON.stringify(wrong)} is no origin: scheme, host and port alone, as in https://a.example`,
    )
  }
  const header = added.find((name) => !headerName.test(name))
  if (header !== undefined) fail('invalid_request', `${JSON.stringify(header)} is no name of a header`)
  tx.put(crossOriginRecords, crossOriginKey, {
    origins,
    headers: [...standardHeaders, ...added],
    credentials,
  })
  return {}
}

async function read({ tx }: SystemContext): Promise<Reply> {
  const setting = await tx.get(crossOriginRecords, crossOriginKey)
  if (setting === undefined) return { data: { enabled: false }, flatten: true }
  return {
    data: {
      enabled: true,
      allowed_origins: [...setting.origins],
      allowed_headers: [...setting.headers],
      allow_credentials: setting.credentials,
    },
    flatten: true,
  }
}

export const corsRoute = systemRoute({
  path: 'config/cors',
  summary: 'Let pages of other sites use the API from a browser.',
  fields,
  sudo: true,
  answers: {
    read: answer.flat(
      shape.object(
        { enabled: shape.boolean() },
        {
          allow_credentials: shape.boolean(),
          allowed_headers: shape.strings(),
          allowed_origins: shape.strings(),
        },
      ),
    ),
  },
  operations: {
    read,
    update: write,
    delete: ({ tx }) => {
      tx.delete(crossOriginKey)
      return {}
    },
  },
})
