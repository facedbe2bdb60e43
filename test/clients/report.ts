import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'

import type { Run } from './run.ts'

type Outcome = { readonly name: string; readonly error: string | null }

/** Passes the checks of a client's program on as subtests: it prints a line of JSON for each. */
export async function passOn(t: TestContext, what: string, { code, stdout, stderr }: Run): Promise<void> {
  const lines = stdout.split('\n').filter((line) => line !== '')
  assert.ok(code === 0 && lines.length > 0, `${what} did not run to its end:\n${stdout}${stderr}`)
  for (const line of lines) {
    const outcome: Outcome = JSON.parse(line)
    await t.test(outcome.name, () => {
      assert.ok(outcome.error === null, outcome.error ?? '')
    })
  }
}
