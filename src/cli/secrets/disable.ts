import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const disableCommand = defineCommand({
  name: 'disable',
  summary: 'Unmounts a secrets engine and deletes all that it holds',
  examples: [['Give up team/', 'coffer secrets disable team/']],
  args: { path: one('Where it is mounted.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `disabling the secrets engine at ${args.path}`,
  run: (call) =>
    withApi(call, async ({ secrets }) => {
      const path = trimPath(call.args.path)
      await secrets.disable(path)
      done(call, `Success! Disabled the secrets engine (if it existed) at: ${path}/`)
      return 0
    }),
})
