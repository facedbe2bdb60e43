import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { type RunningServer, startHomeServer } from '../support/server.ts'
import { expectOk } from '../support/vault.ts'

/** Milliseconds that anything may take here: a node counts as dead after 30 seconds. */
const limit = 90_000

async function homeFor(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'coffer-nodes-'))
  const servers: RunningServer[] = []
  t.after(async () => {
    for (const server of servers) server.signal('SIGCONT')
    await Promise.all(servers.map((server) => server.stop()))
    await rm(home, { recursive: true, force: true })
  })
  return {
    store: join(home, '.local', 'share', 'coffer', 'data', 'coffer.db'),
    async start(env?: Record<string, string>): Promise<RunningServer> {
      const server = await startHomeServer(home, env)
      servers.push(server)
      return server
    },
  }
}

/** Asks until the answer is right: there is no event of another process to wait for. */
async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const began = performance.now()
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    assert.ok(performance.now() - began < limit, `it stays at ${JSON.stringify(answer)}`)
    await pause(250)
  }
}

type Holder = { readonly process: string; readonly epoch: number }
type NodeStatus = {
  readonly active_node: boolean
  readonly clock_skew_ms: number | null
  readonly clock_skew_error_ms: number | null
}

const dutiesOf = async (server: RunningServer): Promise<Record<string, Holder | null>> =>
  (await expectOk(server, 'GET', 'sys/duties')).data.duties
const nodesOf = async (server: RunningServer): Promise<NodeStatus[]> =>
  (await expectOk(server, 'GET', 'sys/ha-status')).data.nodes
const sweepOf = async (server: RunningServer) => (await dutiesOf(server)).sweep

const knows = (server: RunningServer, count: number) =>
  until(
    () => nodesOf(server),
    (nodes) => nodes.length === count,
  )
const holds = (server: RunningServer, epoch: number) =>
  until(
    () => sweepOf(server),
    (sweep) => sweep?.epoch === epoch,
  )

describe('processes on one store', { concurrency: true, timeout: 2 * limit }, () => {
  it('know each other, and go on with the duties of one that is killed', async (t) => {
    const { start } = await homeFor(t)
    const first = await start()
    const before = await holds(first, 1)
    const second = await start()
    for (const server of [first, second]) {
      assert.ok((await knows(server, 2)).every(({ active_node }) => active_node))
      const leader = await expectOk(server, 'GET', 'sys/leader')
      assert.deepEqual([leader.ha_enabled, leader.is_self], [true, true])
    }
    first.signal('SIGKILL')
    const after = await holds(second, 2)
    assert.notEqual(after?.process, before?.process)
    await until(
      () => dutiesOf(second),
      (duties) => Object.values(duties).every((holder) => holder?.process === after?.process),
    )
    await knows(second, 1)
    assert.equal((await expectOk(second, 'GET', 'sys/leader')).ha_enabled, false)
  })

  it('do not let one act that was stopped and lost its duties', async (t) => {
    const { start } = await homeFor(t)
    // It writes for all, so it must neither have the duties nor be stopped.
    const writer = await start()
    await holds(writer, 1)
    const stopped = await start()
    await expectOk(writer, 'PUT', 'sys/seal')
    const before = await holds(stopped, 2)
    const other = await start()
    stopped.signal('SIGSTOP')
    const after = await holds(other, 3)
    assert.notEqual(after?.process, before?.process)
    await knows(other, 1)
    stopped.signal('SIGCONT')
    // It is one of them again, so it has looked after its duties, which it thought its own.
    await knows(other, 2)
    await knows(stopped, 2)
    for (const server of [stopped, other]) {
      for (const holder of Object.values(await dutiesOf(server))) {
        assert.deepEqual([holder?.epoch, holder?.process], [3, after?.process])
      }
    }
    assert.doesNotMatch(stopped.output(), /the duty \w+ failed/)
  })

  it('measure a clock that is ahead, and say so', async (t) => {
    const { start } = await homeFor(t)
    const first = await start()
    const code = 'const now = Date.now; Date.now = () => now() + 20_000'
    const second = await start({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
    })
    for (const [server, skew] of [
      [first, 20_000],
      [second, -20_000],
    ] as const) {
      const [, other] = await until(
        () => nodesOf(server),
        ([, one]) => typeof one?.clock_skew_ms === 'number',
      )
      const { clock_skew_ms = null, clock_skew_error_ms = null } = other ?? {}
      assert.ok(clock_skew_ms !== null && clock_skew_error_ms !== null)
      // What a beat takes to land is not known to who sees it.
      assert.ok(Math.abs(clock_skew_ms - skew) <= clock_skew_error_ms + 2_000, JSON.stringify(other))
    }
    await first.heard(/the clock of .+ is \d+ seconds ahead of this one/)
    await second.heard(/the clock of .+ is \d+ seconds behind this one/)
  })

  it('are of one cluster: the keys of another open nothing, and nothing is changed', async (t) => {
    const [mine, other] = [await homeFor(t), await homeFor(t)]
    const first = await mine.start()
    await (await other.start()).stop()
    const env = { COFFER_DATA: dirname(mine.store) }
    const refused = /there is that of the cluster [0-9a-f-]{36}: this store is another cluster’s/
    await assert.rejects(other.start(env), refused)
    await first.stop()
    await assert.rejects(other.start(env), refused)
    assert.match((await expectOk(await mine.start(), 'GET', 'sys/health')).cluster_id, /^[0-9a-f-]{36}$/)
  })

  it('end when a newer version has changed the format, with a clear text', async (t) => {
    const { start, store } = await homeFor(t)
    const server = await start()
    const newer = await openSqlite({ path: store })
    const value = Buffer.from('{"minReader":2,"minWriter":2}')
    assert.ok((await newer.commit({ put: [{ key: 'cluster/format' as StorageKey, value }] })).ok)
    await newer.close()
    assert.equal(await server.ended, 1)
    assert.match(server.output(), /the data is of format 2 and this version knows 1: use a newer one/)
    await assert.rejects(start(), /the data is of format 2 and this version knows 1: use a newer one/)
  })
})
