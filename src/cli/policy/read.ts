import { defineCommand, one } from '../command/command.ts'
import { formatFlag, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const readCommand = defineCommand({
  name: 'read',
  summary: 'Shows a policy',
  examples: [['Save it to a file', 'coffer policy read team > team.hcl']],
  args: { name: one('Name of the policy.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `reading the policy ${args.name}`,
  run: (call) =>
    withApi(call, async ({ policies }) => {
      const policy = await policies.read(call.args.name)
      if (policy === undefined) {
        note(call.io, `No policy named: ${call.args.name}`)
        return 2
      }
      await show(call, { policy }, () => policy.trim())
      return 0
    }),
})
