import type { JsonObject } from '../../base/json/json.ts'
import { listOf, numberOf, textOf, textsOf } from '../../client/shape.ts'
import { defineCommand, one } from '../command/command.ts'
import { choice, text, texts } from '../command/flag.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import type { Row } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

const operations = ['create', 'read', 'update', 'patch', 'delete', 'list', 'scan'] as const

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Shows what somebody could do at a path, and which rule decides',
  details:
    'Without a flag that names somebody it is about your own token. About others it needs sudo on ' +
    'sys/policies/explain. -format=json has the rules in full, and those that fit less exactly.',
  examples: [
    ['See whether you may read a secret, and why', 'coffer policy explain secrets/app/db'],
    [
      'Ask for whoever has two policies',
      'coffer policy explain -policy=team -policy=ops -operation=list secrets/app/',
    ],
  ],
  args: { path: one('Path of the request, as it follows /v1/.') },
  flags: {
    operation: choice('What is done there; read without it.', operations),
    policy: texts('What whoever has this policy could do; with -entity-id, beside its own.', 'name'),
    entityId: text('What this entity could do, by itself and its groups.', 'id'),
    accessor: text('What the token of this accessor could do.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `asking what may be done at ${args.path}`,
  run: (call) =>
    withApi(call, async ({ policies }) => {
      const { operation, policy: names, entityId, accessor } = call.flags
      const answer = await policies.explain(call.args.path, {
        ...(operation !== undefined && { operation }),
        ...(names !== undefined && { policies: [...names] }),
        ...(entityId !== undefined && { entity_id: entityId }),
        ...(accessor !== undefined && { accessor }),
      })
      return showAnswer(call, answer, answer.wrap_info === null ? rowsOf(answer.data ?? {}) : undefined)
    }),
})

const rowsOf = (data: JsonObject): Row[] => [
  ['allowed', String(data.allowed)],
  ['reason', textOf(data.reason)],
  ['capabilities', textsOf(data.capabilities).join(', ')],
  ...listOf(data.rules).map((rule): Row => ['rule', placeOf(rule)]),
]

const placeOf = (rule: JsonObject) =>
  `policy ${textOf(rule.policy)}, line ${numberOf(rule.line)}: path ${JSON.stringify(textOf(rule.path))}`
