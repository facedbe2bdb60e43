import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { factCell, showAnswer } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const lookupCommand = defineCommand({
  name: 'lookup',
  summary: 'Shows when a lease began and how long it lives',
  examples: [
    ['Look at a lease', 'coffer lease lookup auth/userpass/login/alice/h1a2b3c'],
    ['The leases below a path', 'coffer list sys/leases/lookup/auth/userpass/login'],
  ],
  args: { lease: one('Id of the lease.') },
  flags: { ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `looking up the lease ${args.lease}`,
  run: (call) =>
    withApi(call, async ({ leases }) => {
      const answer = await leases.lookup(trimPath(call.args.lease))
      return showAnswer(
        call,
        answer,
        answer.wrap_info === null ? fieldRows(answer.data ?? {}, factCell) : undefined,
      )
    }),
})
