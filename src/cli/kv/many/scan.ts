import { defineCommand, one } from '../../command/command.ts'
import { formatFlag } from '../../output/format.ts'
import { showNames } from '../../output/keys.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { namedPath } from './path.ts'

export const scanCommand = defineCommand({
  name: 'scan',
  summary: 'Lists all secrets below a folder',
  details:
    'In folders of it too, as they are behind it. What may not be listed is left out. The exit code is 2 when ' +
    'there is nothing.',
  examples: [['List everything below a folder', 'coffer kv scan secret/app']],
  args: { path: one('Path of the folder.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `listing ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const path = namedPath(call.args.path)
      return showNames(call, (await api.kv.many.scan(path)) ?? [], path)
    }),
})
