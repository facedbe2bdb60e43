import { fail } from '../../base/errors.ts'
import { kvPath } from '../../client/index.ts'
import { defineCommand, one } from '../command/command.ts'
import { wholes } from '../command/flag.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { locate, mountFlag, versionedPlace } from './locate.ts'

export const destroyCommand = defineCommand({
  name: 'destroy',
  summary: 'Removes the data of versions of a secret for good',
  examples: [['Destroy two versions', 'coffer kv destroy -versions=1,2 secrets/app/db']],
  args: { path: one('Path of the secret.') },
  flags: {
    ...mountFlag,
    versions: wholes('The versions; separated by commas.', 'numbers'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `destroying ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const { versions } = call.flags
      if (versions === undefined) fail('invalid_request', 'say which versions: -versions=1,2')
      const { mount, path } = versionedPlace(await locate(api, call.args.path, call.flags.mount), 'destroy')
      await api.kv.destroy(mount, path, versions)
      done(call, `Success! Data destroyed (if it existed) at: ${kvPath(mount, 'data', path)}`)
      return 0
    }),
})
