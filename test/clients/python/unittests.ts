import { basename, dirname } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { passOn } from '../report.ts'
import { type Environment, runProgram } from './python.ts'

const report = fileURLToPath(new URL('report.py', import.meta.url))

/**
 * Runs the tests of a Python file (module `unittest`) and passes each on as a subtest.
 *
 * @param variables the environment variables that the tests read
 */
export async function runUnitTests(
  t: TestContext,
  environment: Environment,
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const run = await runProgram(environment, 'python', [report, basename(file, '.py')], {
    ...variables,
    PYTHONPATH: dirname(file),
  })
  await passOn(t, file, run)
}
