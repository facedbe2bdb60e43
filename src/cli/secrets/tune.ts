import { fail } from '../../base/errors.ts'
import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { tuneFlags, tuningOf } from '../mount/options.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const tuneCommand = defineCommand({
  name: 'tune',
  summary: 'Changes the settings of a secrets engine',
  examples: [['Let leases live for three days', 'coffer secrets tune -default-lease-ttl=72h team/']],
  args: { path: one('Where it is mounted.') },
  flags: { ...tuneFlags, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `tuning the secrets engine at ${args.path}`,
  run: (call) =>
    withApi(call, async ({ secrets }) => {
      const changes = tuningOf(call.flags)
      if (Object.keys(changes).length === 0)
        fail('invalid_request', 'there is nothing to change; give a flag')
      const path = trimPath(call.args.path)
      await secrets.tune(path, changes)
      done(call, `Success! Tuned the secrets engine at: ${path}/`)
      return 0
    }),
})
