import { randomInt } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import type { Ceremony } from '../../client/index.ts'
import { type Arguments, type Call, defineCommand, maybe } from '../command/command.ts'
import { onOff, text } from '../command/flag.ts'
import { askSecret } from '../input/stdin.ts'
import { readSecretArgument } from '../input/values.ts'
import { done, formatFlag, show } from '../output/format.ts'
import { note } from '../output/say.ts'
import { columns } from '../output/table.ts'
import { connectionFlags, withoutToken } from '../session/connect.ts'
import { ceremonyFlags, ceremonyRows, giveShare, onlyOne } from './ceremony.ts'
import { decodeToken } from './decode.ts'

const flags = {
  ...ceremonyFlags,
  generateOtp: onOff('Show a one-time password for -init; the server makes one by itself.'),
  otp: text(
    'The one-time password, - or @file: with -init of your own making, with -decode the one shown.',
    'otp',
  ),
  decode: text('The encoded token, - or @file, to decode with the one-time password.', 'encoded'),
  ...formatFlag,
  ...connectionFlags,
}

export const generateRootCommand = defineCommand({
  name: 'generate-root',
  summary: 'Makes a root token from unseal shares or recovery shares',
  details:
    'Where the seal opens by itself, it takes the recovery shares that operator init made; a server that ' +
    'initialised itself has none. Who starts it gets a one-time password. The holders of shares give them, one after the other; then comes ' +
    'the token, which only the one-time password decodes.',
  examples: [
    ['Start', 'coffer operator generate-root -init'],
    ['Give a share, typed unseen', 'coffer operator generate-root'],
    ['Decode the result; the password is asked for', 'coffer operator generate-root -decode=ENCODED'],
  ],
  args: { key: maybe('A share of the unseal or the recovery key, - or @file.') },
  flags,
  doing: () => 'making a root token',
  run: async (call) => {
    const { init, cancel, status, decode, generateOtp, otp, nonce } = call.flags
    onlyOne({ init, cancel, status, decode, 'generate-otp': generateOtp })
    if (decode !== undefined) return decodeWith(call, decode)
    return withoutToken(call, async ({ seal: { generateRoot } }) => {
      if (cancel) {
        await generateRoot.cancel()
        done(call, 'Success! Root token generation canceled (if it was started)')
        return 0
      }
      if (generateOtp) return showOtp(call, (await generateRoot.status()).body.otp_length)
      if (status) return showState(call, await generateRoot.status())
      if (init) {
        const own = otp === undefined ? {} : { otp: await readSecretArgument(call.io, otp) }
        return showState(call, await generateRoot.start(own))
      }
      const given = { key: call.args.key, nonce, label: 'Unseal Key' }
      return showState(call, await giveShare(call.io, generateRoot, given))
    })
  },
})

type RootCall = Call<Arguments, typeof flags>

async function decodeWith(call: RootCall, encoded: string): Promise<number> {
  const { otp } = call.flags
  const value = await readSecretArgument(call.io, encoded)
  const password =
    otp === undefined ? await askSecret(call.io, 'One-Time Password') : await readSecretArgument(call.io, otp)
  const token = decodeToken(value, password.trim())
  await show(call, { token }, () => token)
  return 0
}

async function showOtp(call: RootCall, length: unknown): Promise<number> {
  const size =
    typeof length === 'number' && length > 0 && length <= 1024
      ? length
      : fail('invalid_request', 'the server does not say how long a one-time password is')
  const otp = randomText(size)
  await show(call, { otp, otp_length: size }, () => otp)
  return 0
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const randomText = (length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('')

async function showState(call: RootCall, state: Ceremony): Promise<number> {
  await show(call, state.body, () => columns(ceremonyRows(state)))
  if (state.body.otp) note(call.io, 'Keep the one-time password: it alone decodes the token.')
  if (state.complete) note(call.io, 'Decode it with: coffer operator generate-root -decode=ENCODED')
  return 0
}
