import { defineCommand, one } from '../command/command.ts'
import { expandHome } from '../input/file.ts'
import { formatFlag, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { configFlag, dataFileOf, progressOn } from './copying.ts'

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Makes the store of this machine from a backup',
  details:
    'Refuses where there is a store already: stop its server and move it away. The whole backup is checked ' +
    'before it takes its place. Everything is as it was then: tokens and shares that were revoked or ' +
    'replaced since are good again.',
  examples: [
    [
      'Start a server on a backup',
      'coffer operator restore -config=/etc/coffer.hcl /mnt/backup/coffer.db\ncoffer server -config=/etc/coffer.hcl',
    ],
  ],
  args: { source: one('The backup.') },
  flags: { ...configFlag, ...formatFlag },
  doing: ({ args }) => `restoring ${args.source}`,
  failure: 1,
  run: async (call) => {
    const { args, flags, io } = call
    const source = expandHome(args.source, io.home)
    const data = await dataFileOf(flags.config, io)
    const { restore } = await import('../../core/backup.ts')
    const { systemRandom } = await import('../../base/random.ts')
    const progress = progressOn(io)
    await restore({ source, data, random: systemRandom }, progress.show).finally(progress.end)
    await show(call, { source, destination: data }, () => `Success! Restored ${source} to ${data}`)
    note(io, 'What was revoked or changed since the backup is as it was then: revoke it again.')
    return 0
  },
})
