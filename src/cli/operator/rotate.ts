import { defineCommand } from '../command/command.ts'
import { done, formatFlag, show } from '../output/format.ts'
import { columns } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { keyStatusRows } from './key-status.ts'

export const rotateCommand = defineCommand({
  name: 'rotate',
  summary: 'Makes a new key that encrypts what is stored from now on',
  details: 'What is stored already stays readable. The shares of the unseal key do not change.',
  examples: [['Rotate the key', 'coffer operator rotate']],
  args: {},
  flags: { ...formatFlag, ...connectionFlags },
  doing: () => 'rotating the key',
  run: (call) =>
    withApi(call, async ({ seal }) => {
      await seal.rotate()
      const status = await seal.keyStatus()
      done(call, 'Success! Rotated key')
      await show(call, status.data ?? {}, () => `\n${columns(keyStatusRows(status))}`)
      return 0
    }),
})
