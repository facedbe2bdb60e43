import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../support/server.ts'
import { type Run, runClient } from '../run.ts'

export type { Run } from '../run.ts'

/** A set of Python packages, installed as the list of the same name beside this file says. */
export type Environment = 'fedcloudclient-1.4.7' | 'fedcloudclient-1.4.4'

const folderOf = (environment: Environment): string => join(root, '.cache', 'python', environment)

/** What is missing to run the programs of an environment, or undefined. */
export function missingEnvironment(environment: Environment): string | undefined {
  const ready = existsSync(join(folderOf(environment), 'installed'))
  return ready ? undefined : `Python with ${environment} ("npm run clients" installs it)`
}

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
  return runClient(
    join(folderOf(environment), 'bin', program),
    args,
    { PATH, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8', ...variables },
    input,
  )
}
