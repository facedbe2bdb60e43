import { fail } from '../../base/errors.ts'
import { defineCommand } from '../command/command.ts'
import { duration } from '../command/flag.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { accessorFlag, chooseToken, tokenArgument } from './choose.ts'

export const renewCommand = defineCommand({
  name: 'renew',
  summary: 'Lets a token live longer',
  examples: [
    ['Your own', 'coffer token renew'],
    ['For another two hours', 'coffer token renew -increment=2h'],
  ],
  args: { token: tokenArgument },
  flags: {
    ...accessorFlag,
    increment: duration('How long it should live from now; as long as at first if absent.', {
      aliases: ['i'],
    }),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: () => 'renewing the token',
  run: async (call) => {
    const accessor = call.flags.accessor === true
    if (accessor && call.args.token === undefined) fail('invalid_request', 'no accessor is given')
    const which = await chooseToken(call.io, call.args.token, accessor)
    return withApi(call, async ({ token }) =>
      showAnswer(call, await token.renew(which, call.flags.increment)),
    )
  },
})
