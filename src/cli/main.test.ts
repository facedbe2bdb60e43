import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Exchange, scriptedServer } from '../client/testing/scripted-server.ts'

const coffer = fileURLToPath(new URL('../../bin/coffer', import.meta.url))

type Session = {
  /** Runs the program as a user would; `input` is its standard input. */
  run(args: string[], input?: string): Promise<{ code: number | null; out: string; error: string }>
  /** Runs a line of shell in which `coffer` is the program. */
  shell(line: string): Promise<{ code: number | null; out: string; error: string }>
  readonly home: string
}

async function session(t: TestContext, script: Exchange[]): Promise<Session> {
  const home = await mkdtemp(join(tmpdir(), 'coffer-main-'))
  const server = await scriptedServer(script)
  t.after(async () => {
    await server.close()
    await rm(home, { recursive: true })
    assert.deepEqual(server.problems(), [])
  })
  const env = { PATH: process.env.PATH ?? '', HOME: home, VAULT_ADDR: server.address }
  const start = async (file: string, args: string[], input = '') => {
    const child = spawn(file, args, { env })
    let out = ''
    let error = ''
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
    })
    child.stderr.on('data', (data: Buffer) => {
      error += data.toString()
    })
    child.stdin.on('error', () => {}) // a program that does not read it may end first
    child.stdin.end(input)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, out, error }
  }
  return {
    home,
    run: (args, input) => start(coffer, args, input),
    shell: (line) => start('/bin/sh', ['-c', line.replaceAll('coffer', `'${coffer}'`)]),
  }
}

const lookup = (token: string): Exchange => ({
  method: 'GET',
  path: '/v1/auth/token/lookup-self',
  headers: { 'x-vault-token': token },
  answer: { status: 200, body: '{"data":{"id":"tok","policies":["default"]}}' },
})

describe('the program', () => {
  it('logs in from a pipe, and the next command has the token', async (t) => {
    const { run, home } = await session(t, [lookup('tok'), lookup('tok')])
    const login = await run(['login', '-'], 'tok\n')
    assert.equal(login.code, 0, login.error)
    assert.doesNotMatch(login.out, /^token +tok/m)
    const file = join(home, '.vault-token')
    assert.equal(await readFile(file, 'utf8'), 'tok')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await run(['token', 'lookup', '-field=policies'])).out, '["default"]')
  })

  it('ends with the exit code', async (t) => {
    const sealed = { status: 200, body: '{"sealed":true,"t":1,"n":1}' }
    const { run } = await session(t, [
      { method: 'GET', path: '/v1/sys/seal-status', answer: sealed },
      { method: 'GET', path: '/v1/sys/leader', answer: { status: 503 } },
    ])
    assert.equal((await run(['status'])).code, 2)
    assert.equal((await run(['stauts'])).code, 1)
    assert.equal((await run(['version'])).code, 0)
  })

  it('writes all of a long answer into a pipe, and is quiet when the reader leaves', async (t) => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `name-${index}`)
    const answer = { status: 200, body: JSON.stringify({ data: { keys } }) }
    const list: Exchange = { method: 'GET', path: '/v1/x?list=true', answer }
    const { run, shell } = await session(t, [list, list])
    assert.deepEqual(JSON.parse((await run(['list', '-format=json', 'x'])).out), keys)
    const first = await shell('coffer list -format=yaml x | head -n 1')
    assert.deepEqual(first, { code: 0, out: '- name-0\n', error: '' })
  })

  it('works with standard input closed', async (t) => {
    const { shell } = await session(t, [lookup('tok')])
    const { code, error } = await shell('COFFER_TOKEN=tok coffer token lookup <&-')
    assert.equal(code, 0, error)
  })
})
