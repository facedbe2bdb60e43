import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { moveMount } from '../mount/move.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const moveCommand = defineCommand({
  name: 'move',
  summary: 'Moves a secrets engine to another path',
  details:
    'Leases of the engine are revoked. Policies are not changed: those for the old path no longer match.',
  examples: [['Rename team/ to group/', 'coffer secrets move team/ group/']],
  args: { source: one('Where it is mounted.'), destination: one('Where it shall be mounted.') },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `moving the secrets engine at ${args.source} to ${args.destination}`,
  run: (call) =>
    withApi(call, ({ move }) =>
      moveMount(call, move, {
        what: 'secrets engine',
        source: trimPath(call.args.source),
        destination: trimPath(call.args.destination),
      }),
    ),
})
