import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { countingStore, keysOf, sweepAll, sweepOnce } from '../../../test/support/rows.ts'
import { rsaKey, signToken } from '../../auth/jwt/tokens-for-tests.ts'
import type { JsonObject } from '../../base/json/json.ts'

const minute = 60_000
const hour = 60 * minute

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const create = async (fields: JsonObject = {}, token = server.root) =>
    tokenOf(await server.ask('write', 'auth/token/create', { token, fields: { ttl: '1h', ...fields } }))
  const alive = async (token: string) =>
    codeOf(await server.ask('read', 'auth/token/lookup-self', { token })) === undefined
  return { server, create, alive, keys: () => keysOf(server.store) }
}

/** What one look of the sweep asks of the store, and gets. */
async function costOf(server: TestNode) {
  const { store, count } = countingStore(server.store)
  await sweepOnce(server, store)
  return count
}

describe('the sweep', () => {
  it('leaves nothing of tokens whose time is over, whatever kind they were', async (t) => {
    const { server, create, keys } = await start(t)
    const before = await keys()
    await create()
    await create({ num_uses: 5, meta: { a: 'b' } })
    await create({ period: '1h' })
    await create({ id: 'chosen', no_parent: true })
    const parent = await create()
    await create({ ttl: '10h' }, await create({}, parent))
    await server.ask('write', 'cubbyhole/deep/down', { token: parent, fields: { k: 'v' } })
    await server.ask('read', 'sys/mounts', { wrapTtl: 60 })
    server.clock.advance(hour + 2 * minute)
    await sweepAll(server)
    assert.deepEqual(await keys(), before)
  })

  it('leaves nothing of tokens that were revoked, used up or spent', async (t) => {
    const { server, create, keys } = await start(t)
    const before = await keys()
    const parent = await create()
    for (let i = 0; i < 5; i++) await create({ num_uses: 3 }, await create({}, parent))
    await server.ask('write', 'auth/token/revoke', { fields: { token: parent } })
    const counted = await create({ num_uses: 1 })
    await server.ask('read', 'auth/token/lookup-self', { token: counted })
    const wrapped = await server.ask('read', 'sys/mounts', { wrapTtl: 60 })
    assert.ok('wrap' in wrapped)
    await server.ask('write', 'sys/wrapping/unwrap', { token: wrapped.wrap?.token ?? '' })
    await sweepAll(server)
    assert.deepEqual(await keys(), before)
  })

  it('leaves nothing of a token that was renewed, once its new time is over', async (t) => {
    const { server, create, keys, alive } = await start(t)
    const before = await keys()
    const token = await create()
    for (let i = 0; i < 5; i++) {
      server.clock.advance(10 * minute)
      await server.ask('write', 'auth/token/renew-self', { token })
      await sweepAll(server)
    }
    server.clock.advance(50 * minute)
    await sweepAll(server)
    assert.equal(await alive(token), true, 'the first time is over, the last is not')
    server.clock.advance(12 * minute)
    await sweepAll(server)
    assert.deepEqual(await keys(), before)
  })

  it('leaves nothing of a login that is never renewed but who it was', async (t) => {
    const { server, keys } = await start(t)
    await server.ask('write', 'sys/auth/jwt', { fields: { type: 'jwt' } })
    await server.ask('write', 'auth/jwt/config', { fields: { jwt_validation_pubkeys: [rsaKey.pem] } })
    const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'], token_ttl: '20m' }
    await server.ask('write', 'auth/jwt/role/r', { fields: role })
    const login = async () => {
      const now = Math.floor(server.clock.now() / 1000)
      const jwt = signToken({ sub: 'alice', aud: 'coffer', iat: now, exp: now + 600 })
      tokenOf(await server.ask('write', 'auth/jwt/login', { token: '', fields: { role: 'r', jwt } }))
    }
    await login()
    server.clock.advance(25 * minute)
    await sweepAll(server)
    const before = await keys()
    for (let i = 0; i < 3; i++) await login()
    assert.notDeepEqual(await keys(), before)
    server.clock.advance(25 * minute)
    await sweepAll(server)
    assert.deepEqual(await keys(), before)
  })

  it('leaves what has not ended alone', async (t) => {
    const { server, create, alive } = await start(t)
    const short = await create({ ttl: '5m' })
    const long = await create()
    const never = await create({ ttl: 0, policies: ['root'] })
    await server.ask('write', 'cubbyhole/a', { token: long, fields: { k: 'v' } })
    server.clock.advance(10 * minute)
    await sweepAll(server)
    assert.deepEqual([await alive(short), await alive(long), await alive(never)], [false, true, true])
    assert.deepEqual(dataOf(await server.ask('read', 'cubbyhole/a', { token: long })), { k: 'v' })
  })

  it('clears more away than one of its steps takes', async (t) => {
    const { server, create, keys } = await start(t)
    const before = await keys()
    const parent = await create()
    for (let i = 0; i < 120; i++) await create({}, parent)
    for (let i = 0; i < 450; i++) {
      await server.ask('write', `cubbyhole/f${i % 7}/k${i}`, { token: parent, fields: { k: 'v' } })
    }
    await server.ask('write', 'auth/token/revoke', { fields: { token: parent } })
    assert.equal(await sweepOnce(server), false)
    assert.deepEqual(await keys(), before, 'one run does it')
  })

  it('clears the children of one token at a rate at which a million take hours, not days', async (t) => {
    // The node's own sweep finds nothing to do, so that the rate is that of the one under test.
    const idle = async () => ({ names: [], more: false })
    const server = await startTestNode({ wrap: (store) => ({ ...store, list: idle }) })
    t.after(() => server.stop())
    const make = async (token: string) =>
      tokenOf(await server.ask('write', 'auth/token/create', { token, fields: { ttl: '1h' } }))
    const parent = await make(server.root)
    for (let i = 0; i < 2_000; i++) await make(parent)
    await server.ask('write', 'auth/token/revoke', { fields: { token: parent } })
    const tokens = async () => (await keysOf(server.store)).filter((key) => key.includes('/token/id/')).length
    const before = await tokens()
    let longest = 0
    const watched = {
      ...server.store,
      commit: (commit: Parameters<typeof server.store.commit>[0]) => {
        longest = Math.max(longest, (commit.put ?? []).length + (commit.delete ?? []).length)
        return server.store.commit(commit)
      },
    }
    await sweepOnce(server, watched)
    // A run every 20 seconds: 2,000 at a time are 360,000 in an hour.
    assert.equal(before - (await tokens()), 2_000)
    assert.ok(longest <= 200, `no commit of the sweep is long enough to hold up requests: ${longest} rows`)
  })

  it('costs the same however many have not expired', async (t) => {
    const { server, create } = await start(t)
    for (let i = 0; i < 3; i++) await create({ ttl: `${i + 1}h` })
    const few = await costOf(server)
    for (let i = 0; i < 200; i++) await create({ ttl: `${(i % 100) + 1}h` })
    for (let i = 0; i < 50; i++) await create({ ttl: '100h', num_uses: 10 })
    assert.deepEqual(await costOf(server), few)
  })

  it('costs the same however many live on whose parents were revoked alone', async (t) => {
    const { server, create } = await start(t)
    const orphaned = async () => {
      const parent = await create()
      const child = await create({}, parent)
      await server.ask('write', 'auth/token/revoke-orphan', { fields: { token: parent } })
      return child
    }
    const children = [await orphaned()]
    await sweepAll(server)
    const few = await costOf(server)
    for (let i = 0; i < 30; i++) children.push(await orphaned())
    await sweepAll(server)
    assert.deepEqual(await costOf(server), few)
    for (const child of children)
      assert.equal(codeOf(await server.ask('read', 'cubbyhole/x', { token: child })), 'not_found')
  })

  it('leaves nothing of a token that was revoked alone, once the last of its children ended', async (t) => {
    const { server, create, keys, alive } = await start(t)
    const before = await keys()
    const parent = await create()
    const first = await create({}, parent)
    const second = await create({ ttl: '3h' }, parent)
    await server.ask('write', 'auth/token/revoke-orphan', { fields: { token: parent } })
    await sweepAll(server)
    await server.ask('write', 'auth/token/revoke', { fields: { token: first } })
    await sweepAll(server)
    assert.equal(await alive(second), true)
    server.clock.advance(4 * hour)
    await sweepAll(server)
    assert.deepEqual(await keys(), before)
  })

  it('is not needed for a parent and its children to be gone at once', async (t) => {
    const { server, create, alive } = await start(t)
    const parent = await create()
    const child = await create({}, parent)
    await server.ask('write', 'auth/token/revoke', { fields: { token: parent } })
    assert.deepEqual([await alive(parent), await alive(child)], [false, false])
    server.clock.advance(2 * minute)
    await sweepAll(server)
    assert.deepEqual([await alive(parent), await alive(child)], [false, false])
  })

  it('takes the rows of a mount that was removed, and of no other', async (t) => {
    const { server, keys } = await start(t)
    await server.ask('write', 'sys/mounts/kept', { fields: { type: 'kv' } })
    await server.ask('write', 'kept/a', { fields: { k: 'v' } })
    const before = await keys()
    await server.ask('write', 'sys/mounts/gone', { fields: { type: 'kv' } })
    for (let i = 0; i < 500; i++) await server.ask('write', `gone/k${i}`, { fields: { k: 'v' } })
    await server.ask('delete', 'sys/mounts/gone')
    await sweepAll(server)
    assert.deepEqual(await keys(), before)
  })
})

describe('tidy', () => {
  for (const path of ['auth/token/tidy', 'sys/leases/tidy']) {
    it(`at ${path} starts the sweep and says so with 202`, { timeout: 20_000 }, async (t) => {
      const { server, create } = await start(t)
      const before = await keysOf(server.store)
      await create()
      server.clock.advance(hour + 2 * minute)
      const reply = await server.ask('write', path)
      assert.ok(!('code' in reply), 'it is not refused')
      assert.equal(reply.status, 202)
      assert.match(reply.warnings?.join() ?? '', /Tidy operation successfully started/)
      while ((await keysOf(server.store)).length > before.length) await new Promise(setImmediate)
      assert.deepEqual(await keysOf(server.store), before)
    })
  }
})
