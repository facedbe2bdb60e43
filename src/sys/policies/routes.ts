import { type Answer, answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { foldPolicyName, policyName, protectedPolicies } from '../../policy/names.ts'
import { parsePolicy } from '../../policy/parse.ts'
import {
  policyKey,
  policyOfKey,
  policyPrefix,
  type StoredPolicy,
  storedPolicies,
} from '../../policy/stored.ts'
import { decodePolicy } from './decode.ts'

const fields = {
  policy: field.string('The rules, in HCL or JSON; may be base64.', { maxLength: 1024 * 1024 }),
  rules: field.string('Older name of policy.', { maxLength: 1024 * 1024 }),
  expected: field.string(
    'The text that is to be replaced: refused where another one is there by now. Empty where there is to be none.',
    { maxLength: 1024 * 1024 },
  ),
}
type Sent = FieldValues<typeof fields>

function nameOf({ params: { name = '' } }: SystemContext): string {
  if (name !== name.trim()) fail('invalid_request', 'policy name begins or ends with a blank')
  return policyName(name)
}

async function find(context: SystemContext): Promise<{ name: string; stored: StoredPolicy | undefined }> {
  const name = nameOf(context)
  return { name, stored: await context.tx.get(storedPolicies, policyKey(name)) }
}

async function write(context: SystemContext, sent: Sent): Promise<Reply> {
  const name = nameOf(context)
  if (protectedPolicies.has(name)) fail('invalid_request', `cannot update ${JSON.stringify(name)} policy`)
  const asSent = sent.policy ?? sent.rules
  if (asSent === undefined || asSent === '')
    fail('invalid_request', "'policy' parameter not supplied or empty")
  const text = decodePolicy(asSent)
  const policy = parsePolicy(text)
  await checkExpected(context, name, sent.expected)
  context.tx.put(storedPolicies, policyKey(name), { text, policy })
  const warnings = []
  if (name !== context.params.name) warnings.push(`policy name was converted to ${name}`)
  if (sent.policy === undefined) warnings.push("'rules' is deprecated, please use 'policy' instead")
  return warnings.length === 0 ? {} : { data: null, warnings }
}

/** Two who edit a policy at once do not overwrite each other unaware. */
async function checkExpected({ tx }: SystemContext, name: string, expected: string | undefined) {
  if (expected === undefined) return
  const stored = await tx.get(storedPolicies, policyKey(name))
  if ((stored?.text ?? '') !== expected) {
    fail('invalid_request', 'check-and-set: the policy is not the expected one; read it again')
  }
}

async function remove(context: SystemContext): Promise<Reply> {
  const name = nameOf(context)
  if (name === 'default') fail('invalid_request', 'cannot delete default policy')
  if (protectedPolicies.has(name)) fail('invalid_request', `cannot delete ${JSON.stringify(name)} policy`)
  context.tx.delete(policyKey(name))
  return {}
}

async function allNames({ tx }: SystemContext): Promise<string[]> {
  const names = ['root']
  for (let after: string | undefined; ; ) {
    const page = await tx.list(policyPrefix, { after, limit: 1000 })
    names.push(...page.names.map(policyOfKey).filter((name) => name !== 'response-wrapping'))
    after = page.names.at(-1)
    if (!page.more) return names.sort()
  }
}

/**
 * `sys/policies/acl` and its older form `sys/policy`.
 *
 * @param form how a policy's text is called in an answer
 */
function family(
  path: string,
  answers: { readonly one: Answer; readonly list: Answer },
  form: (name: string, text: string) => Reply,
  list: (keys: string[]) => Reply,
) {
  return [
    systemRoute({
      path,
      summary: 'List the policies.',
      answers: path === 'policy' ? { read: answers.list, list: answers.list } : {},
      operations: path === 'policy' ? { read: async (context) => list(await allNames(context)) } : {},
      list: async (context) => list(await allNames(context)),
    }),
    systemRoute({
      path: `${path}/{name+}`,
      folded: { parameter: 'name', fold: foldPolicyName },
      summary: 'Read, write and delete a policy.',
      fields,
      answers: { read: answers.one },
      operations: {
        read: async (context) => {
          const { name, stored } = await find(context)
          if (name === 'root') return form(name, '')
          return stored === undefined ? fail('not_found') : form(name, stored.text)
        },
        update: write,
        delete: remove,
      },
    }),
  ]
}

export const policyRoutes = [
  ...family(
    'policies/acl',
    { one: answer.data(shape.object({ name: shape.string(), policy: shape.string() })), list: answer.names },
    (name, text) => ({ data: { name, policy: text } }),
    (keys) => ({ data: { keys } }),
  ),
  ...family(
    'policy',
    {
      one: answer.flat(shape.object({ name: shape.string(), rules: shape.string() })),
      list: answer.flat(shape.object({ keys: shape.strings(), policies: shape.strings() })),
    },
    (name, text) => ({ data: { name, rules: text }, flatten: true }),
    (keys) => ({ data: { keys, policies: keys }, flatten: true }),
  ),
]
