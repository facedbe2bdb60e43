import { fail } from '../../base/errors.ts'
import type { Io, Source } from '../io.ts'
import { readText } from './file.ts'
import { prompt } from './prompt.ts'

const used = new WeakSet<Source>()

/**
 * All of standard input, as it is.
 *
 * @throws invalid_request when it was read before, is too large or is not UTF-8
 */
export function readStdin(io: Io): Promise<string> {
  if (used.has(io.stdin)) fail('invalid_request', 'only one value can come from standard input')
  used.add(io.stdin)
  return readText(io.stdin, 'standard input')
}

/**
 * A secret that the user is asked for: typed unseen on a terminal, else all of standard input without the
 * line end.
 *
 * @throws invalid_request when it is empty
 */
export async function askSecret(io: Io, label: string): Promise<string> {
  const typed =
    io.stdin.isTTY === true ? await prompt(io, `${label} (will be hidden): `) : await readStdin(io)
  const secret = typed.replace(/\r?\n$/, '')
  if (secret === '') fail('invalid_request', `no ${label} was given`)
  return secret
}
