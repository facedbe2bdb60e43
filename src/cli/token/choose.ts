import { fail } from '../../base/errors.ts'
import type { TokenChoice } from '../../client/index.ts'
import { maybe } from '../command/command.ts'
import { onOff } from '../command/flag.ts'
import { readSecretArgument } from '../input/values.ts'
import type { Io } from '../io.ts'

export const tokenArgument = maybe('The token, - or @file; with -accessor its accessor. Your own if absent.')

export const accessorFlag = { accessor: onOff('What is given is an accessor.') }

/** The token that is given, or one's own where none is. */
export async function givenToken(io: Io, given: string | undefined): Promise<TokenChoice> {
  return given === undefined
    ? { kind: 'self' }
    : { kind: 'token', token: await readSecretArgument(io, given) }
}

/** The token of the accessor that is given. @throws invalid_request where none is */
export async function givenAccessor(io: Io, given: string | undefined): Promise<TokenChoice> {
  if (given === undefined) fail('invalid_request', 'no accessor is given')
  return { kind: 'accessor', accessor: await readSecretArgument(io, given) }
}
