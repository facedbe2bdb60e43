import { defineCommand, one } from '../command/command.ts'
import { showAnswer } from '../output/answer.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { note } from '../output/say.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { kindOf } from './kind.ts'

export const infoCommand = defineCommand({
  name: 'info',
  summary: 'Shows an engine or auth method that can be mounted',
  details: 'Needs sudo.',
  examples: [['The KV engine', 'coffer plugin info secret kv']],
  args: { kind: one('auth, database or secret.'), name: one('Its type, as it is mounted.') },
  flags: { ...fieldFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `looking for ${args.name}`,
  run: (call) => {
    const { name } = call.args
    const kind = kindOf(call.args.kind)
    return withApi(call, async (_api, client) => {
      const answer = await client.read(`sys/plugins/catalog/${kind}/${name}`)
      if (answer !== undefined) return showAnswer(call, answer)
      note(call.io, `Nothing of the kind ${kind} is named ${name}`)
      return 2
    })
  },
})
