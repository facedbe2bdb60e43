import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { moveMount } from '../mount/move.ts'
import { formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const moveCommand = defineCommand({
  name: 'move',
  summary: 'Moves an auth method to another path',
  details: 'Policies are not changed: those for the old path no longer match.',
  examples: [['Rename the method at jwt/ to egi/', 'coffer auth move jwt/ egi/']],
  args: {
    source: one('Where it is mounted, without auth/.'),
    destination: one('Where it shall be mounted, without auth/.'),
  },
  flags: { ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `moving the auth method at ${args.source} to ${args.destination}`,
  run: (call) =>
    withApi(call, ({ move }) =>
      moveMount(call, move, {
        what: 'auth method',
        source: `auth/${trimPath(call.args.source)}`,
        destination: `auth/${trimPath(call.args.destination)}`,
      }),
    ),
})
