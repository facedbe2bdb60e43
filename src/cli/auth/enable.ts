import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { enableFlags, mountBody, tokenTypeFlag } from '../mount/options.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const enableCommand = defineCommand({
  name: 'enable',
  summary: 'Mounts an auth method',
  examples: [['JWT logins at auth/egi/', 'coffer auth enable -path=egi jwt']],
  args: { type: one('Type of the method, such as jwt.') },
  flags: { ...enableFlags, ...tokenTypeFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `enabling the ${args.type} auth method`,
  run: (call) =>
    withApi(call, async ({ auth }) => {
      const path = trimPath(call.flags.path ?? call.args.type)
      await auth.enable(path, mountBody(call.args.type, call.flags))
      done(call, `Success! Enabled ${call.args.type} auth method at: ${path}/`)
      return 0
    }),
})
