import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { temporaryFile } from '../support/folder.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

type Holder = { process: string; epoch: number } | null
const holders = async (node: TestNode) =>
  dataOf(await node.ask('read', 'sys/duties')).duties as Record<string, Holder>

/** Two nodes on one file, of which the first has the duties. */
async function pair(t: TestContext) {
  const path = temporaryFile()
  const first = await startTestNode({ path })
  await first.node.tend()
  const second = await startTestNode({ path, cluster: first })
  await second.node.tend()
  t.after(async () => {
    await second.stop()
    await first.stop()
  })
  return { path, first, second }
}

describe('the duties of two nodes on one store', () => {
  test('are one node’s, and the other’s after it stopped', async (t) => {
    const { first, second } = await pair(t)
    const before = await holders(second)
    assert.deepEqual(Object.keys(before).sort(), [
      'check',
      'deleted',
      'moves',
      'nodes',
      'reencryption',
      'sweep',
      'usage',
      'usage-months',
    ])
    for (const holder of Object.values(before)) assert.equal(holder?.epoch, 1)
    await first.stop()
    await second.node.tend()
    for (const [name, holder] of Object.entries(await holders(second))) {
      assert.equal(holder?.epoch, 2)
      assert.notEqual(holder?.process, before[name]?.process)
    }
  })

  test('go to the other when the node that has them is sealed', async (t) => {
    const { first, second } = await pair(t)
    await first.ask('write', 'sys/seal')
    await second.node.tend()
    for (const holder of Object.values(await holders(second))) assert.equal(holder?.epoch, 2)
  })

  test('are nobody else’s business: what has ended is refused on both, swept or not', async (t) => {
    const { first, second } = await pair(t)
    await first.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await first.ask('write', 'kv/a', { fields: { v: 1 } })
    const token = tokenOf(await first.ask('write', 'auth/token/create', { fields: { ttl: '60s' } }))
    await second.ask('delete', 'sys/mounts/kv')
    assert.equal(codeOf(await first.ask('read', 'kv/a')), 'no_handler')
    second.clock.advance(61_000)
    assert.equal(codeOf(await second.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
  })

  test('clear away what has ended, wherever it ended', async (t) => {
    const { first, second } = await pair(t)
    tokenOf(await second.ask('write', 'auth/token/create', { fields: { ttl: '60s' } }))
    const leases = () => first.ask('list', 'sys/leases/lookup/auth/token/create/')
    assert.equal(codeOf(await leases()), undefined)
    first.clock.advance(180_000)
    assert.equal(codeOf(await leases()), undefined)
    await first.node.tend()
    assert.equal(codeOf(await leases()), 'not_found')
  })
})

describe('the full check of the store', () => {
  test('is a duty of the server, whose outcome an operator finds under sys/storage/check', async (t) => {
    const server = await startTestNode({ path: temporaryFile() })
    t.after(() => server.stop())
    for (let hours = 0; hours <= 24; hours++) {
      await server.node.tend()
      server.clock.advance(3600_000)
    }
    const look = async () => dataOf(await server.ask('read', 'sys/storage/check'))
    // A check that began in the last hour may still be under way.
    let shown = await look()
    while (typeof shown.healthy !== 'boolean') {
      await new Promise((resolve) => setImmediate(resolve))
      shown = await look()
    }
    assert.equal(shown.healthy, true)
    assert.deepEqual(server.reports, ['the store was checked in full; nothing is wrong'])
  })

  test('is for operators', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } }),
    )
    for (const path of ['sys/storage/check', 'sys/duties']) {
      assert.equal(codeOf(await server.ask('read', path, { token })), 'policy_denied')
    }
  })
})
