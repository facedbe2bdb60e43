import { fail } from '../../base/errors.ts'
import type { Ceremony, CeremonyApi } from '../../client/index.ts'
import { onOff, text } from '../command/flag.ts'
import { askSecret } from '../input/stdin.ts'
import { readSecretArgument } from '../input/values.ts'
import type { Io } from '../io.ts'
import { cell } from '../output/cell.ts'
import { note } from '../output/say.ts'
import type { Row } from '../output/table.ts'

export const ceremonyFlags = {
  init: onOff('Start it.'),
  cancel: onOff('Give it up.'),
  status: onOff('Show how far it is.'),
  nonce: text('The nonce that it was started with; needed where the share is not typed.', 'nonce'),
}

/** @throws invalid_request when more than one of the actions is asked for */
export function onlyOne(actions: Readonly<Record<string, unknown>>): void {
  const chosen = Object.keys(actions).filter((name) => actions[name] !== undefined && actions[name] !== false)
  if (chosen.length > 1) fail('invalid_request', `-${chosen.join(' and -')} exclude each other`)
}

/**
 * Gives one share to an operation that was started. Who types it sees the nonce; who does not must name it,
 * so that a share never goes to an operation that someone else started.
 *
 * @throws invalid_request when nothing was started or the nonce is missing
 */
export async function giveShare(
  io: Io,
  ceremony: CeremonyApi,
  given: { readonly key: string | undefined; readonly nonce: string | undefined; readonly label: string },
): Promise<Ceremony> {
  const status = await ceremony.status()
  if (!status.started) fail('invalid_request', 'nothing was started; begin with -init')
  const typed = given.key === undefined && io.stdin.isTTY === true
  const nonce = given.nonce ?? (typed ? status.nonce : undefined)
  if (nonce === undefined) fail('invalid_request', `the nonce is missing; give it as -nonce=${status.nonce}`)
  if (typed) note(io, `Operation nonce: ${nonce}`)
  const key =
    given.key === undefined ? await askSecret(io, given.label) : await readSecretArgument(io, given.key)
  return ceremony.update(key.trim(), nonce)
}

/** How far an operation is. */
export const ceremonyRows = (state: Ceremony): Row[] => [
  ['Nonce', state.nonce || 'n/a'],
  ['Started', String(state.started)],
  ['Progress', `${state.progress}/${state.required}`],
  ...more(state, { t: 'New Threshold', n: 'New Shares', verification_required: 'Verification Required' }),
  ['Complete', String(state.complete)],
  ...more(state, { encoded_root_token: 'Encoded Token', otp: 'OTP', otp_length: 'OTP Length' }),
]

const more = ({ body }: Ceremony, names: Readonly<Record<string, string>>): Row[] =>
  Object.entries(names)
    .map(([name, title]): Row => [title, cell(body[name])])
    .filter(([, value]) => value !== '' && value !== '0')
