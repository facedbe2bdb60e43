import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { call, expectOk, type Reply, type Target } from '../support/vault.ts'
import { startWorkers, type WorkersServer } from '../support/workers.ts'

const workers = 4
/** Each is a connection of its own, and connections go to the workers in turns: twice as many reach every one. */
const asks = workers * 2

const everywhere = (target: Target, method: string, path: string, body?: unknown): Promise<Reply[]> =>
  Promise.all(Array.from({ length: asks }, () => call(target, method, path, body)))
const statuses = (replies: readonly Reply[]) => [...new Set(replies.map(({ status }) => status))]

type Opened = WorkersServer & { readonly shares: readonly string[] }

async function open(server: WorkersServer, shares = 1, threshold = 1): Promise<Opened> {
  const sent = { secret_shares: shares, secret_threshold: threshold }
  const made = await expectOk(server, 'PUT', 'sys/init', sent)
  for (const key of made.keys_base64.slice(0, threshold)) await expectOk(server, 'PUT', 'sys/unseal', { key })
  return { ...server, token: made.root_token, shares: made.keys_base64 }
}

async function started(t: TestContext): Promise<Opened> {
  const server = await startWorkers({ workers })
  t.after(() => server.stop())
  return open(server)
}

describe('a server of several workers', { timeout: 120_000 }, () => {
  let server: WorkersServer
  let shares: readonly string[] = []
  let root: Target

  before(async () => {
    server = await startWorkers({ workers })
  })
  after(() => server?.stop())

  it('is initialised once, whichever worker is asked', async () => {
    const sent = { secret_shares: 5, secret_threshold: 3 }
    const replies = await everywhere(server, 'PUT', 'sys/init', sent)
    const made = replies.filter(({ status }) => status === 200)
    assert.equal(made.length, 1)
    assert.equal(replies.filter(({ status }) => status === 400).length, asks - 1)
    shares = made[0]?.body.keys_base64
    root = { ...server, token: made[0]?.body.root_token }
    for (const { body } of await everywhere(server, 'GET', 'sys/init')) assert.equal(body.initialized, true)
  })

  it('takes shares at any worker, and counts them as one', async () => {
    for (const [given, key] of shares.slice(0, 2).entries()) {
      await expectOk(server, 'PUT', 'sys/unseal', { key })
      for (const { body } of await everywhere(server, 'GET', 'sys/seal-status')) {
        assert.deepEqual([body.sealed, body.progress], [true, given + 1])
      }
    }
    await expectOk(server, 'PUT', 'sys/unseal', { key: shares[2] })
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [200])
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/health')), [200])
  })

  it('forgets the shares of all when one is asked to', async () => {
    await expectOk(root, 'PUT', 'sys/seal')
    await expectOk(server, 'PUT', 'sys/unseal', { key: shares[0] })
    await expectOk(server, 'PUT', 'sys/unseal', { reset: true })
    for (const { body } of await everywhere(server, 'GET', 'sys/seal-status')) assert.equal(body.progress, 0)
    for (const key of shares.slice(0, 3)) await expectOk(server, 'PUT', 'sys/unseal', { key })
  })

  it('is sealed as a whole before the answer', async () => {
    await expectOk(root, 'PUT', 'sys/seal')
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [503])
    for (const { body } of await everywhere(server, 'GET', 'sys/seal-status')) assert.equal(body.sealed, true)
    for (const key of shares.slice(2)) await expectOk(server, 'PUT', 'sys/unseal', { key })
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [200])
  })

  it('makes a root token of shares that different workers were given', async () => {
    const { nonce, otp } = await expectOk(server, 'PUT', 'sys/generate-root/attempt')
    let encoded = ''
    for (const key of shares.slice(0, 3)) {
      encoded = (await expectOk(server, 'PUT', 'sys/generate-root/update', { key, nonce })).encoded_token
    }
    const decoded = await expectOk(server, 'PUT', 'sys/decode-token', { encoded_token: encoded, otp })
    assert.deepEqual(
      statuses(await everywhere({ ...server, token: decoded.data.token }, 'GET', 'sys/mounts')),
      [200],
    )
  })

  it('has new shares that different workers were given the old ones for', async () => {
    const { nonce } = await expectOk(server, 'PUT', 'sys/rekey/init', {
      secret_shares: 2,
      secret_threshold: 2,
    })
    let keys: string[] = []
    for (const key of shares.slice(0, 3)) {
      keys = (await expectOk(server, 'PUT', 'sys/rekey/update', { key, nonce })).keys_base64
    }
    assert.equal(keys.length, 2)
    shares = keys
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [200])
    await expectOk(root, 'PUT', 'sys/seal')
    for (const key of shares) await expectOk(server, 'PUT', 'sys/unseal', { key })
    assert.deepEqual(statuses(await everywhere(root, 'GET', 'sys/mounts')), [200])
  })

  it('refuses a revoked token, and what a deleted policy granted, at every worker at once', async () => {
    await expectOk(root, 'PUT', 'sys/policies/acl/mounts', {
      policy: 'path "sys/mounts" { capabilities = ["read"] }',
    })
    const made = await expectOk(root, 'POST', 'auth/token/create', { policies: ['mounts'] })
    const caller = { ...server, token: made.auth.client_token }
    assert.deepEqual(statuses(await everywhere(caller, 'GET', 'sys/mounts')), [200])
    await expectOk(root, 'DELETE', 'sys/policies/acl/mounts')
    assert.deepEqual(statuses(await everywhere(caller, 'GET', 'sys/mounts')), [403])
    assert.deepEqual(statuses(await everywhere(caller, 'GET', 'auth/token/lookup-self')), [200])
    await expectOk(root, 'POST', 'auth/token/revoke', { token: caller.token })
    assert.deepEqual(statuses(await everywhere(caller, 'GET', 'auth/token/lookup-self')), [403])
  })

  it('unwraps once, and takes no use of a token twice', async () => {
    for (let round = 0; round < 5; round++) {
      const wrapped = await call(
        { ...root, headers: { 'X-Vault-Wrap-TTL': '60s' } },
        'GET',
        'sys/policies/acl/default',
      )
      const unwrap = { ...server, token: wrapped.body.wrap_info.token }
      const unwrapped = await everywhere(unwrap, 'PUT', 'sys/wrapping/unwrap')
      assert.equal(unwrapped.filter(({ status }) => status === 200).length, 1)

      const made = await expectOk(root, 'POST', 'auth/token/create', { num_uses: 3, policies: ['default'] })
      const limited = { ...server, token: made.auth.client_token }
      const used = await everywhere(limited, 'GET', 'auth/token/lookup-self')
      assert.equal(used.filter(({ status }) => status === 200).length, 3)
    }
  })

  it('lists, whichever worker is asked', async () => {
    await expectOk(root, 'POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } })
    await expectOk(root, 'PUT', 'secret/data/app', { data: { password: 'p' } })
    for (const { body } of await everywhere(root, 'LIST', 'secret/metadata'))
      assert.deepEqual(body.data.keys, ['app'])
  })

  it('has an audit log for each worker, and one file with the number of its first process', async () => {
    assert.deepEqual(
      (await readdir(join(server.folder, 'log'))).filter((name) => name.endsWith('.log')).sort(),
      ['audit.log', 'audit.p1.log', 'audit.p2.log', 'audit.p3.log'],
    )
    const first = Number(await readFile(join(server.folder, 'coffer.pid'), 'utf8'))
    assert.match(
      server.output(),
      new RegExp(`Coffer starts version=\\S+ process=${first} workers=${workers}`),
    )
    assert.equal([...server.processes().values()].includes(first), false)
    assert.equal(server.processes().size, workers)
  })
})

/** Asks on one connection, again and again, until told to stop. */
function load(target: Target, path: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let port = 0
  let going = true
  const faults: string[] = []
  const once = () =>
    new Promise<number>((resolve, reject) => {
      const sent = request(
        new URL(`/v1/${path}`, target.address),
        { agent, headers: { 'X-Vault-Token': target.token } },
        (response) => {
          port = response.socket.localPort ?? 0
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
    port: () => port,
    async stop() {
      going = false
      await done
    },
  }
}

/** Waits until a worker has listened for so many times. */
const listensAgain = ({ heard }: WorkersServer, worker: number, times: number) =>
  heard(new RegExp(`(?:listening worker=${worker} [\\s\\S]*){${times}}`))

describe('a worker that is killed', { timeout: 120_000 }, () => {
  it('loses its own connections alone, and is back and unsealed soon', async (t) => {
    const server = await started(t)
    const loads = Array.from({ length: 16 }, () => load(server, 'sys/mounts'))
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
