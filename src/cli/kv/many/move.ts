import { defineCommand, one } from '../../command/command.ts'
import { onOff } from '../../command/flag.ts'
import { showAnswer } from '../../output/answer.ts'
import { fieldFlag, formatFlag } from '../../output/format.ts'
import { note } from '../../output/say.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { namedPath } from './path.ts'

export const moveCommand = defineCommand({
  name: 'move',
  summary: 'Moves or renames a secret or a folder',
  details:
    'With all versions, also to another engine. Two paths that end in a slash are folders. It takes "delete" at ' +
    'the one and "create" or "update" at the other. A folder that is too large to move at once moves in parts: ' +
    'the answer then names a job, and sys/kv/move/JOB tells how it goes.',
  examples: [
    ['Rename a secret', 'coffer kv move secret/app/db secret/app/database'],
    ['Move a folder to another engine', 'coffer kv move secret/app/ archive/app/'],
  ],
  args: { from: one('The secret, or the folder.'), to: one('What it is to be called.') },
  flags: {
    overwrite: onOff('Replace what is there already.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `moving ${args.from}`,
  run: (call) =>
    withApi(call, async (api) => {
      const { from, to } = call.args
      const answer = await api.kv.many.move(namedPath(from), namedPath(to), call.flags.overwrite)
      if (answer.data?.job !== undefined) note(call.io, 'The folder is large: it moves in parts.')
      return showAnswer(call, answer)
    }),
})
