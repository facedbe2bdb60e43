import { statSync } from 'node:fs'
import { defineCommand, one } from '../command/command.ts'
import { expandHome } from '../input/file.ts'
import { formatFlag, show } from '../output/format.ts'
import { configFlag, dataFileOf, progressOn } from './copying.ts'

export const backupCommand = defineCommand({
  name: 'backup',
  summary: 'Copies the store of this machine into a file, while servers use it',
  details:
    'The copy is as of one instant and a file of mode 0600. What is in it stays encrypted: the key of the ' +
    'seal, or the shares, are no part of it, and are to be kept elsewhere. The audit log is not either. ' +
    'Needs no server and no token, but the right to read the store.',
  examples: [
    ['Back the store of a server up', 'coffer operator backup -config=/etc/coffer.hcl /mnt/backup/coffer.db'],
  ],
  args: { destination: one('The file to make; there must be none.') },
  flags: { ...configFlag, ...formatFlag },
  doing: ({ args }) => `backing up to ${args.destination}`,
  failure: 1,
  run: async (call) => {
    const { args, flags, io } = call
    const destination = expandHome(args.destination, io.home)
    const data = await dataFileOf(flags.config, io)
    const { backUp } = await import('../../core/backup.ts')
    const progress = progressOn(io)
    await backUp(data, destination, progress.show).finally(progress.end)
    const { size } = statSync(destination)
    await show(
      call,
      { source: data, destination, bytes: size },
      () => `Success! Backed up ${data} to ${destination}`,
    )
    return 0
  },
})
