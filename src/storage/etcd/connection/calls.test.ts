import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Code, ConnectError } from '@connectrpc/connect'
import { missingEtcd, startEtcd } from '../../../../test/support/etcd.ts'
import { requires } from '../../../../test/support/requires.ts'
import { type Calls, createCalls, earlyAttempt, type Work } from './calls.ts'
import { createEndpoint, type Endpoint } from './endpoints.ts'
import { createGuard } from './guard.ts'

type Try = { readonly url: string; readonly limit: number | undefined }

const attempt = 1500
const urls = [1, 2, 3].map((port) => `http://127.0.0.1:${port}`)

/** Calls to members that are never connected to: `ask` says what each try comes to. */
function setUp(ask: (tries: number) => void) {
  const endpoints = urls.map((url) => createEndpoint(url, {}))
  const calls: Calls = createCalls({
    endpoints,
    guard: createGuard(),
    attempt,
    deadline: 60_000,
    login: undefined,
  })
  const tried: Try[] = []
  const work: Work<{ readonly header: undefined }> = async ({ url }: Endpoint, { timeoutMs }) => {
    tried.push({ url, limit: timeoutMs })
    ask(tried.length)
    throw new ConnectError('etcdserver: user name is wrong', Code.PermissionDenied)
  }
  return { calls, tried, work }
}

const silent = (): never => {
  throw new ConnectError('the operation timed out', Code.DeadlineExceeded)
}

describe('a call to etcd', () => {
  it('is given up early in its first two rounds, and has its whole time later on', async () => {
    const { calls, tried, work } = setUp((tries) => (tries < 8 ? silent() : undefined))
    await assert.rejects(calls.repeat(work), { code: 'storage_failed' })
    assert.deepEqual(
      tried.map(({ limit }) => limit),
      [...Array.from({ length: 6 }, () => earlyAttempt), attempt, attempt],
    )
    assert.deepEqual(
      tried.map(({ url }) => url),
      [...urls, ...urls, ...urls.slice(0, 2)],
    )
  })

  it('of which it is not known whether it was carried out is one try, with its whole time after early ones', async () => {
    const { calls, tried, work } = setUp(silent)
    await assert.rejects(calls.once(work), ConnectError)
    await assert.rejects(calls.once(work, 7), ConnectError)
    assert.deepEqual(
      tried.map(({ limit }) => limit),
      [earlyAttempt, attempt],
    )
  })

  it(
    'is refused by a member that knows no leader, instead of waiting for one',
    requires(missingEtcd),
    async (t) => {
      const cluster = await startEtcd({ members: 3 })
      t.after(() => cluster.stop())
      const [last, ...others] = cluster.members
      assert.ok(last !== undefined)
      const endpoint = createEndpoint(last.url, {})
      const calls = createCalls({
        endpoints: [endpoint],
        guard: createGuard(),
        attempt: 10_000,
        deadline: 10_000,
        login: undefined,
      })
      t.after(() => calls.close())
      const led = async () => (await endpoint.maintenance.status({})).leader !== 0n
      while (!(await led())) await new Promise((resolve) => setImmediate(resolve))
      for (const other of others) await other.kill()
      while (await led()) await new Promise((resolve) => setImmediate(resolve))
      await assert.rejects(
        calls.once(({ kv }, options) => kv.range({ key: new Uint8Array([1]) }, options)),
        /etcdserver: no leader/,
      )
    },
  )
})
