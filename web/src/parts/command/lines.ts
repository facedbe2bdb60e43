import type { Action, Call, Request } from './action.ts'
import { callOf, cofferLines } from './coffer.ts'
import { curlLines } from './curl.ts'
import { type File, newFiles } from './files.ts'
import { quoted } from './shell.ts'

export type Tool = 'coffer' | 'curl'

/** Lines for a shell, and the files that they read. */
export type Lines = { readonly text: string; readonly files: readonly File[] }

/**
 * An action as lines for a POSIX shell. Tokens and secrets are in none of them.
 *
 * @param origin of the server, such as `https://vault.example.org:8200`
 */
export function linesOf({ request, coffer }: Action, tool: Tool, origin: string): Lines {
  const files = newFiles()
  const requests = listOf<Request>(request)
  const lines =
    tool === 'curl'
      ? curlLines(requests, files)
      : cofferLines(coffer === undefined ? requests.map(callOf) : listOf<Call>(coffer), files)
  return { text: `export VAULT_ADDR=${quoted(origin)}\n${lines}`, files: files.all }
}

const listOf = <T extends object>(some: T | readonly T[]): readonly T[] =>
  Array.isArray(some) ? some : [some as T]
