import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { temporaryFile } from '../support/folder.ts'
import { codeOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

const start = Date.UTC(2030, 0, 1)
const minute = 60_000

/** A node with a token and a wrapped secret, both of which have ended. */
async function endedThings() {
  const path = temporaryFile()
  const node = await startTestNode({ path, time: start })
  await node.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await node.ask('write', 'kv/a', { fields: { v: 1 } })
  const token = tokenOf(await node.ask('write', 'auth/token/create', { fields: { ttl: '10m' } }))
  const wrapped = await node.ask('read', 'kv/a', { wrapTtl: 600 })
  assert.ok('wrap' in wrapped && wrapped.wrap !== undefined)
  node.clock.advance(11 * minute)
  return { path, node, token, wrapping: wrapped.wrap.token }
}

async function isAlive(node: TestNode, { token, wrapping }: { token: string; wrapping: string }) {
  return {
    token: codeOf(await node.ask('read', 'auth/token/lookup-self', { token })) === undefined,
    wrapping:
      codeOf(await node.ask('write', 'sys/wrapping/unwrap', { token: wrapping, fields: {} })) === undefined,
  }
}

describe('a clock that is set back while the server is down', () => {
  test('revives no expired token and no wrapped secret after a graceful stop', async (t) => {
    const { path, node, ...ended } = await endedThings()
    await node.stop()
    const again = await startTestNode({ path, cluster: node, time: start })
    t.after(() => again.stop())
    assert.deepEqual(await isAlive(again, ended), { token: false, wrapping: false })
  })

  test('revives none after a crash either, once the time was stored', async (t) => {
    const { path, node, ...ended } = await endedThings()
    t.after(() => node.stop())
    await node.node.tend()
    const again = await startTestNode({ path, cluster: node, time: start })
    t.after(() => again.stop())
    assert.deepEqual(await isAlive(again, ended), { token: false, wrapping: false })
  })

  test('is told to the operator', async (t) => {
    const { path, node } = await endedThings()
    await node.stop()
    assert.deepEqual(node.reports, [])
    const again = await startTestNode({ path, cluster: node, time: start })
    t.after(() => again.stop())
    assert.equal(again.reports.length, 1)
    assert.match(again.reports[0] ?? '', /the clock of this machine is 660 seconds behind/)
  })

  test('does not keep new tokens alive for ever: time passes at half its speed', async (t) => {
    const { path, node } = await endedThings()
    await node.stop()
    const again = await startTestNode({ path, cluster: node, time: start - 365 * 24 * 60 * minute })
    t.after(() => again.stop())
    const token = tokenOf(await again.ask('write', 'auth/token/create', { fields: { ttl: '10m' } }))
    again.clock.advance(19 * minute)
    assert.equal(codeOf(await again.ask('read', 'auth/token/lookup-self', { token })), undefined)
    again.clock.advance(2 * minute)
    assert.equal(codeOf(await again.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
  })
})

describe('a clock that is right again after a restart', () => {
  test('needs no correction, and the time of the start is stored before the first request', async (t) => {
    const path = temporaryFile()
    const node = await startTestNode({ path, time: start })
    // It neither stops nor looks after anything: what the start has stored is all there is.
    t.after(() => node.stop())
    const again = await startTestNode({ path, cluster: node, time: start - minute * 5 })
    t.after(() => again.stop())
    assert.match(again.reports[0] ?? '', /300 seconds behind/)
    const right = await startTestNode({ path, cluster: node, time: start + minute })
    t.after(() => right.stop())
    assert.deepEqual(right.reports, [])
  })
})
