import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { missingEtcd, startEtcd } from '../../../../test/support/etcd.ts'
import { requires } from '../../../../test/support/requires.ts'
import { type ResponseHeader, ResponseHeaderSchema } from '../messages/etcd_pb.js'
import { type Calls, createCalls, earlyAttempt, earlyTries, type Work } from './calls.ts'
import { createEndpoint, type Endpoint } from './endpoints.ts'
import { createGuard } from './guard.ts'

type Try = { readonly url: string; readonly limit: number | undefined }
type Answer = { readonly header: ResponseHeader }

const urls = [1, 2, 3].map((port) => `http://127.0.0.1:${port}`)
const [first, second, third] = urls

/** Calls to members that are never connected to: `ask` says what each try comes to, by how many its member had before. */
function setUp(
  ask: (url: string, before: number, signal: AbortSignal | undefined) => Promise<void>,
  attempt = 1500,
) {
  const endpoints = urls.map((url) => createEndpoint(url, {}))
  const calls: Calls = createCalls({
    endpoints,
    guard: createGuard(),
    attempt,
    deadline: 60_000,
    login: undefined,
  })
  const tried: Try[] = []
  const work: Work<Answer> = async ({ url }: Endpoint, { timeoutMs, signal }) => {
    const before = tried.filter((one) => one.url === url).length
    tried.push({ url, limit: timeoutMs })
    await ask(url, before, signal)
    return { header: create(ResponseHeaderSchema, { clusterId: 1n, revision: 1n }) }
  }
  return { calls, tried, work, triesAt: (url: string | undefined) => tried.filter((one) => one.url === url) }
}

const silent = (): never => {
  throw new ConnectError('the operation timed out', Code.DeadlineExceeded)
}
const noLeader = (): never => {
  throw new ConnectError('etcdserver: no leader', Code.Unavailable)
}
const denied = (): never => {
  throw new ConnectError('etcdserver: permission denied', Code.PermissionDenied)
}

describe('a call to etcd', () => {
  it('goes to one member alone while that answers', async () => {
    const { calls, tried, work } = setUp(async () => {})
    await calls.repeat(work)
    await calls.repeat(work)
    assert.deepEqual(
      tried.map(({ url }) => url),
      [first, first],
    )
  })

  it('that one member did not answer goes to all, and has the first answer; the next call goes there', async () => {
    const aborted: string[] = []
    const { calls, triesAt, work } = setUp(async (url, before, signal) => {
      if (url === first && before === 0) silent()
      if (url === third && before === 2) return
      if (url !== first) noLeader()
      // A member that is gone: nothing comes of it until nobody waits any more.
      await new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(url)
          reject(new ConnectError('aborted', Code.Canceled))
        })
      })
    })
    await calls.repeat(work)
    assert.deepEqual(aborted, [first])
    const before = triesAt(second).length
    await calls.once(work).catch(() => {})
    assert.deepEqual([triesAt(first).length, triesAt(second).length, triesAt(third).length], [2, before, 4])
  })

  it('is given up early at first, and has its whole time at a member that stays silent', async () => {
    const { calls, triesAt, work } = setUp(async (url, before) => {
      if (url === third && before === earlyTries) denied()
      silent()
    })
    await assert.rejects(calls.repeat(work), { code: 'storage_failed', message: /may not read or write/ })
    const limits = triesAt(third).map(({ limit }) => limit)
    assert.deepEqual(limits, [...Array.from({ length: earlyTries - 1 }, () => earlyAttempt), 1500, 1500])
  })

  it('of which it is not known whether it was carried out is one try, with its whole time after early ones', async () => {
    const { calls, tried, work } = setUp(silent)
    await assert.rejects(calls.once(work), ConnectError)
    await assert.rejects(calls.once(work, earlyTries + 1), ConnectError)
    assert.deepEqual(tried, [
      { url: first, limit: earlyAttempt },
      { url: second, limit: 1500 },
    ])
  })

  it('is given up early once all members have been silent for a while, and until one of them answers', async () => {
    let members: 'there' | 'gone' | 'slow' = 'there'
    const slow: (() => void)[] = []
    const { calls, tried, work } = setUp(async () => {
      if (members === 'gone') silent()
      if (members === 'slow') await new Promise<void>((resolve) => slow.push(resolve))
    }, 10)
    const unanswered = { code: 'storage_failed', message: /does not answer/ }
    // A deadline of a minute is what calls have, and what a first silence is waited for.
    await calls.repeat(work)
    assert.equal(calls.silent, false)
    members = 'gone'
    await assert.rejects(calls.repeat(work), unanswered)
    assert.equal(calls.silent, true)
    const before = tried.length
    await Promise.all(Array.from({ length: 5 }, () => assert.rejects(calls.repeat(work), unanswered)))
    assert.deepEqual(
      tried.slice(before),
      urls.map((url) => ({ url, limit: 10 })),
    )
    // What has to be known is asked for all the same.
    await assert.rejects(calls.repeat(work, 1), unanswered)
    members = 'slow'
    await assert.rejects(calls.repeat(work), unanswered)
    members = 'there'
    const waiting = calls.repeat(work)
    for (const answer of slow) answer()
    await waiting
    assert.equal(calls.silent, false)
  })

  it('ends when nobody has answered in time, and when the store is closed', async () => {
    const { calls, work } = setUp(async (_url, _before, signal) => {
      if (signal?.aborted) throw new ConnectError('aborted', Code.Canceled)
      silent()
    })
    await assert.rejects(calls.repeat(work, 1), { code: 'storage_failed', message: /does not answer/ })
    const waiting = calls.repeat(work)
    calls.close()
    await assert.rejects(waiting, { code: 'storage_failed', message: /the store is closed/ })
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
