import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { sweepOnce } from '../../../test/support/rows.ts'
import { duePrefix } from '../../lease/lease.ts'
import type { StorageKey } from '../../storage/store.ts'

const hour = 3_600_000

async function start(t: TestContext) {
  // The node's own sweep finds nothing to do, so that only the one under test does.
  const server = await startTestNode({
    wrap: (store) => ({ ...store, list: async () => ({ names: [], more: false }) }),
  })
  t.after(() => server.stop())
  const { store } = server
  const keys = async (prefix: string) => {
    const found: StorageKey[] = []
    for (let after: string | undefined; ; ) {
      const { rows, more } = await store.scan(prefix, { after, limit: 1000 })
      found.push(...rows.map(({ key }) => key))
      after = rows.at(-1)?.key
      if (!more) return found
    }
  }
  return {
    server,
    keys,
    sweep: { run: () => sweepOnce(server) },
    damage: (keys: readonly StorageKey[]) =>
      store.commit({ put: keys.map((key) => ({ key, value: Buffer.from('not an envelope') })) }),
  }
}

const create = async (server: TestNode, token?: string) =>
  tokenOf(
    await server.ask('write', 'auth/token/create', {
      fields: { ttl: '1h' },
      ...(token === undefined ? {} : { token }),
    }),
  )

describe('a row that does not open', () => {
  it('of the expiry keeps nothing else from being cleared away, however many there are', async (t) => {
    const { server, keys, sweep, damage } = await start(t)
    const before = await keys('ns/root/token/')
    for (let i = 0; i < 230; i++) await create(server)
    const entries = await keys(duePrefix)
    // More than a page of them, the first ones of all.
    const damaged = entries.slice(0, 210)
    await damage(damaged)
    server.clock.advance(hour)
    for (let i = 0; i < 10; i++) await create(server)
    server.clock.advance(2 * hour)
    await assert.rejects(() => sweep.run(), /210 rows were left: .*expiry/)
    await assert.rejects(() => sweep.run(), { code: 'corrupt' })
    assert.deepEqual(await keys(duePrefix), damaged)
    const tokens = (await keys('ns/root/token/id/')).length
    assert.equal(tokens, before.filter((key) => key.includes('/id/')).length + 210)
  })

  it('of a token or of what one left keeps nothing else from being cleared away', async (t) => {
    const { server, keys, sweep, damage } = await start(t)
    const before = await keys('ns/root/token/remains/')
    for (let i = 0; i < 30; i++) {
      await server.ask('write', 'auth/token/revoke', { fields: { token: await create(server) } })
    }
    const remains = await keys('ns/root/token/remains/')
    assert.equal(remains.length, before.length + 30)
    await damage(remains.slice(0, 2))
    await assert.rejects(() => sweep.run(), /2 rows were left: .*token\/remains/)
    assert.deepEqual(await keys('ns/root/token/remains/'), remains.slice(0, 2))
  })

  it('of a removed mount keeps no other mount from being cleared away', async (t) => {
    const { server, keys, sweep, damage } = await start(t)
    for (const path of ['a', 'b', 'c']) {
      await server.ask('write', `sys/mounts/${path}`, { fields: { type: 'kv' } })
      await server.ask('write', `${path}/x`, { fields: { k: 'v' } })
    }
    const rows = (await keys('ns/root/mount/')).length
    for (const path of ['a', 'b', 'c']) await server.ask('delete', `sys/mounts/${path}`)
    const retired = await keys('ns/root/retired/')
    await damage(retired.slice(0, 1))
    await damage((await keys(duePrefix)).slice(0, 1))
    await assert.rejects(() => sweep.run(), { code: 'corrupt' })
    assert.deepEqual(await keys('ns/root/retired/'), retired.slice(0, 1))
    assert.equal((await keys('ns/root/mount/')).length, rows - 2)
  })
})

describe('the parts of the sweep', () => {
  it('run when another fails, whose failure is told', async (t) => {
    const { server, keys } = await start(t)
    await server.ask('write', 'auth/token/revoke', { fields: { token: await create(server) } })
    const withoutExpiry = {
      ...server.store,
      list: (...args: Parameters<typeof server.store.list>) =>
        args[0].startsWith(duePrefix) ? Promise.reject(new Error('no list')) : server.store.list(...args),
    }
    await assert.rejects(() => sweepOnce(server, withoutExpiry), /no list/)
    assert.deepEqual(await keys('ns/root/token/remains/'), [])
  })
})
