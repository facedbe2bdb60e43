import { defineCommand } from '../command/command.ts'
import { envelopeRows, factCell, showAnswer } from '../output/answer.ts'
import { fieldRows } from '../output/cell.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { accessorFlag, givenAccessor, givenToken, tokenArgument } from './choose.ts'

export const lookupCommand = defineCommand({
  name: 'lookup',
  summary: 'Shows what a token is and how long it lives',
  examples: [
    ['Your own', 'coffer token lookup'],
    ['Another, by its accessor', 'coffer token lookup -accessor 9793c9b3-e04a-46f3-e7b8-748d7da248da'],
  ],
  args: { token: tokenArgument },
  flags: { ...accessorFlag, ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: () => 'looking up the token',
  run: async (call) => {
    const given = call.flags.accessor === true ? givenAccessor : givenToken
    const which = await given(call.io, call.args.token)
    return withApi(call, async ({ token }) => {
      const answer = await token.lookup(which)
      return showAnswer(call, answer, [...envelopeRows(answer), ...fieldRows(answer.data ?? {}, factCell)])
    })
  },
})
