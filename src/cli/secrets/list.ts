import { defineCommand } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { showMounts } from '../mount/list.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the secrets engines',
  examples: [['With their settings', 'coffer secrets list -detailed']],
  args: {},
  flags: { detailed: onOff('Show their settings too.'), ...formatFlag, ...connectionFlags },
  doing: () => 'listing the secrets engines',
  run: (call) =>
    withApi(call, async ({ secrets }) => {
      await showMounts(call, await secrets.list(), call.flags.detailed === true)
      return 0
    }),
})
