import { kvPath } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { wholes } from '../command/flag.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { changeAt, locate, mountFlag, needVersions } from './locate.ts'

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'Deletes a secret',
  details: 'Where the engine keeps versions, the newest is deleted, and can be undeleted.',
  examples: [['Delete a secret', 'coffer kv delete secrets/app/db']],
  args: { path: one('Path of the secret.') },
  flags: {
    ...mountFlag,
    versions: wholes('Versions to delete, where the engine keeps several; separated by commas.', 'numbers'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `deleting ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const location = await locate(api, call.args.path, call.flags.mount)
      const { place } = await changeAt(location, async (at) => {
        needVersions(at, 'versions', call.flags.versions)
        return api.kv.delete(at.mount, at.path, call.flags.versions)
      })
      done(call, `Success! Data deleted (if it existed) at: ${kvPath(place.mount, 'data', place.path)}`)
      return 0
    }),
})
