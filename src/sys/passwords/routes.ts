import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { canGenerate, generatePassword } from '../../policy/password/generate.ts'
import { parsePasswordPolicy } from '../../policy/password/parse.ts'
import {
  passwordPolicies,
  passwordPolicyKey,
  passwordPolicyOfKey,
  passwordPolicyPrefix,
} from '../../policy/password/stored.ts'
import { decodePolicy } from '../policies/decode.ts'

const fields = {
  policy: field.string('Length and rules, in HCL or JSON; may be base64.', { maxLength: 128 * 1024 }),
}

const nameOf = ({ params: { name = '' } }: SystemContext) =>
  name === '' ? fail('invalid_request', 'missing policy name') : name

async function textOf(context: SystemContext): Promise<string> {
  const stored = await context.tx.get(passwordPolicies, passwordPolicyKey(nameOf(context)))
  return stored?.text ?? fail('not_found', 'policy does not exist')
}

function write(context: SystemContext, { policy }: FieldValues<typeof fields>): Reply {
  const name = nameOf(context)
  if (policy === undefined || policy === '') fail('invalid_request', 'missing policy')
  const text = decodePolicy(policy)
  if (!canGenerate(parsePasswordPolicy(text), context.random)) {
    fail('invalid_request', 'hardly any password meets this policy: ask for fewer characters of single rules')
  }
  context.tx.put(passwordPolicies, passwordPolicyKey(name), { text })
  return {}
}

async function generate(context: SystemContext): Promise<Reply> {
  const password = generatePassword(parsePasswordPolicy(await textOf(context)), context.random)
  return { data: { password: password ?? fail('internal', 'no password that meets the policy was found') } }
}

export const passwordPolicyRoutes = [
  systemRoute({
    path: 'policies/password',
    summary: 'List the password policies.',
    operations: {},
    list: async ({ tx }, options) => {
      const { names } = await tx.list(passwordPolicyPrefix, { ...options, limit: options.limit ?? 100_000 })
      return names.length === 0 ? fail('not_found') : { data: { keys: names.map(passwordPolicyOfKey) } }
    },
  }),
  systemRoute({
    path: 'policies/password/{name}',
    summary: 'Read, write and delete a password policy.',
    fields,
    answers: { read: answer.data(shape.object({ policy: shape.string() })) },
    operations: {
      read: async (context) => ({ data: { policy: await textOf(context) } }),
      update: write,
      delete: (context) => {
        context.tx.delete(passwordPolicyKey(nameOf(context)))
        return {}
      },
    },
  }),
  systemRoute({
    path: 'policies/password/{name}/generate',
    summary: 'Make a password that meets the policy.',
    answers: { read: answer.data(shape.object({ password: shape.secret() })) },
    operations: { read: generate },
  }),
]
