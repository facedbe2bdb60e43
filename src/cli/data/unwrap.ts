import { defineCommand, maybe } from '../command/command.ts'
import { askSecret } from '../input/stdin.ts'
import { readSecretArgument } from '../input/values.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags, withoutToken } from '../session/connect.ts'

export const unwrapCommand = defineCommand({
  name: 'unwrap',
  summary: 'Opens a wrapped answer, which works once',
  examples: [
    ['Type the wrapping token unseen', 'coffer unwrap'],
    ['Take one field of what was wrapped', 'coffer unwrap -field=password @wrapping-token'],
  ],
  args: { token: maybe('The wrapping token, - or @file.') },
  flags: { ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: () => 'unwrapping',
  run: async (call) => {
    const { token: given } = call.args
    const token =
      given === undefined
        ? await askSecret(call.io, 'Wrapping Token')
        : await readSecretArgument(call.io, given)
    return withoutToken(call, async (_api, client) =>
      showAnswer(call, await client.withToken(token.trim()).write('sys/wrapping/unwrap')),
    )
  },
})
