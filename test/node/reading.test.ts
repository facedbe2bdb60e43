import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Store } from '../../src/storage/store.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

/** A store that counts its round trips. */
function counting(store: Store): Store & { trips: number } {
  const counted = {
    ...store,
    trips: 0,
    read(...args: Parameters<Store['read']>) {
      counted.trips++
      return store.read(...args)
    },
    snapshot() {
      const snapshot = store.snapshot()
      return {
        ...snapshot,
        read(...args: Parameters<Store['read']>) {
          counted.trips++
          return snapshot.read(...args)
        },
      }
    },
  }
  return counted
}

describe('a request', () => {
  let server: TestNode
  let store: ReturnType<typeof counting>
  let token: string

  before(async () => {
    server = await startTestNode({
      wrap: (inner) => {
        store = counting(inner)
        return store
      },
    })
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    const policy = 'path "kv/*" { capabilities = ["create","read","update","list","delete"] }'
    await server.ask('write', 'sys/policies/acl/p', { fields: { policy } })
    token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['p'], ttl: '1h' } }),
    )
    await server.ask('write', 'kv/a', { token, fields: { v: 1 } })
  })
  after(() => server.stop())

  const tripsOf = async (work: () => Promise<unknown>) => {
    const before = store.trips
    await work()
    return store.trips - before
  }

  test('reads everything that it stands on in one round trip when warm', async () => {
    await server.ask('read', 'kv/a', { token })
    assert.equal(await tripsOf(() => server.ask('read', 'kv/a', { token })), 1)
  })

  test('needs no other round trip where there are rate limits', async () => {
    const warm = async () => {
      await server.ask('read', 'kv/a', { token })
      return tripsOf(() => server.ask('read', 'kv/a', { token }))
    }
    await server.ask('write', 'sys/quotas/rate-limit/q', { fields: { rate: 1_000_000, path: 'kv/' } })
    assert.equal(await warm(), 1)
    // Nor to refuse somebody of whom nothing is known.
    assert.equal(await tripsOf(() => server.ask('read', 'kv/a', { token: '' })), 1)
    await server.ask('delete', 'sys/quotas/rate-limit/q')
    assert.equal(await warm(), 1)
  })

  test('needs at most three round trips when cold', async () => {
    const fresh = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['p'], ttl: '1h' } }),
    )
    assert.ok((await tripsOf(() => server.ask('read', 'kv/a', { token: fresh }))) <= 3)
  })

  test('sees a changed policy, a revoked token and a deleted secret from the moment the call returned', async () => {
    const mine = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['p'], ttl: '1h' } }),
    )
    await server.ask('write', 'kv/gone', { token: mine, fields: { v: 1 } })
    assert.deepEqual(dataOf(await server.ask('read', 'kv/gone', { token: mine })), { v: 1 })
    await server.ask('delete', 'kv/gone')
    assert.equal(codeOf(await server.ask('read', 'kv/gone', { token: mine })), 'not_found')
    await server.ask('write', 'sys/policies/acl/p', {
      fields: { policy: 'path "kv/a" { capabilities = ["read"] }' },
    })
    assert.equal(
      codeOf(await server.ask('write', 'kv/a', { token: mine, fields: { v: 2 } })),
      'policy_denied',
    )
    await server.ask('write', 'auth/token/revoke', { fields: { token: mine } })
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token: mine })), 'permission_denied')
  })

  test('of a token whose time is over is refused, and the sweep is not needed for that', async () => {
    const short = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['p'], ttl: '10s' } }),
    )
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token: short })), undefined)
    server.clock.advance(10_001)
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token: short })), 'permission_denied')
  })

  test('that uses a counted token takes exactly one use, however many come at once', async () => {
    const counted = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['p'], ttl: '1h', num_uses: 5 } }),
    )
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => server.ask('read', 'kv/a', { token: counted })),
    )
    assert.equal(answers.filter((answer) => codeOf(answer) === undefined).length, 5)
    assert.equal(answers.filter((answer) => codeOf(answer) === 'permission_denied').length, 7)
  })

  test('of a sealed node is refused, and its answers are back after the unseal', async () => {
    const own = await startTestNode()
    await own.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    assert.equal(codeOf(await own.ask('write', 'sys/seal')), undefined)
    assert.equal(codeOf(await own.ask('read', 'kv/x')), 'sealed')
    assert.equal(codeOf(await own.ask('write', 'sys/seal', { token: '' })), undefined)
    await own.stop()
  })
})

describe('a revoked parent', () => {
  test('ends all its descendants at once, and a chosen id that is used again revives none of them', async () => {
    const server = await startTestNode()
    const make = async (token: string, fields: object = {}) =>
      tokenOf(await server.ask('write', 'auth/token/create', { token, fields: { ttl: '1h', ...fields } }))
    const parent = await make(server.root, { id: 'chosen' })
    const child = await make(parent)
    const grandchild = await make(child)
    await server.ask('write', 'cubbyhole/x', { token: parent, fields: { k: 'v' } })
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token: grandchild })), undefined)
    await server.ask('write', 'auth/token/revoke', { fields: { token: parent } })
    for (const token of [parent, child, grandchild]) {
      assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
    }
    const again = await make(server.root, { id: 'chosen' })
    assert.equal(
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token: child })),
      'permission_denied',
    )
    assert.equal(codeOf(await server.ask('read', 'cubbyhole/x', { token: again })), 'not_found')
    await server.stop()
  })
})
