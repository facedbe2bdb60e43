import type { InitRequest, InitResult } from '../../client/index.ts'
import { defineCommand } from '../command/command.ts'
import { onOff, text, whole } from '../command/flag.ts'
import { expandHome } from '../input/file.ts'
import { fillNewFile } from '../input/new-file.ts'
import { done, encoded, type Formatted, formatFlag, formatOf, show } from '../output/format.ts'
import { note, say } from '../output/say.ts'
import { connectionFlags, withoutToken } from '../session/connect.ts'

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Makes a new server ready: keys and the first token',
  details:
    'The keys and the token are shown once. Give the shares to different people: so many of them as the ' +
    'threshold says unseal the server, and without them its data is lost. With -status nothing is done; the ' +
    'exit code is 0 when the server is initialised, 2 when it is not, and 1 when that cannot be told.',
  examples: [
    ['Five shares, of which three unseal', 'coffer operator init'],
    [
      'For one person and a script',
      'coffer operator init -key-shares=1 -key-threshold=1 -format=json -output-file=keys.json',
    ],
  ],
  args: {},
  flags: {
    keyShares: whole('Number of shares; 5 if absent.', 'number', { aliases: ['n'] }),
    keyThreshold: whole('Number of shares that unseal; 3 if absent.', 'number', { aliases: ['t'] }),
    recoveryShares: whole('The same for a seal that opens by itself; 5 if absent.'),
    recoveryThreshold: whole('The same for a seal that opens by itself; 3 if absent.'),
    outputFile: text(
      'Write the keys and the token into this new file, of mode 0600, and do not show them. With a file of ' +
        'that name nothing is done.',
      'file',
    ),
    status: onOff('Only tell whether the server is initialised.'),
    ...formatFlag,
    ...connectionFlags,
  },
  doing: ({ flags }) => (flags.status ? 'checking whether the server is initialised' : 'initialising'),
  failure: 2,
  run: (call) =>
    withoutToken(call, async ({ seal }) => {
      if (call.flags.status) {
        const initialized = await seal.initialized()
        await show(call, { initialized }, () => `The server is ${initialized ? '' : 'not '}initialised.`)
        return initialized ? 0 : 2
      }
      const initialize = async () => {
        const request = requestOf(call.flags, (await seal.status()).recovery_seal)
        return { request, result: await seal.init(request) }
      }
      const { outputFile } = call.flags
      if (outputFile !== undefined) return intoFile(call, expandHome(outputFile, call.io.home), initialize)
      const { request, result } = await initialize()
      await show(call, machineForm(request, result), () => textForm(request, result))
      return 0
    }),
})

type Made = { readonly request: InitRequest; readonly result: InitResult }

/** The file is there before the server is asked, so that no key is made that could not be kept. */
async function intoFile(call: Formatted, file: string, initialize: () => Promise<Made>): Promise<number> {
  const format = formatOf(call)
  await fillNewFile(
    file,
    async () => {
      const { request, result } = await initialize()
      const text =
        format === 'table' ? textForm(request, result) : await encoded(format, machineForm(request, result))
      return `${text}\n`
    },
    (text) => {
      note(call.io, `The server is initialised, but ${file} cannot be written. Keep what is shown now:`)
      say(call.io, text)
    },
  )
  done(call, `Success! The server is initialised. Its keys and the root token are in ${file}`)
  return 0
}

type ShareFlags = {
  readonly keyShares: number | undefined
  readonly keyThreshold: number | undefined
  readonly recoveryShares: number | undefined
  readonly recoveryThreshold: number | undefined
}

/** A seal that opens by itself has no unseal shares; its recovery shares authorise rekeying and the like. */
const requestOf = (flags: ShareFlags, opensItself: boolean): InitRequest =>
  opensItself
    ? {
        recovery_shares: flags.recoveryShares ?? 5,
        recovery_threshold: flags.recoveryThreshold ?? 3,
        ...(flags.keyShares !== undefined && { secret_shares: flags.keyShares }),
        ...(flags.keyThreshold !== undefined && { secret_threshold: flags.keyThreshold }),
      }
    : { secret_shares: flags.keyShares ?? 5, secret_threshold: flags.keyThreshold ?? 3 }

/** The names that scripts for Vault read. */
const machineForm = (request: InitRequest, result: InitResult) => ({
  unseal_keys_b64: result.keys_base64,
  unseal_keys_hex: result.keys,
  unseal_shares: request.secret_shares ?? 0,
  unseal_threshold: request.secret_threshold ?? 0,
  recovery_keys_b64: result.recovery_keys_base64,
  recovery_keys_hex: result.recovery_keys,
  recovery_keys_shares: request.recovery_shares ?? 0,
  recovery_keys_threshold: request.recovery_threshold ?? 0,
  root_token: result.root_token,
})

function textForm(request: InitRequest, result: InitResult): string {
  const lines = [
    ...result.keys_base64.map((key, index) => `Unseal Key ${index + 1}: ${key}`),
    ...result.recovery_keys_base64.map((key, index) => `Recovery Key ${index + 1}: ${key}`),
    '',
    `Initial Root Token: ${result.root_token}`,
    '',
    'Success! The server is initialised.',
  ]
  if (result.keys.length > 0) {
    lines.push(
      '',
      `Any ${request.secret_threshold} of these ${request.secret_shares} keys unseal it after every start. They are not shown again,`,
      'and the server does not know them: keep them apart and safe.',
    )
  }
  if (result.recovery_keys.length > 0) {
    lines.push(
      '',
      `Any ${request.recovery_threshold} of these ${request.recovery_shares} recovery keys authorise a rekey or a new root token.`,
    )
  }
  return lines.join('\n')
}
