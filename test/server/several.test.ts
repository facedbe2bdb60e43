import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { program, type RunningServer, startHomeServer } from '../support/server.ts'
import { expectOk } from '../support/vault.ts'

const run = promisify(execFile)

async function homeFor(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'coffer-several-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const log = join(home, '.local', 'share', 'coffer', 'log')
  const start = async (): Promise<RunningServer> => {
    const server = await startHomeServer(home)
    t.after(() => server.stop())
    return server
  }
  return { start, file: (name: string) => join(log, name), files: async () => (await readdir(log)).sort() }
}

type Line = {
  readonly type: string
  readonly request?: { readonly path: string }
  readonly chain: { readonly start?: { readonly node: string; readonly process: string } }
}

const lines = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
const asked = async (file: string) =>
  (await lines(file)).flatMap(({ type, request }) => (type === 'request' ? [request?.path] : []))
const starts = async (file: string) =>
  (await lines(file)).flatMap(({ chain }) => (chain.start === undefined ? [] : [chain.start]))

async function verified(file: string): Promise<void> {
  const { stdout } = await run(program, ['audit', 'verify', '-format=json', file])
  assert.deepEqual(JSON.parse(stdout).findings, [])
}

describe('servers on one store', { timeout: 60_000 }, () => {
  it('write an audit log each, and each goes on where it was', async (t) => {
    const { start, file, files } = await homeFor(t)
    const [first, second] = [await start(), await start()]
    await expectOk(first, 'GET', 'sys/mounts')
    await expectOk(second, 'GET', 'sys/auth')
    await expectOk(first, 'GET', 'sys/policy')
    await second.stop()
    const third = await start()
    await expectOk(third, 'GET', 'sys/audit')
    await Promise.all([first.stop(), third.stop()])

    assert.deepEqual(await files(), ['audit.log', 'audit.log.pub', 'audit.p1.log', 'audit.p1.log.pub'])
    assert.deepEqual(await asked(file('audit.log')), ['sys/mounts', 'sys/policy'])
    assert.deepEqual(await asked(file('audit.p1.log')), ['sys/auth', 'sys/audit'])
    const begun = [...(await starts(file('audit.log'))), ...(await starts(file('audit.p1.log')))]
    assert.deepEqual(
      begun.map(({ process }) => process),
      ['', '1', '1'],
    )
    const [node, ...others] = begun.map(({ node }) => node)
    assert.match(node ?? '', /^[0-9a-f-]{36}$/)
    for (const other of others) assert.equal(other, node)
    for (const name of ['audit.log', 'audit.p1.log']) await verified(file(name))
    const output = [first, second, third].map((server) => server.output()).join('')
    assert.doesNotMatch(output, /written to or cut|is missing/)
  })

  it('that was killed leaves its audit log to the next', async (t) => {
    const { start, file, files } = await homeFor(t)
    const first = await start()
    await expectOk(first, 'GET', 'sys/mounts')
    first.signal('SIGKILL')
    await first.stop()
    const second = await start()
    await expectOk(second, 'GET', 'sys/auth')
    await second.stop()
    assert.deepEqual(await files(), ['audit.log', 'audit.log.pub'])
    assert.deepEqual(await asked(file('audit.log')), ['sys/mounts', 'sys/auth'])
    await verified(file('audit.log'))
  })
})
