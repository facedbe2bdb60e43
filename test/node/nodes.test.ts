import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { version } from '../../src/core/version.ts'
import { temporaryFile } from '../support/folder.ts'
import {
  codeOf,
  dataOf,
  startTestNode,
  type TestNode,
  type TestNodeOptions,
  tokenOf,
} from '../support/node.ts'

const start = Date.UTC(2030, 0, 1)

/** Two nodes on one file, the second of which has a clock that is so many milliseconds ahead. */
async function pair(t: TestContext, ahead = 0, more: TestNodeOptions = {}) {
  const path = temporaryFile()
  const first = await startTestNode({ ...more, path, time: start, apiAddress: 'https://a:8200' })
  const second = await startTestNode({
    ...more,
    path,
    machine: more.shared === true ? 'n2' : 'n1',
    cluster: first,
    process: 1,
    time: start + ahead,
    apiAddress: 'https://b:8200',
  })
  t.after(async () => {
    await second.stop()
    await first.stop()
  })
  return { path, first, second }
}

/** Time for all, in steps of a second in which each looks around in turn. */
async function pass(nodes: readonly TestNode[], seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    for (const node of nodes) node.clock.advance(1_000)
    for (const node of nodes) await node.node.tend()
  }
}

const nodesOf = async (node: TestNode) =>
  dataOf(await node.ask('read', 'sys/ha-status')).nodes as JsonObject[]
const addresses = async (node: TestNode) => (await nodesOf(node)).map((one) => one.api_address)

async function leaderOf(node: TestNode): Promise<JsonObject> {
  const reply = await node.ask('read', 'sys/leader', { token: '' })
  if (reply instanceof CofferError) throw reply
  return reply.bare as JsonObject
}

describe('the nodes of one store', () => {
  test('join by starting on it, and each of them is active', async (t) => {
    const { first, second } = await pair(t)
    await pass([first, second], 1)
    assert.deepEqual(await addresses(first), ['https://a:8200', 'https://b:8200'])
    assert.deepEqual(await addresses(second), ['https://b:8200', 'https://a:8200'])
    for (const [node, address] of [
      [first, 'https://a:8200'],
      [second, 'https://b:8200'],
    ] as const) {
      const leader = await leaderOf(node)
      assert.deepEqual([leader.ha_enabled, leader.is_self, leader.leader_address], [true, true, address])
      for (const one of await nodesOf(node)) assert.deepEqual([one.active_node, one.version], [true, version])
    }
  })

  test('say when they heard of each other', async (t) => {
    const { first, second } = await pair(t)
    await pass([second, first], 5)
    const heard = first.clock.now()
    await pass([first], 4)
    const [self, other] = await nodesOf(first)
    assert.equal(self?.last_echo, null)
    assert.equal(other?.last_echo, new Date(heard).toISOString())
  })

  test('forget one that stops at once', async (t) => {
    const { first, second } = await pair(t)
    await pass([first, second], 1)
    await second.node.stop()
    await pass([first], 1)
    assert.deepEqual(await addresses(first), ['https://a:8200'])
    assert.equal((await leaderOf(first)).ha_enabled, false)
  })

  test('forget one that is sealed at once, and know it again when it is unsealed', async (t) => {
    const { first, second } = await pair(t)
    await pass([first, second], 1)
    await second.ask('write', 'sys/seal')
    await pass([first], 1)
    assert.deepEqual(await addresses(first), ['https://a:8200'])
    await second.node.keeper.unseal(first.unsealKey)
    await pass([first], 1)
    assert.deepEqual(await addresses(first), ['https://a:8200', 'https://b:8200'])
  })

  test('count one that does not beat as dead after its time and not before, and a duty clears its row away', async (t) => {
    const { first, second } = await pair(t)
    await pass([first, second], 1)
    const rows = async () => (await first.store.list('cluster/nodes/n1/')).names
    await pass([first], 29)
    assert.deepEqual(await addresses(first), ['https://a:8200', 'https://b:8200'])
    await pass([first], 2)
    assert.deepEqual(await addresses(first), ['https://a:8200'])
    await pass([first], 15)
    assert.deepEqual(await rows(), ['0'])
    // It only was slow: it is one of them again by its next beat.
    await pass([first, second], 6)
    assert.deepEqual(await rows(), ['0', '1'])
    assert.deepEqual(await addresses(first), ['https://a:8200', 'https://b:8200'])
  })

  const ways: readonly [string, (token: JsonObject) => readonly [string, JsonObject]][] = [
    ['by its accessor', ({ accessor = '' }) => ['auth/token/revoke-accessor', { accessor }]],
    ['alone by its accessor', ({ accessor = '' }) => ['auth/token/revoke-orphan', { accessor }]],
    ['with its lease’s prefix', () => ['sys/leases/revoke-prefix/auth/userpass', {}]],
    [
      'with its person, who is deleted',
      ({ entity_id = '' }) => ['identity/entity/batch-delete', { entity_ids: [entity_id] }],
    ],
    [
      'with its person, who is disabled',
      ({ entity_id }) => [`identity/entity/id/${String(entity_id)}`, { disabled: true }],
    ],
  ]
  for (const [how, way] of ways) {
    test(`refuse a token that was ended on another node ${how}, from the next request on`, async (t) => {
      const { first, second } = await pair(t)
      const setUp = async (path: string, fields: JsonObject) =>
        assert.equal(codeOf(await first.ask('write', path, { fields })), undefined)
      await setUp('sys/auth/userpass', { type: 'userpass' })
      await setUp('auth/userpass/users/alice', { password: 'gravel otter' })
      const login = { token: '', fields: { password: 'gravel otter' } }
      const token = tokenOf(await first.ask('write', 'auth/userpass/login/alice', login))
      const self = () => second.ask('read', 'auth/token/lookup-self', { token })
      // Asked before, so that the other node has all of it in its cache.
      const told = dataOf(await self())
      const shown = async (node: TestNode) =>
        (dataOf(await node.ask('read', 'auth/token/details')).tokens as JsonObject[]).some(
          ({ accessor }) => accessor === told.accessor,
        )
      assert.equal(await shown(second), true)
      const [path, fields] = way(told)
      await setUp(path, fields)
      assert.equal(codeOf(await self()), 'permission_denied')
      assert.equal(await shown(second), how.endsWith('disabled'))
    })
  }

  test('share a rate limit', async (t) => {
    const { first, second } = await pair(t)
    const limit = { rate: 10, interval: '1m' }
    assert.equal(codeOf(await first.ask('write', 'sys/quotas/rate-limit/all', { fields: limit })), undefined)
    await pass([first, second], 1)
    const allowed = async (node: TestNode, address: string) => {
      let count = 0
      while (count < 50 && codeOf(await node.ask('read', 'sys/mounts', { address })) === undefined) count++
      return count
    }
    assert.deepEqual([await allowed(first, '192.0.2.1'), await allowed(second, '192.0.2.1')], [5, 5])
    await second.node.stop()
    await pass([first], 1)
    assert.equal(await allowed(first, '192.0.2.2'), 10)
  })
})

describe('clocks that differ', () => {
  test('are measured by the beats, and told', async (t) => {
    const { first, second } = await pair(t, 20_000)
    await pass([first, second], 30)
    const [, other] = await nodesOf(first)
    const { clock_skew_ms, clock_skew_error_ms } = other as {
      clock_skew_ms: number
      clock_skew_error_ms: number
    }
    assert.ok(clock_skew_error_ms <= 1_000, `${clock_skew_error_ms}`)
    assert.ok(Math.abs(clock_skew_ms - 20_000) <= clock_skew_error_ms + 1)
    const ahead = first.reports.filter((text) => text.startsWith('the clock of'))
    assert.equal(ahead.length, 1)
    assert.match(ahead[0] ?? '', /\(https:\/\/b:8200\) is (19|20|21) seconds ahead of this one/)
    assert.equal(
      second.reports.filter((text) => /is (19|20|21) seconds behind this one/.test(text)).length,
      1,
    )
  })

  test('are metrics, beside the number of nodes', async (t) => {
    const { first, second } = await pair(t, 20_000)
    await pass([first, second], 30)
    const reply = await first.ask('read', 'sys/metrics')
    assert.ok(!(reply instanceof CofferError))
    const gauges = (reply.bare as { Gauges: { Name: string; Value: number; Labels: JsonObject }[] }).Gauges
    const gaugesOf = (name: string) => gauges.filter(({ Name }) => Name === name)
    assert.deepEqual(gaugesOf('coffer_nodes'), [{ Name: 'coffer_nodes', Value: 2, Labels: {} }])
    const [skew, ...more] = gaugesOf('coffer_node_clock_skew_seconds')
    assert.deepEqual([skew?.Labels, more], [{ node: 'n1/1' }, []])
    assert.ok(Math.abs((skew?.Value ?? 0) - 20) <= 1)
  })

  test('that agree are not spoken of', async (t) => {
    const { first, second } = await pair(t)
    await pass([first, second], 30)
    assert.deepEqual([...first.reports, ...second.reports], [])
  })

  test('call nothing alive that another node has refused as expired', async (t) => {
    for (const ahead of [3_000, 20_000]) {
      const { first, second } = await pair(t, ahead)
      await pass([first, second], 1)
      const create = async (fields: JsonObject) =>
        tokenOf(await first.ask('write', 'auth/token/create', { fields }))
      const parent = await create({ ttl: '60s', policies: ['root'] })
      const child = tokenOf(
        await first.ask('write', 'auth/token/create', { token: parent, fields: { ttl: '10m' } }),
      )
      const batch = await create({ ttl: '60s', type: 'batch', policies: ['default'] })
      const tokens = [parent, child, batch]
      const lookup = async (node: TestNode, token: string) =>
        codeOf(await node.ask('read', 'auth/token/lookup-self', { token }))
      let refusals = 0
      for (let i = 0; i < 100; i++) {
        for (const node of [first, second]) node.clock.advance(1_000)
        // Neither looks around: what one has refused is all that the other can know.
        for (const token of tokens) {
          if ((await lookup(second, token)) === undefined) continue
          refusals++
          assert.notEqual(await lookup(first, token), undefined, `${i} s, ${ahead} ms ahead`)
        }
      }
      assert.ok(refusals > 3)
    }
  })

  test('so far that one cannot be right: that node serves nothing, sweeps nothing away and ends', async (t) => {
    const ended: string[] = []
    const { first, second } = await pair(t, 0, {
      shared: true,
      unusable: ({ code }) => ended.push(code),
    })
    await pass([first, second], 20)
    const token = tokenOf(await second.ask('write', 'auth/token/create', { fields: { ttl: '5m' } }))
    const lookup = async (node: TestNode) =>
      codeOf(await node.ask('read', 'auth/token/lookup-self', { token }))
    first.clock.jump(10 * 60_000)
    assert.equal(codeOf(await first.ask('read', 'sys/mounts')), 'clock_ahead')
    await pass([first, second], 30)
    assert.deepEqual([await lookup(first), await lookup(second)], ['clock_ahead', undefined])
    assert.deepEqual(new Set(ended), new Set(['clock_ahead']))
    await first.node.stop()
    await pass([second], 6)
    assert.equal(await lookup(second), undefined)
  })

  test('refuse nothing before the clock that is ahead says so', async (t) => {
    const { first, second } = await pair(t, 20_000)
    const token = tokenOf(await second.ask('write', 'auth/token/create', { fields: { ttl: '60s' } }))
    for (let i = 0; i < 59; i++) {
      await pass([first, second], 1)
      for (const node of [first, second]) {
        assert.equal(codeOf(await node.ask('read', 'auth/token/lookup-self', { token })), undefined, `${i}`)
      }
    }
    await pass([first, second], 1)
    assert.notEqual(codeOf(await second.ask('read', 'auth/token/lookup-self', { token })), undefined)
  })
})
