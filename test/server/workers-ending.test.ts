import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { ensureLocalCertificate } from '../../src/http/tls/local.ts'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { program } from '../support/server.ts'
import { call, expectOk, type Target } from '../support/vault.ts'
import {
  asks,
  everywhere,
  listensAgain,
  open,
  started,
  startWorkers,
  statuses,
  workers,
} from '../support/workers.ts'

/** Asks on one connection, again and again, until told to stop. */
function load(target: Target, path: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answered = Promise.withResolvers<void>()
  let going = true
  const faults: string[] = []
  const once = () =>
    new Promise<number>((resolve, reject) => {
      const sent = request(
        new URL(`/v1/${path}`, target.address),
        { agent, headers: { 'X-Vault-Token': target.token } },
        (response) => {
          answered.resolve()
          response.resume().once('end', () => resolve(response.statusCode ?? 0))
        },
      )
      sent.once('error', reject).end()
    })
  const done = (async () => {
    while (going) {
      try {
        const status = await once()
        if (status !== 200) faults.push(String(status))
      } catch (error) {
        faults.push(error instanceof Error && 'code' in error ? String(error.code) : String(error))
      }
    }
    agent.destroy()
  })()
  return {
    faults,
    /** Resolves when its connection has come to a worker. */
    answered: answered.promise,
    async stop() {
      going = false
      await done
    },
  }
}

describe('a worker that is killed', { timeout: 120_000 }, () => {
  it('loses its own connections alone, and is back and unsealed soon', async (t) => {
    const server = await started(t)
    const loads: ReturnType<typeof load>[] = []
    // One after the other, so that they go to the workers in turns: several at once go to whichever is free.
    while (loads.length < 16) {
      const one = load(server, 'sys/mounts')
      loads.push(one)
      await one.answered
    }
    const killed = server.processes().get(2) ?? 0
    process.kill(killed, 'SIGKILL')
    await server.heard(/a worker has ended; it is started anew worker=2 code=null signal=SIGKILL/)
    await listensAgain(server, 2, 2)
    await Promise.all(loads.map((one) => one.stop()))
    const broken = loads.filter(({ faults }) => faults.length > 0)
    // A quarter of the connections was its own; each lost the request that was under way and no other.
    assert.ok(broken.length <= 16 / workers, JSON.stringify(broken.map(({ faults }) => faults)))
    for (const { faults } of broken) assert.match(faults.join(), /^(ECONNRESET|EPIPE)$/)
    assert.notEqual(server.processes().get(2), killed)
    assert.deepEqual(statuses(await everywhere(server, 'GET', 'sys/mounts')), [200])
  })

  it('gives the connections on their way to another one', async (t) => {
    const server = await started(t)
    let going = true
    const seen: (number | string)[] = []
    // Each request is a connection of its own, so that some are between the primary and a worker at any time.
    const loads = Array.from({ length: 8 }, async () => {
      while (going) {
        seen.push(
          await call(server, 'GET', 'sys/mounts').then(
            ({ status }) => status,
            (error: NodeJS.ErrnoException) => error.code ?? error.message,
          ),
        )
      }
    })
    for (const [worker, number] of [...server.processes()].slice(0, 2)) {
      process.kill(number, 'SIGKILL')
      await listensAgain(server, worker, 2)
    }
    going = false
    await Promise.all(loads)
    // What a worker had taken when it was killed ends at once; nobody waits for an answer that never comes.
    assert.deepEqual(
      seen.filter((one) => one !== 200 && one !== 'ECONNRESET'),
      [],
    )
    assert.ok(seen.filter((one) => one !== 200).length <= loads.length * 2)
  })

  it('leaves the seal to the next one, whose new workers follow it', async (t) => {
    const server = await started(t)
    for (const [worker, number] of [...server.processes()].slice(0, 2)) {
      process.kill(number, 'SIGKILL')
      await listensAgain(server, worker, 2)
      assert.deepEqual(statuses(await everywhere(server, 'GET', 'sys/mounts')), [200])
    }
    await expectOk(server, 'PUT', 'sys/seal')
    process.kill(server.processes().get(1) ?? 0, 'SIGKILL')
    await listensAgain(server, 1, 3)
    for (const { body } of await everywhere(server, 'GET', 'sys/seal-status')) assert.equal(body.sealed, true)
  })
})

describe('workers that are told to', { timeout: 120_000 }, () => {
  it('stop answer what is under way first, and leave nothing behind', async (t) => {
    const server = await started(t)
    const number = await readFile(join(server.folder, 'coffer.pid'), 'utf8')
    await expectOk(server, 'POST', 'sys/mounts/secret', { type: 'kv', options: { version: '1' } })
    const halves = Array.from({ length: asks }, () => halfSent(server, 'secret/a'))
    await Promise.all(halves.map(({ taken }) => taken))
    process.kill(Number(number), 'SIGTERM')
    await server.heard(new RegExp(`(?:stopping worker=\\d[\\s\\S]*){${workers}}`))
    for (const { finish } of halves) assert.equal(await finish(), 204)
    assert.equal(await server.ended, 0)
    for (const one of server.processes().values())
      assert.throws(() => process.kill(one, 0), { code: 'ESRCH' })
    assert.deepEqual((await readdir(server.folder)).includes('coffer.pid'), false)
    assert.doesNotMatch(server.output(), /a worker has ended/)
  })

  it('serve a format that they do not know end, all of them and not to be started anew', async (t) => {
    const server = await started(t)
    const newer = await openSqlite({ path: join(server.folder, 'data', 'coffer.db') })
    const value = Buffer.from('{"minReader":2,"minWriter":2}')
    assert.ok((await newer.commit({ put: [{ key: 'cluster/format' as StorageKey, value }] })).ok)
    await newer.close()
    assert.equal(await server.ended, 1)
    assert.match(server.output(), /the data is of format 2 and this version knows 1: use a newer one/)
    assert.doesNotMatch(server.output(), /a worker has ended/)
  })

  it('take their certificates and audit logs anew do so, all of them', async (t) => {
    const names = ['localhost']
    const server = await startWorkers({
      workers,
      tls: async (folder) => {
        const { ca, server: pair } = await ensureLocalCertificate(join(folder, 'tls'), names, Date.now())
        return { caFile: ca, block: `tls_cert_file = "${pair}"\n  tls_key_file = "${pair}"` }
      },
    })
    t.after(() => server.stop())
    const root = await open(server)
    const before = await certificates(server)
    assert.equal(before.size, 1)
    await ensureLocalCertificate(join(server.folder, 'tls'), [...names, 'other.example'], Date.now())
    const logs = (await readdir(join(server.folder, 'log'))).filter((name) => name.endsWith('.log'))
    for (const name of logs)
      await rename(join(server.folder, 'log', name), join(server.folder, 'log', `${name}.1`))
    server.signal('SIGHUP')
    // They read it beside what they serve.
    while ([...(await certificates(server))].some((serial) => before.has(serial)));
    assert.equal((await certificates(server)).size, 1)
    let anew: string[] = []
    while (anew.length < workers) {
      await everywhere(root, 'LIST', 'sys/policies/acl')
      anew = (await readdir(join(server.folder, 'log'))).filter((name) => name.endsWith('.log'))
    }
  })
})

/** The serial numbers of the certificates that connections get, twice as many as there are workers. */
async function certificates({ address }: Target): Promise<ReadonlySet<string>> {
  const { hostname, port } = new URL(address)
  const serials = new Set<string>()
  for (let asked = 0; asked < asks; asked++) {
    // The authority changes as well.
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    serials.add(socket.getPeerX509Certificate()?.serialNumber ?? '')
    socket.destroy()
  }
  return serials
}

/** A write whose body is not all there yet; `taken` when the server has said to go on. */
function halfSent(target: Target, path: string) {
  const body = JSON.stringify({ value: 'v' })
  const sent = request(new URL(`/v1/${path}`, target.address), {
    method: 'PUT',
    headers: {
      'X-Vault-Token': target.token,
      'Content-Length': Buffer.byteLength(body),
      Expect: '100-continue',
    },
  })
  const answered = once(sent, 'response')
  sent.flushHeaders()
  return {
    taken: once(sent, 'continue').then(() => sent.write(body.slice(0, 5))),
    async finish(): Promise<number> {
      sent.end(body.slice(5))
      const [response] = await answered
      response.resume()
      return response.statusCode
    },
  }
}

describe('workers that cannot start', { timeout: 60_000 }, () => {
  it('end the server with one line, where another program has its port', async (t) => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.after(() => other.close())
    const { port } = other.address() as AddressInfo
    const { code, output } = await ended(t, (folder) => configuration(folder, port))
    assert.equal(code, 1)
    assert.equal(output.match(/EADDRINUSE/g)?.length, 1, output)
    assert.doesNotMatch(output, /a worker has ended|\n {4}at /)
  })

  it('are refused with a store in memory, and with numbers that make no sense', async (t) => {
    const inMemory = (folder: string) => configuration(folder, 1).replace(/storage .*/, 'storage "inmem" {}')
    const { code, output } = await ended(t, inMemory)
    assert.equal(code, 1)
    assert.match(output, /workers share a store, and one in memory is of one process.*line 1, column 11/s)
    for (const wrong of ['0', '-1', '33', '1.5', '"many"', 'true', '[2]']) {
      const refused = await ended(t, (folder) =>
        configuration(folder, 1).replace('workers = 2', `workers = ${wrong}`),
      )
      assert.equal(refused.code, 1)
      assert.match(refused.output, /workers must be .*line 1, column 11/s)
    }
  })
})

const configuration = (folder: string, port: number) => `workers = 2
storage "sqlite" { path = "${folder}/data/coffer.db" }
listener "tcp" {
  address = "127.0.0.1:${port}"
  tls_disable = true
}
`

/** How a server ended that does not start. */
async function ended(t: TestContext, text: (folder: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-workers-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'coffer.hcl'), text(folder))
  const child = spawn(program, ['server', `-config=${join(folder, 'coffer.hcl')}`], {
    env: { PATH: process.env.PATH, HOME: folder },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part
    })
  }
  const [code] = await once(child, 'close')
  return { code: code as number, output }
}
