import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { program, startDevServer, startHomeServer } from '../support/server.ts'
import { call, expectOk } from '../support/vault.ts'

const run = promisify(execFile)

async function homeFor(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'coffer-home-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const log = join(home, '.local', 'share', 'coffer', 'log')
  return { home, log, file: join(log, 'audit.log') }
}

async function startIn(t: TestContext, home: string) {
  const server = await startHomeServer(home)
  t.after(() => server.stop())
  return server
}

const entries = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('a server without a configuration file', () => {
  it('records from its first request on, in a file of its own beside the data', async (t) => {
    const { home, log, file } = await homeFor(t)
    const server = await startIn(t, home)
    const { data } = await expectOk(server, 'GET', 'sys/audit')
    assert.deepEqual(data['main/'], {
      path: 'main/',
      type: 'file',
      description: 'on from the first start',
      options: { file_path: file, mode: '0600' },
      local: false,
    })
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(log)).mode & 0o777, 0o700)
    const [first] = (await entries(file)).filter(({ type }) => type === 'request')
    assert.deepEqual([first.request.path, first.request.operation], ['sys/audit', 'read'])
  })

  it('puts the logs of other devices into the folder of its own, and nowhere else', async (t) => {
    const { home, log } = await homeFor(t)
    const server = await startIn(t, home)
    for (const path of [
      join(home, '.bash_login'),
      join(home, 'a.log'),
      join(log, 'a'),
      join(log, '.a.log'),
    ]) {
      const { status } = await call(server, 'PUT', 'sys/audit/a', {
        type: 'file',
        options: { file_path: path },
      })
      assert.equal(status, 400, path)
      await assert.rejects(stat(path), { code: 'ENOENT' })
    }
    const options = { file_path: join(log, 'a.log') }
    await expectOk(server, 'PUT', 'sys/audit/a', { type: 'file', options })
  })

  it('goes on in the same log when it is started again', async (t) => {
    const { home, file } = await homeFor(t)
    const first = await startIn(t, home)
    await expectOk(first, 'GET', 'sys/mounts')
    await first.stop()
    const second = await startIn(t, home)
    await expectOk(second, 'GET', 'sys/auth')
    assert.deepEqual(Object.keys((await expectOk(second, 'GET', 'sys/audit')).data), ['main/'])
    await second.stop()
    const paths = (await entries(file))
      .filter(({ type }) => type === 'request')
      .map(({ request }) => request.path)
    assert.deepEqual(paths, ['sys/mounts', 'sys/auth', 'sys/audit'])
    const { stdout } = await run(program, ['audit', 'verify', '-format=json', file])
    assert.equal(JSON.parse(stdout).ok, true)
  })

  it('answers no request that it cannot record', async (t) => {
    const { home, file } = await homeFor(t)
    // A folder in the file's place, which not even root can write lines to.
    await mkdir(file, { recursive: true })
    const server = await startIn(t, home)
    for (const [method, path] of [
      ['GET', 'sys/mounts'],
      ['PUT', 'cubbyhole/a'],
    ] as const) {
      assert.equal((await call(server, method, path, method === 'PUT' ? { v: 1 } : undefined)).status, 500)
    }
    assert.equal((await call(server, 'GET', 'sys/health')).status, 200)
    await server.stop()
    await rm(file, { recursive: true })
    const again = await startIn(t, home)
    assert.equal((await call(again, 'GET', 'cubbyhole/a')).status, 404)
  })
})

describe('a development server', () => {
  it('records nothing', async (t) => {
    const server = await startDevServer()
    t.after(() => server.stop())
    assert.deepEqual((await expectOk(server, 'GET', 'sys/audit')).data, {})
  })
})
