import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const disableCommand = defineCommand({
  name: 'disable',
  summary: 'Unmounts an auth method and ends the tokens of its logins',
  examples: [['Give up the method at jwt/', 'coffer auth disable jwt/']],
  args: { path: one('Where it is mounted, without auth/.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `disabling the auth method at ${args.path}`,
  run: (call) =>
    withApi(call, async ({ auth }) => {
      const path = trimPath(call.args.path)
      await auth.disable(path)
      done(call, `Success! Disabled the auth method (if it existed) at: ${path}/`)
      return 0
    }),
})
