import { defineCommand, one } from '../command/command.ts'
import { duration } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const renewCommand = defineCommand({
  name: 'renew',
  summary: 'Lets what a lease is about live longer',
  details: 'Tokens are renewed with: coffer token renew.',
  examples: [['For another hour', 'coffer lease renew -increment=1h database/creds/readonly/2f6a614c']],
  args: { lease: one('Id of the lease.') },
  flags: {
    increment: duration('How long it should live from now; as long as at first if absent.', {
      aliases: ['i'],
    }),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `renewing the lease ${args.lease}`,
  run: (call) =>
    withApi(call, async ({ leases }) =>
      showAnswer(call, await leases.renew(trimPath(call.args.lease), call.flags.increment)),
    ),
})
