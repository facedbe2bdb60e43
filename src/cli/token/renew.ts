import { defineCommand } from '../command/command.ts'
import { duration } from '../command/flag.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { accessorFlag, givenAccessor, givenToken, tokenArgument } from './choose.ts'

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
    const given = call.flags.accessor === true ? givenAccessor : givenToken
    const which = await given(call.io, call.args.token)
    return withApi(call, async ({ token }) =>
      showAnswer(call, await token.renew(which, call.flags.increment)),
    )
  },
})
