import type { TokenChoice } from '../../client/index.ts'
import { maybe } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { readSecretArgument } from '../input/values.ts'
import type { Io } from '../io.ts'

export const tokenArgument = maybe('The token, - or @file; with -accessor its accessor. Your own if absent.')

export const accessorFlag = { accessor: onOff('What is given is an accessor.') }

/** Which token a command line means. */
export async function chooseToken(
  io: Io,
  given: string | undefined,
  accessor: boolean,
): Promise<TokenChoice> {
  if (given === undefined) return { kind: 'self' }
  const value = await readSecretArgument(io, given)
  return accessor ? { kind: 'accessor', accessor: value } : { kind: 'token', token: value }
}
