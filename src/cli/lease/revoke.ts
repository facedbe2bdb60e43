import { fail } from '../../base/errors.ts'
import { defineCommand, one } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { trimPath } from '../data/path.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const revokeCommand = defineCommand({
  name: 'revoke',
  summary: 'Ends a lease, or all below a path, and what they are about',
  examples: [
    ['One lease', 'coffer lease revoke auth/userpass/login/alice/h1a2b3c'],
    ['All that came from a path', 'coffer lease revoke -prefix auth/userpass/login'],
  ],
  args: { lease: one('Id of the lease; with -prefix a path.') },
  flags: {
    prefix: onOff('All leases below a path. Needs sudo.'),
    force: onOff('With -prefix: also those that the engine cannot take back.', { aliases: ['f'] }),
    sync: onOff('Wait until it is done, on servers that put revocations off; this one never does.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `revoking ${args.lease}`,
  run: async (call) => {
    const { prefix = false, force = false, sync = false } = call.flags
    if (force && !prefix) fail('invalid_request', '-force needs -prefix')
    const lease = trimPath(call.args.lease)
    return withApi(call, async ({ leases }) => {
      if (force) await leases.revokeForce(lease)
      else if (prefix) await leases.revokePrefix(lease, sync)
      else await leases.revoke(lease, sync)
      const what = prefix ? `the leases below ${lease}/` : `the lease ${lease}`
      done(call, `Success! Revoked ${what} (if any existed)`)
      return 0
    })
  },
})
