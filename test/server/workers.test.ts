import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { call, expectOk, type Target } from '../support/vault.ts'
import { asks, everywhere, startWorkers, statuses, type WorkersServer, workers } from '../support/workers.ts'

/** An answer that is no JSON. */
async function textOf(target: Target, path: string): Promise<string> {
  const answer = await fetch(new URL(`/v1/${path}`, target.address), {
    headers: { 'X-Vault-Token': target.token },
  })
  return answer.text()
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
      // The request that takes the last use ends the token, and with it another one that is still under way.
      const answered = used.filter(({ status }) => status === 200).length
      assert.ok(answered >= 1 && answered <= 3, `${answered} of 3 uses`)
    }
    const made = await expectOk(root, 'POST', 'auth/token/create', { num_uses: 3, policies: ['default'] })
    const oneByOne = { ...server, token: made.auth.client_token }
    const seen: number[] = []
    for (let use = 0; use < 5; use++) {
      seen.push((await call(oneByOne, 'GET', 'auth/token/lookup-self')).status)
    }
    assert.deepEqual(seen, [200, 200, 200, 403, 403])
  })

  it('lists, whichever worker is asked', async () => {
    await expectOk(root, 'POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } })
    await expectOk(root, 'PUT', 'secret/data/app', { data: { password: 'p' } })
    for (const { body } of await everywhere(root, 'LIST', 'secret/metadata'))
      assert.deepEqual(body.data.keys, ['app'])
  })

  it('counts the requests of all workers as one, and tells their processes apart', async () => {
    const requests = async () => {
      const { Counters } = await expectOk(root, 'GET', 'sys/metrics')
      const ours = Counters.filter(
        ({ Name, Labels }: { Name: string; Labels: { route: string } }) =>
          Name === 'coffer_requests_total' && Labels.route === 'sys/auth',
      )
      return ours.reduce((all: number, { Count }: { Count: number }) => all + Count, 0)
    }
    const before = await requests()
    await everywhere(root, 'GET', 'sys/auth')
    for (let asked = 0; asked < workers; asked++) assert.equal(await requests(), before + asks)
    const { Gauges } = await expectOk(root, 'GET', 'sys/metrics')
    const valuesOf = (name: string) => Gauges.filter(({ Name }: { Name: string }) => Name === name)
    assert.deepEqual(
      valuesOf('coffer_unsealed').map(({ Value }: { Value: number }) => Value),
      [1],
    )
    assert.deepEqual(
      valuesOf('process_resident_memory_bytes').map(({ Labels }: { Labels: object }) => Labels),
      [{ worker: '1' }, { worker: '2' }, { worker: '3' }, { worker: '4' }],
    )
    const text = await textOf(root, 'sys/metrics?format=prometheus')
    assert.match(text, /^coffer_unsealed 1$/m)
    assert.match(text, /^process_start_time_seconds\{worker="3"\} \d/m)
    assert.equal(text.match(/^# TYPE coffer_requests_total /gm)?.length, 1)
  })

  it('shows the requests of all workers, and changes the log level of all', async () => {
    // Each sees those that came to other workers at the same time.
    let most = 0
    while (most <= asks / workers) {
      const shown = await everywhere(root, 'GET', 'sys/in-flight-req')
      most = Math.max(...shown.map(({ body }) => Object.keys(body).length))
    }
    await expectOk(root, 'POST', 'sys/loggers', { level: 'error' })
    const seen = async () =>
      (await everywhere(root, 'GET', 'sys/loggers')).map(({ body }) => body.data.coffer)
    while ((await seen()).some((level) => level !== 'error'));
    await expectOk(root, 'DELETE', 'sys/loggers')
    while ((await seen()).some((level) => level !== 'info'));
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
