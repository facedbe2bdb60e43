import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import type { Store } from '../../../src/storage/store.ts'
import { auditTo } from '../../support/audit.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, type TestNode } from '../../support/node.ts'

const names = Array.from({ length: 200 }, (_, i) => `d${i % 7}/s${i}`).sort()

/** A store that takes few rows at once, and can be made to die after some commits. */
function small() {
  const state = { commitsLeft: Number.POSITIVE_INFINITY }
  const wrap = (store: Store): Store => ({
    ...store,
    limits: { ...store.limits, keysPerCommit: 400 },
    commit: (commit) =>
      state.commitsLeft-- > 0 ? store.commit(commit) : Promise.reject(new Error('the process was killed')),
  })
  return { state, wrap }
}

async function start(t: TestContext) {
  const { state, wrap } = small()
  const server = await startWithKv(t, { wrap })
  for (let at = 0; at < names.length; at += 50) {
    const requests = names
      .slice(at, at + 50)
      .map((name) => ({ operation: 'write', path: `v2/data/from/${name}`, data: { data: { name } } }))
    const done = await server.ask('write', 'sys/kv/batch', { fields: { requests, atomic: true } })
    assert.equal(codeOf(done), undefined)
  }
  // Another process has the duties, so that a move goes on when a test says so.
  const holder = await server.another()
  t.after(() => holder.node.stop())
  await holder.node.tend()
  const goOn = async (by = holder) => {
    server.clock.advance(5_000)
    await by.node.tend()
  }
  return { server, state, holder, goOn }
}

const begin = async (server: TestNode, token = server.root) =>
  server.ask('write', 'sys/kv/move', { token, fields: { from: 'v2/from/', to: 'v2/to/' } })
const stateOf = async (server: Pick<TestNode, 'ask'>, job: unknown, token?: string): Promise<JsonObject> =>
  dataOf(await server.ask('read', `sys/kv/move/${String(job)}`, token === undefined ? {} : { token }))

/** Where each secret is at one instant: each in one place. */
async function places(server: Pick<TestNode, 'ask'>) {
  const paths = dataOf(await server.ask('list', 'sys/kv/scan/v2/')).keys as string[]
  const inside = (folder: string) =>
    paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length))
  const [from, to] = [inside('from/'), inside('to/')]
  assert.deepEqual([...from, ...to].sort(), names)
  return { from: from.length, to: to.length }
}

/** That all of them are at the target, as they were. */
async function assertMoved(server: Pick<TestNode, 'ask'>) {
  assert.deepEqual(await places(server), { from: 0, to: names.length })
  for (const name of names) {
    assert.deepEqual(dataOf(await server.ask('read', `v2/data/to/${name}`)).data, { name })
  }
}

describe('a move that is too large for one commit', () => {
  it('is a job, which goes on by itself and says how far it is', async (t) => {
    const { server, goOn } = await start(t)
    const first = dataOf(await begin(server))
    assert.equal(first.atomic, false)
    assert.equal(first.state, 'running')
    assert.ok(Number(first.moved) > 0 && Number(first.moved) < names.length)
    assert.equal((await places(server)).to, first.moved)
    await goOn()
    const done = await stateOf(server, first.job)
    assert.deepEqual([done.state, done.moved], ['done', names.length])
    await assertMoved(server)
    server.clock.advance(25 * 3600_000)
    await goOn()
    assert.equal(codeOf(await server.ask('read', `sys/kv/move/${String(first.job)}`)), 'not_found')
  })

  it('has each secret in exactly one place whenever the process is killed, and another goes on', async (t) => {
    for (const commits of [0, 3, 4, 6, 9]) {
      const { server, state, holder, goOn } = await start(t)
      const { job } = dataOf(await begin(server))
      state.commitsLeft = commits
      await goOn()
      await places(server)
      state.commitsLeft = Number.POSITIVE_INFINITY
      await holder.node.stop()
      const next = await server.another()
      t.after(() => next.node.stop())
      await next.node.tend()
      await goOn(next)
      assert.equal((await stateOf(server, job)).state, 'done', `killed after ${commits} commits`)
      await assertMoved(server)
    }
  })

  it('leaves the lines of the plain calls in the audit log, with the token that began it', async (t) => {
    const { server, holder, goOn } = await start(t)
    // Each process has a log of its own.
    await holder.node.stop()
    await server.node.tend()
    const rules = 'path "v2/*" { capabilities = ["read", "delete", "update", "create"] }'
    const token = await tokenWith(server, rules)
    const { linesOf } = await auditTo(t, server)
    const lines = await linesOf(async () => {
      await begin(server, token)
      await goOn(server)
    })
    const display = dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).display_name
    const paths = (type: string, operation: string) =>
      lines
        .filter(
          (line) => line.type === type && line.request?.operation === operation && line.error === undefined,
        )
        .filter(({ auth }) => auth?.display_name === display)
        .map(({ request }) => request?.path ?? '')
        .filter((path) => path.startsWith('v2/'))
        .sort()
    for (const type of ['request', 'response']) {
      assert.deepEqual(paths(type, 'delete'), names.map((name) => `v2/metadata/from/${name}`).sort())
      assert.deepEqual(paths(type, 'create'), names.map((name) => `v2/data/to/${name}`).sort())
    }
  })

  it('stops when its token has ended or may no longer do it, and can be asked for again', async (t) => {
    const { server, goOn } = await start(t)
    const rules = (to: string) =>
      `path "v2/*" { capabilities = ["read", "delete", "update", "create"] } path "v2/data/to/*" { capabilities = ${to} }`
    const allowed = '["create", "read"]'
    const token = await tokenWith(server, rules(allowed))
    const { job } = dataOf(await begin(server, token))
    await server.ask('write', 'sys/policies/acl/limit', { fields: { policy: rules('["deny"]') } })
    const lookup = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    const [name] = (lookup.policies as string[]).filter((policy) => policy !== 'default')
    await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: rules('["deny"]') } })
    await goOn()
    assert.deepEqual([(await stateOf(server, job, token)).state], ['stopped'])
    const { from } = await places(server)
    assert.ok(from > 0)
    await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: rules(allowed) } })
    const again = dataOf(await begin(server, token))
    await server.ask('write', 'auth/token/revoke', { fields: { token } })
    await goOn()
    assert.ok((await places(server)).from > 0)
    assert.equal(codeOf(await server.ask('read', `sys/kv/move/${String(again.job)}`)), 'not_found')
    const last = dataOf(await begin(server))
    await goOn()
    assert.equal((await stateOf(server, last.job)).state, 'done')
    await assertMoved(server)
  })

  it('does not go on for another token of the same name', async (t) => {
    const { server, goOn } = await start(t)
    const rules = 'path "v2/*" { capabilities = ["read", "delete", "update", "create"] }'
    const make = () => tokenWith(server, rules, { id: 'again', no_parent: true })
    const { job } = dataOf(await begin(server, await make()))
    await server.ask('write', 'auth/token/revoke', { fields: { token: 'again' } })
    await make()
    const before = await places(server)
    await goOn()
    assert.deepEqual(await places(server), before)
    assert.equal(
      codeOf(await server.ask('read', `sys/kv/move/${String(job)}`, { token: 'again' })),
      'not_found',
    )
  })

  it('is shown to who began it alone, and not begun by a token that cannot be asked about later', async (t) => {
    const { server } = await start(t)
    const rules = 'path "v2/*" { capabilities = ["read", "delete", "update", "create"] }'
    const token = await tokenWith(server, rules)
    for (const extra of [{ num_uses: 1000 }, { type: 'batch' }]) {
      assert.equal(codeOf(await begin(server, await tokenWith(server, rules, extra))), 'invalid_request')
    }
    assert.deepEqual(await places(server), { from: names.length, to: 0 })
    const { job } = dataOf(await begin(server, token))
    assert.equal((await stateOf(server, job, token)).state, 'running')
    for (const other of [server.root, await tokenWith(server, rules)]) {
      const asked = await server.ask('read', `sys/kv/move/${String(job)}`, { token: other })
      assert.equal(codeOf(asked), 'not_found')
    }
  })
})
