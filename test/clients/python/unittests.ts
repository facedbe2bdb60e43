import assert from 'node:assert/strict'
import { basename, dirname } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Environment, runProgram } from './python.ts'

type Outcome = { readonly name: string; readonly error: string | null }

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
  const { code, stdout, stderr } = await runProgram(environment, 'python', [report, basename(file, '.py')], {
    ...variables,
    PYTHONPATH: dirname(file),
  })
  const lines = stdout.split('\n').filter((line) => line !== '')
  assert.ok(code === 0 && lines.length > 0, `${file} did not run to its end:\n${stdout}${stderr}`)
  for (const line of lines) {
    const outcome: Outcome = JSON.parse(line)
    await t.test(outcome.name, () => {
      assert.ok(outcome.error === null, outcome.error ?? '')
    })
  }
}
