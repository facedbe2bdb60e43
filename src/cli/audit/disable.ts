import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const disableCommand = defineCommand({
  name: 'disable',
  summary: 'Turns an audit device off',
  examples: [['Stop writing to the file', 'coffer audit disable file/']],
  args: { path: one('Name of the device.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `disabling the audit device ${args.path}`,
  run: (call) =>
    withApi(call, async ({ audit }) => {
      const path = trimPath(call.args.path)
      await audit.disable(path)
      done(call, `Success! Disabled audit device (if it was enabled) at: ${path}/`)
      return 0
    }),
})
