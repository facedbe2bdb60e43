import { fail } from '../../base/errors.ts'
import { type Ceremony, type CeremonyApi, textsOf } from '../../client/index.ts'
import { type Arguments, type Call, defineCommand, maybe } from '../command/command.ts'
import { onOff, whole } from '../command/flag.ts'
import { done, formatFlag, formatOf, show } from '../output/format.ts'
import { say } from '../output/say.ts'
import { columns } from '../output/table.ts'
import { connectionFlags, withApi } from '../session/connect.ts'
import { ceremonyFlags, ceremonyRows, giveShare, onlyOne } from './ceremony.ts'

const flags = {
  ...ceremonyFlags,
  keyShares: whole('With -init: number of new shares; 5 if absent.', 'number', { aliases: ['n'] }),
  keyThreshold: whole('With -init: number of shares that unseal; 3 if absent.', 'number', { aliases: ['t'] }),
  verify: onOff('With -init: the new shares count once they are confirmed. Else: confirm with a new share.'),
  ...formatFlag,
  ...connectionFlags,
}

export const rekeyCommand = defineCommand({
  name: 'rekey',
  summary: 'Makes new shares of the unseal key',
  details: 'It is started once; then the holders of the old shares give them, one after the other.',
  examples: [
    [
      'Start, for three shares of which two unseal',
      'coffer operator rekey -init -key-shares=3 -key-threshold=2',
    ],
    ['Give a share, typed unseen', 'coffer operator rekey'],
    ['Give a share from a file', 'coffer operator rekey -nonce=NONCE @share'],
  ],
  args: { key: maybe('A share of the present key, - or @file.') },
  flags,
  doing: () => 'rekeying',
  run: (call) =>
    withApi(call, async ({ seal }) => {
      const { init, cancel, status, verify } = call.flags
      onlyOne({ init, cancel, status })
      const ceremony = verify && !init ? seal.rekeyVerification : seal.rekey
      if (cancel) {
        await ceremony.cancel()
        done(call, 'Success! Canceled rekeying (if it was started)')
        return 0
      }
      if (status) return showState(call, await ceremony.status())
      if (init) return showState(call, await start(call, seal.rekey))
      const { nonce } = call.flags
      const label = verify ? 'New Unseal Key' : 'Unseal Key'
      return showState(call, await giveShare(call.io, ceremony, { key: call.args.key, nonce, label }))
    }),
})

type RekeyCall = Call<Arguments, typeof flags>

function start(call: RekeyCall, ceremony: CeremonyApi): Promise<Ceremony> {
  const { keyShares = 5, keyThreshold = 3, verify } = call.flags
  if (keyThreshold > keyShares) fail('invalid_request', '-key-threshold is larger than -key-shares')
  return ceremony.start({
    secret_shares: keyShares,
    secret_threshold: keyThreshold,
    ...(verify && { require_verification: true }),
  })
}

async function showState(call: RekeyCall, state: Ceremony): Promise<number> {
  const keys = textsOf(state.body.keys_base64)
  if (formatOf(call) !== 'table' || keys.length === 0) {
    await show(call, state.body, () => columns(ceremonyRows(state)))
    return 0
  }
  keys.forEach((key, index) => {
    say(call.io, `Key ${index + 1}: ${key}`)
  })
  const confirm = state.body.verification_required === true
  say(call.io, '')
  say(
    call.io,
    confirm
      ? `The old keys stay until the new ones are confirmed: coffer operator rekey -verify -nonce=${String(state.body.verification_nonce)}`
      : 'Success! The old keys no longer unseal. These are not shown again: keep them apart and safe.',
  )
  return 0
}
