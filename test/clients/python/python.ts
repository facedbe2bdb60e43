import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../support/server.ts'

/** A set of Python packages, installed as the list of the same name beside this file says. */
export type Environment = 'fedcloudclient-1.4.7' | 'fedcloudclient-1.4.4'

const folderOf = (environment: Environment): string => join(root, '.cache', 'python', environment)

/** What is missing to run the programs of an environment, or undefined. */
export function missingEnvironment(environment: Environment): string | undefined {
  const ready = existsSync(join(folderOf(environment), 'installed'))
  return ready ? undefined : `Python with ${environment} ("npm run clients" installs it)`
}

export type Run = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/**
 * Runs a program of an environment to its end. It sees the given variables, PATH, and none of the developer's
 * own, so that no configured server or token gets into a test.
 *
 * @param input for standard input; without it there is none
 */
export async function runProgram(
  environment: Environment,
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  input?: string,
): Promise<Run> {
  const { PATH = '' } = process.env
  const child = spawn(join(folderOf(environment), 'bin', program), args, {
    env: { PATH, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8', ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  child.stdin.end(input ?? '')
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}
