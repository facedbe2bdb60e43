import { defineCommand } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { showMounts } from '../mount/list.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const listCommand = defineCommand({
  name: 'list',
  summary: 'Lists the auth methods',
  examples: [['With their settings', 'coffer auth list -detailed']],
  args: {},
  flags: { detailed: onOff('Show their settings too.'), ...formatFlag, ...connectionFlags },
  doing: () => 'listing the auth methods',
  run: (call) =>
    withApi(call, async ({ auth }) => {
      await showMounts(call, await auth.list(), call.flags.detailed === true)
      return 0
    }),
})
