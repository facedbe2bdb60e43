import { defineCommand, maybe } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { askSecret } from '../input/stdin.ts'
import { readSecretArgument } from '../input/values.ts'
import { fieldFlag, formatFlag, show, showField } from '../output/format.ts'
import { keyValueTable } from '../output/table.ts'
import { connectionFlags, withoutToken } from '../session/connect.ts'
import { sealRows } from '../status/rows.ts'

export const unsealCommand = defineCommand({
  name: 'unseal',
  summary: 'Gives the server one share of its key',
  details:
    'It is asked for on a terminal, or read from standard input. When enough are given, the server is unsealed.',
  examples: [
    ['Type a share unseen', 'coffer operator unseal'],
    ['From a file', 'coffer operator unseal @share'],
    ['Begin anew', 'coffer operator unseal -reset'],
  ],
  args: { key: maybe('The share, - or @file.') },
  flags: {
    reset: onOff('Forget the shares that have been given.'),
    ...fieldFlag,
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ flags }) => (flags.reset ? 'resetting the unseal process' : 'unsealing'),
  run: async (call) => {
    const { flags, args, io } = call
    const given = args.key === undefined ? undefined : await readSecretArgument(io, args.key)
    const share = flags.reset ? '' : (given ?? (await askSecret(io, 'Unseal Key'))).trim()
    return withoutToken(call, async ({ seal }) => {
      const status = flags.reset ? await seal.resetUnseal() : await seal.unseal(share)
      if (flags.field !== undefined) return showField(call, flags.field, status.body)
      await show(call, status.body, () => keyValueTable(sealRows(status)))
      return 0
    })
  },
})
