import { defineCommand } from '../command/command.ts'
import { done, formatFlag } from '../output/format.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const sealCommand = defineCommand({
  name: 'seal',
  summary: 'Seals the server: it forgets its key and answers nothing until it is unsealed',
  examples: [['Seal it', 'coffer operator seal']],
  args: {},
  flags: { ...formatFlag, ...connectionFlags },
  doing: () => 'sealing',
  run: (call) =>
    withApi(call, async ({ seal }) => {
      await seal.seal()
      done(call, 'Success! The server is sealed.')
      return 0
    }),
})
