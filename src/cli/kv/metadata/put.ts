import { kvPath } from '../../../client/index.ts'
import { defineCommand, one } from '../../command/command.ts'
import { showWarnings } from '../../output/answer.ts'
import { done, formatFlag } from '../../output/format.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { locate, mountFlag, versionedPlace } from '../locate.ts'
import { settingFlags, settingsOf } from './settings.ts'

export const putCommand = defineCommand({
  name: 'put',
  summary: 'Sets what holds for a secret and its versions',
  details: 'Flags that are not given change nothing; the notes are replaced as a whole.',
  examples: [
    ['Keep five versions', 'coffer kv metadata put -max-versions=5 secrets/app/db'],
    ['Note who looks after it', 'coffer kv metadata put -custom-metadata=owner=alice secrets/app/db'],
  ],
  args: { path: one('Path of the secret.') },
  flags: { ...mountFlag, ...settingFlags, ...formatFlag, ...connectionFlags },
  doing: ({ args }) => `writing the metadata of ${args.path}`,
  run: (call) =>
    withApi(call, async (api) => {
      const { mount, path } = versionedPlace(
        await locate(api, call.args.path, call.flags.mount),
        'metadata put',
      )
      const answer = await api.kv.metadata.put(mount, path, settingsOf(call.flags))
      showWarnings(call, answer)
      done(call, `Success! Data written to: ${kvPath(mount, 'metadata', path)}`)
      return 0
    }),
})
