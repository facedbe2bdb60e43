import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../../test/support/node.ts'
import { keysOf } from '../../../../test/support/rows.ts'
import { watchedStore } from '../../../barrier/barrier-for-tests.ts'
import { CofferError } from '../../../base/errors.ts'
import type { Commit } from '../../../storage/store.ts'

async function start(t: TestContext, before: (commit: Commit) => Promise<void> | void = () => {}) {
  const server = await startTestNode({ wrap: (store) => watchedStore(store, before) })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  const policy = 'path "kv/*" { capabilities = ["create","read","update","delete"] }'
  await server.ask('write', 'sys/policies/acl/p', { fields: { policy } })
  await server.ask('write', 'kv/a', { fields: { v: 1 } })
  const counted = async (uses: number) =>
    tokenOf(
      await server.ask('write', 'auth/token/create', {
        fields: { policies: ['p'], ttl: '1h', num_uses: uses },
      }),
    )
  return { server, counted }
}

describe('a token that counts its uses', () => {
  it('is good for exactly so many requests, however many come at once', async (t) => {
    const { server, counted } = await start(t)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 10 }),
        async (uses, more) => {
          const token = await counted(uses)
          const answers = await Promise.all(
            Array.from({ length: uses + more }, (_, i) =>
              i % 2 === 0
                ? server.ask('read', 'kv/a', { token })
                : server.ask('write', `kv/b${i}`, { token, fields: { i } }),
            ),
          )
          assert.equal(answers.filter((answer) => codeOf(answer) === undefined).length, uses)
          assert.equal(answers.filter((answer) => codeOf(answer) === 'permission_denied').length, more)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('does not end under a request that took a use before the last', async (t) => {
    const held = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const { server, counted } = await start(t, async (commit) => {
      if (!commit.put?.some(({ key }) => key.endsWith('/data/slow'))) return
      reached.resolve()
      await held.promise
    })
    const token = await counted(2)
    const slow = server.ask('write', 'kv/slow', { token, fields: { v: 1 } })
    await reached.promise
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), undefined)
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), 'permission_denied')
    held.resolve()
    assert.equal(codeOf(await slow), undefined)
    const left = (await keysOf(server.store)).filter((key) => key.startsWith('ns/root/token/uses/'))
    assert.deepEqual(left, [], 'then it is revoked')
  })

  it('is good for no more requests when two nodes serve them', async (t) => {
    const { server, counted } = await start(t)
    const other = await server.another()
    const token = await counted(5)
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? server : other).ask('read', 'kv/a', { token })),
    )
    const good = answers.filter((answer) => codeOf(answer) === undefined).length
    // A node that takes the last use may end the token while the other one still works for it.
    assert.ok(good >= 1 && good <= 5, `${good} of 5`)
    assert.equal(codeOf(await other.ask('read', 'kv/a', { token })), 'permission_denied')
  })

  it('takes one use for a request that its policies refuse, and for one that fails', async (t) => {
    const { server, counted } = await start(t)
    const token = await counted(3)
    assert.equal(codeOf(await server.ask('read', 'sys/mounts', { token })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', 'kv/none', { token })), 'not_found')
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), undefined)
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), 'permission_denied')
  })

  it('counts down before each request, and its last shows -1', async (t) => {
    const { server } = await start(t)
    const token = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { ttl: '1h', num_uses: 3 } }),
    )
    const left = []
    for (let i = 0; i < 3; i++) {
      left.push(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).num_uses)
    }
    assert.deepEqual(left, [2, 1, -1])
  })

  it('loses no use to a lookup by somebody else', async (t) => {
    const { server, counted } = await start(t)
    const token = await counted(2)
    for (let i = 0; i < 3; i++) {
      assert.equal(dataOf(await server.ask('write', 'auth/token/lookup', { fields: { token } })).num_uses, 2)
    }
  })

  it('without uses is refused, also when the node fell before it could be revoked', async (t) => {
    let falling = false
    const { server, counted } = await start(t, (commit) => {
      const revokes = commit.put?.some(({ key }) => key.includes('/token/remains/'))
      if (falling && revokes) throw new CofferError('storage_failed', 'the node falls')
    })
    const token = await counted(1)
    falling = true
    const answer = await server.ask('read', 'kv/a', { token })
    assert.equal(codeOf(answer), undefined, 'what was done is answered')
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), 'permission_denied')
    const after = await server.another()
    for (let i = 0; i < 2; i++) {
      assert.equal(codeOf(await after.ask('read', 'kv/a', { token })), 'permission_denied')
    }
    assert.equal(codeOf(await after.ask('write', 'auth/token/lookup', { fields: { token } })), 'bad_token')
  })

  it('keeps its count over a restart', async (t) => {
    const { server, counted } = await start(t)
    const token = await counted(3)
    await server.ask('read', 'kv/a', { token })
    const after = await server.another()
    assert.equal(codeOf(await after.ask('read', 'kv/a', { token })), undefined)
    assert.equal(codeOf(await after.ask('read', 'kv/a', { token })), undefined)
    assert.equal(codeOf(await after.ask('read', 'kv/a', { token })), 'permission_denied')
  })

  it('takes one use for a request that collides with others and is run again', async (t) => {
    let collide = 0
    const { server, counted } = await start(t, async (commit) => {
      if (collide > 0 && commit.put?.some(({ key }) => key.endsWith('/data/a'))) {
        collide--
        await server.ask('write', 'kv/a', { fields: { by: 'another' } })
      }
    })
    const token = await counted(2)
    collide = 3
    assert.equal(codeOf(await server.ask('write', 'kv/a', { token, fields: { by: 'me' } })), undefined)
    assert.equal(dataOf(await server.ask('write', 'auth/token/lookup', { fields: { token } })).num_uses, 1)
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { by: 'me' })
  })
})
