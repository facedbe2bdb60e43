import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { enableFlags, mountBody } from '../mount/options.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const enableCommand = defineCommand({
  name: 'enable',
  summary: 'Mounts a secrets engine',
  examples: [['A KV engine at team/', 'coffer secrets enable -path=team kv']],
  args: { type: one('Type of the engine, such as kv.') },
  flags: { ...enableFlags, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `enabling the ${args.type} secrets engine`,
  run: (call) =>
    withApi(call, async ({ secrets }) => {
      const path = trimPath(call.flags.path ?? call.args.type)
      await secrets.enable(path, mountBody(call.args.type, call.flags))
      done(call, `Success! Enabled the ${call.args.type} secrets engine at: ${path}/`)
      return 0
    }),
})
