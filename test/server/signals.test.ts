import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect } from 'node:tls'
import { ensureLocalCertificate } from '../../src/http/tls/local.ts'
import { type RunningServer, startTlsServer } from '../support/server.ts'
import { call, expectOk } from '../support/vault.ts'

describe('a server that gets SIGHUP', { timeout: 60_000 }, () => {
  let server: RunningServer
  let configuration: string
  const inside = (name: string) => join(server.folder, name)

  before(async () => {
    server = await startTlsServer({ configuration: 'log_level = "error"\npid_file = "coffer.pid"\n' })
    configuration = await readFile(inside('coffer.hcl'), 'utf8')
    const options = { file_path: inside('audit.log') }
    await expectOk(server, 'PUT', 'sys/audit/file', { type: 'file', options })
  })
  after(() => server?.stop())

  async function certificate(): Promise<string> {
    const { hostname, port } = new URL(server.address)
    const socket = connect({ host: hostname, port: Number(port), ca: await readFile(server.caFile ?? '') })
    await once(socket, 'secureConnect')
    const serial = socket.getPeerX509Certificate()?.serialNumber ?? ''
    socket.destroy()
    return serial
  }

  it('under the number that it has left in a file takes its log level from its configuration again', async () => {
    await writeFile(inside('coffer.hcl'), configuration.replace('"error"', '"info"'))
    process.kill(Number(await readFile(inside('coffer.pid'), 'utf8')), 'SIGHUP')
    await server.heard(/the log level was changed/)
  })

  it('opens no debugger for a SIGUSR1, and goes on', async () => {
    server.signal('SIGUSR1')
    await expectOk(server, 'GET', 'sys/mounts')
    assert.doesNotMatch(server.output(), /Debugger/)
  })

  it('loads its certificate again', async () => {
    const before = await certificate()
    const [, file = ''] = /tls_cert_file = "(.*)"/.exec(configuration) ?? []
    const { server: pair } = await ensureLocalCertificate(dirname(file), ['other.example'], Date.now())
    server.signal('SIGHUP')
    await server.heard(/the certificate was loaded again/)
    assert.notEqual(await certificate(), before)
    assert.equal(await certificate(), new X509Certificate(await readFile(pair)).serialNumber)
  })

  it('goes on in a new audit file when the old one was moved away', async () => {
    await rename(inside('audit.log'), inside('audit.log.1'))
    await expectOk(server, 'GET', 'sys/mounts')
    assert.ok(!existsSync(inside('audit.log')))
    server.signal('SIGHUP')
    // Each request leaves its lines in one of the two.
    while (!existsSync(inside('audit.log'))) await expectOk(server, 'GET', 'sys/mounts')
    await expectOk(server, 'GET', 'sys/auth')
    assert.match(await readFile(inside('audit.log'), 'utf8'), /"path":"sys\/auth"/)
    assert.match(await readFile(inside('audit.log.1'), 'utf8'), /"path":"sys\/mounts"/)
  })

  it('keeps what it has when the configuration is wrong, and serves on', async () => {
    await writeFile(inside('coffer.hcl'), `${configuration}nonsense = 1\n`)
    server.signal('SIGHUP')
    await server.heard(/the configuration does not load.*|unknown key \\"nonsense\\" on line/)
    assert.match(server.output(), /unknown key \\"nonsense\\" on line \d+, column 1/)
    assert.equal((await call(server, 'GET', 'sys/health')).status, 200)
  })

  it('takes the file with its number away when it stops', async () => {
    const stopped = server.heard(/stopping/)
    server.signal('SIGTERM')
    await stopped
    const file = inside('coffer.pid')
    while (existsSync(file)) await new Promise(setImmediate)
  })
})
