import type { Answer } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { cell } from '../output/cell.ts'
import { formatFlag, show } from '../output/format.ts'
import { columns, type Row } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'

export const keyStatusCommand = defineCommand({
  name: 'key-status',
  summary: 'Shows the key that encrypts what is stored',
  examples: [['Show its age and use', 'coffer operator key-status']],
  args: {},
  flags: { ...formatFlag, ...connectionFlags },
  doing: () => 'reading the key status',
  run: (call) =>
    withApi(call, async ({ seal }) => {
      const status = await seal.keyStatus()
      await show(call, status.data ?? {}, () => columns(keyStatusRows(status)))
      return 0
    }),
})

export const keyStatusRows = ({ data }: Answer): Row[] => [
  ['Key Term', cell(data?.term)],
  ['Install Time', cell(data?.install_time)],
  ['Encryption Count', cell(data?.encryptions)],
]
