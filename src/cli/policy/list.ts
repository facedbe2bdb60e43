import { defineCommand } from '../command/command.ts'
import { formatFlag, show } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the policies',
  examples: [['List them', 'coffer policy list']],
  args: {},
  flags: { ...formatFlag, ...connectionFlags },
  doing: () => 'listing the policies',
  run: (call) =>
    withApi(call, async ({ policies }) => {
      const names = await policies.list()
      await show(call, names, () => names.join('\n'))
      return 0
    }),
})
