import { kvPath } from '../../../client/index.ts'
import { defineCommand, one } from '../../command/command.ts'
import { texts } from '../../command/flag.ts'
import { showWarnings } from '../../output/answer.ts'
import { done, formatFlag } from '../../output/format.ts'
import { note } from '../../output/say.ts'
import { connectionFlags, withApi } from '../../session/connect.ts'
import { locate, mountFlag, versionedPlace } from '../locate.ts'
import { needSomething, settingFlags, settingsOf } from './settings.ts'

export const patchCommand = defineCommand({
  name: 'patch',
  summary: 'Changes what holds for a secret and its versions',
  details: 'Notes that are not named stay as they are.',
  examples: [
    ['Add a note', 'coffer kv metadata patch -custom-metadata=team=red secrets/app/db'],
    ['Remove one', 'coffer kv metadata patch -remove-custom-metadata=team secrets/app/db'],
  ],
  args: { path: one('Path of the secret.') },
  flags: {
    ...mountFlag,
    ...settingFlags,
    removeCustomMetadata: texts('Name of a note to remove.', 'name'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ args }) => `changing the metadata of ${args.path}`,
  run: (call) => {
    const removed = (call.flags.removeCustomMetadata ?? []).map((name): [string, null] => [name, null])
    const given = settingsOf(call.flags)
    const custom = { ...given.custom_metadata, ...Object.fromEntries(removed) }
    const settings = needSomething({
      ...given,
      ...(Object.keys(custom).length > 0 && { custom_metadata: custom }),
    })
    return withApi(call, async (api) => {
      const { mount, path } = versionedPlace(
        await locate(api, call.args.path, call.flags.mount),
        'metadata patch',
      )
      const answer = await api.kv.metadata.patch(mount, path, settings)
      if (answer === undefined) {
        note(call.io, `No value found at ${kvPath(mount, 'metadata', path)}`)
        return 2
      }
      showWarnings(call, answer)
      done(call, `Success! Data written to: ${kvPath(mount, 'metadata', path)}`)
      return 0
    })
  },
})
