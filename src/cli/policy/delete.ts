import { defineCommand, one } from '../command/command.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'Deletes a policy; tokens that have it lose what it grants at once',
  examples: [['Delete it', 'coffer policy delete team']],
  args: { name: one('Name of the policy.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `deleting the policy ${args.name}`,
  run: (call) =>
    withApi(call, async ({ policies }) => {
      await policies.delete(call.args.name)
      done(call, `Success! Deleted policy: ${call.args.name}`)
      return 0
    }),
})
