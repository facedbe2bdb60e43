import { ClientError } from '../../../client/index.ts'
import { defineCommand, one } from '../../command/command.ts'
import { text } from '../../command/flag.ts'
import { done, formatFlag } from '../../output/format.ts'
import { note } from '../../output/say.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { namedPath } from './path.ts'

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Puts a deleted secret back',
  details: 'With its versions, as it was. Refused while there is a secret of that name.',
  examples: [['Restore what was deleted last', 'coffer kv restore secrets/app/db']],
  args: { path: one('Path of the secret.') },
  flags: {
    id: text('One deletion, as "coffer kv deleted" shows it; the last one without it.', 'id'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `restoring ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const path = namedPath(call.args.path)
      try {
        await api.kv.many.restore(path, call.flags.id)
      } catch (error) {
        if (!(error instanceof ClientError && error.status === 404 && error.errors.length === 0)) throw error
        note(call.io, `Nothing that was deleted can be restored at ${path}`)
        return 2
      }
      done(call, `Success! Restored: ${path}`)
      return 0
    }),
})
