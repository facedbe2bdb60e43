import { kvPath } from '../../../client/index.ts'
import { defineCommand, one } from '../../command/command.ts'
import { done, formatFlag } from '../../output/format.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { locate, mountFlag, versionedPlace } from '../locate.ts'

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'Removes a secret with all its versions, for good',
  examples: [['Remove all of a secret', 'coffer kv metadata delete secrets/app/db']],
  args: { path: one('Path of the secret.') },
  flags: { ...mountFlag, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `removing ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const { mount, path } = versionedPlace(
        await locate(api, call.args.path, call.flags.mount),
        'metadata delete',
      )
      await api.kv.metadata.delete(mount, path)
      done(call, `Success! Data deleted (if it existed) at: ${kvPath(mount, 'metadata', path)}`)
      return 0
    }),
})
