import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const runner = fileURLToPath(new URL('run.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const imports = "import { describe, test } from 'node:test'\n"

/** Tests that a test file gets from elsewhere. */
const kit = `${imports}export const fromKit = () => test('of the kit', () => { throw new Error('kit') })\n`

/** Runs the runner on one test file with this text. */
function run(text: string, variables: Record<string, string> = {}): { code: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-runner-'))
  try {
    writeFileSync(join(folder, 'planted.test.ts'), imports + text)
    writeFileSync(join(folder, 'kit.ts'), kit)
    // A runner within a test would otherwise report to the one above it.
    const { NODE_TEST_CONTEXT: _, COFFER_TEST_STRICT: __, ...environment } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, [runner, relative(root, folder)], {
      encoding: 'utf8',
      // What failed before the tests that run this one is no business of the runner under test.
      env: { ...environment, COFFER_FAILED_STEPS: '', ...variables },
    })
    return { code: status, output: stdout + stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The last lines: what a reader or a program looks for. */
const summaryOf = (output: string): string => output.trimEnd().split('\n').slice(-8, -1).join(' ')

const passing = "test('adds', () => {})\n"
const skipping = "test('needs a thing', { skip: 'skipped, because the thing is missing here' }, () => {})\n"

describe('the test runner', () => {
  test('succeeds and ends with the summary when every test passed', () => {
    const { code, output } = run(passing)
    assert.equal(code, 0, output)
    assert.match(output, /^ok {2}.*planted\.test\.ts: 1 passed in /m)
    assert.equal(
      summaryOf(output),
      '# tests 1 # suites 0 # pass 1 # fail 0 # cancelled 0 # skipped 0 # todo 0',
    )
  })

  test('fails with the name, the place, the error and the output of a test that failed', () => {
    const text =
      "describe('sums', () => { test('are right', () => { console.log('seen'); throw new Error('1 + 1') }) })\n"
    const { code, output } = run(passing + text)
    assert.equal(code, 1)
    assert.match(
      output,
      /FAILED {2}.*planted\.test\.ts › sums › are right\n +.*planted\.test\.ts:3\n +Error: 1 \+ 1/,
    )
    assert.match(output, /Printed by .*planted\.test\.ts:\n +seen/)
    assert.equal(
      summaryOf(output),
      '# tests 2 # suites 1 # pass 1 # fail 1 # cancelled 0 # skipped 0 # todo 0',
    )
  })

  test('fails when a file does not load', () => {
    const { code, output } = run("throw new Error('broken file')\n")
    assert.equal(code, 1)
    assert.match(output, /broken file/)
    assert.match(summaryOf(output), /# fail 1 /)
  })

  test('counts the tests that a file gets from elsewhere as tests of that file', () => {
    const { code, output } = run("import { fromKit } from './kit.ts'\nfromKit()\n")
    assert.equal(code, 1)
    assert.match(output, /^FAILED {2}.*planted\.test\.ts: 1 failed in /m)
    assert.match(output, /FAILED {2}.*planted\.test\.ts › of the kit\n +.*kit\.ts:2/)
  })

  test('fails when a suite fails by itself', () => {
    const { code, output } = run("describe('sums', () => { throw new Error('broken suite') })\n")
    assert.equal(code, 1)
    assert.match(output, /broken suite/)
    assert.match(summaryOf(output), /# fail 1 /)
  })

  test('counts what a failed suite never got to, and tells why it failed', () => {
    const inside = "before(() => { throw new Error('no server') }); test('a', () => {}); test('b', () => {})"
    const { code, output } = run(`import { before } from 'node:test'\ndescribe('it', () => { ${inside} })\n`)
    assert.equal(code, 1)
    assert.match(output, /FAILED {2}.*planted\.test\.ts › it\n.*\n +Error: no server/)
    assert.match(output, /CANCELLED {2}2 in .*planted\.test\.ts/)
    assert.match(summaryOf(output), /# pass 0 # fail 1 # cancelled 2 /)
  })

  test('names what was left out, with the reason', () => {
    const { code, output } = run(passing + skipping)
    assert.equal(code, 0, output)
    assert.match(output, /planted\.test\.ts › needs a thing: skipped, because the thing is missing here/)
    assert.match(summaryOf(output), /# pass 1 # fail 0 # cancelled 0 # skipped 1 /)
  })

  test('counts as failed what was left out where nothing may be', () => {
    const { code, output } = run(passing + skipping, { COFFER_TEST_STRICT: '1' })
    assert.equal(code, 1)
    assert.match(summaryOf(output), /# pass 1 # fail 1 # cancelled 0 # skipped 0 /)
  })

  test('counts a suite that was left out like a test', () => {
    const text = "describe('all of it', { skip: 'no' }, () => { test('a', () => {}) })\n"
    assert.match(summaryOf(run(passing + text).output), /# fail 0 # cancelled 0 # skipped 1 /)
    assert.equal(run(passing + text, { COFFER_TEST_STRICT: '1' }).code, 1)
  })

  test('fails when a check before the tests failed', () => {
    const { code, output } = run(passing, { COFFER_FAILED_STEPS: 'lint,types' })
    assert.equal(code, 1)
    assert.match(output, /Failed before the tests, see above: lint, types/)
  })
})
