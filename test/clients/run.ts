import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../support/server.ts'

export type Run = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** The languages whose clients are built by `npm run clients`. */
export type Language = 'go' | 'node' | 'java' | 'rust'

export const builtFolder = (language: Language): string => join(root, '.cache', 'clients', language)

/** What is missing to run the clients of a language, or undefined. */
export function missingClient(language: Language): string | undefined {
  const ready = existsSync(join(builtFolder(language), 'installed'))
  return ready ? undefined : `the client for ${language} ("npm run clients" builds it)`
}

/**
 * Runs a program to its end, with the given environment variables and no others, so that no configured server or
 * token gets into a test.
 *
 * @param input for standard input; without it there is none
 */
export async function runClient(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  input?: string,
): Promise<Run> {
  const child = spawn(program, args, { env: variables, stdio: ['pipe', 'pipe', 'pipe'], timeout: 120_000 })
  child.stdin.end(input ?? '')
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}
