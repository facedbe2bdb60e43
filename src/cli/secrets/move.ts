import { defineCommand, one } from '../command/command.ts'
import { trimPath } from '../data/path.ts'
import { done, formatFlag } from '../output/format.ts'
import { note } from '../output/say.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

/** Milliseconds between two questions about how far the move is. */
const interval = 500

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
    withApi(call, async ({ move }) => {
      const source = trimPath(call.args.source)
      const destination = trimPath(call.args.destination)
      let state = await move.start(source, destination)
      while (state.status !== 'success' && state.status !== 'failure') {
        state = await move.status(state.id)
        if (state.status === 'in-progress') await call.io.pause(interval)
        else if (state.status === '') break
      }
      const what = `the secrets engine ${source}/ to ${destination}/ (migration ${state.id})`
      if (state.status !== 'success') {
        note(call.io, `Failed to move ${what}; see the log of the server`)
        return 2
      }
      done(call, `Success! Moved ${what}`)
      return 0
    }),
})
