import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { chaosStore } from '../../../src/storage/contract/chaos.ts'
import type { Store } from '../../../src/storage/store.ts'
import { usagePrefix } from '../../../src/usage/record.ts'
import { temporaryFile } from '../../support/folder.ts'
import {
  codeOf,
  dataOf,
  startTestNode,
  type TestNode,
  type TestNodeOptions,
  tokenOf,
} from '../../support/node.ts'

const start = Date.UTC(2030, 0, 1)

async function startWithSecrets(t: TestContext, options: TestNodeOptions = {}): Promise<TestNode> {
  const server = await startTestNode({ time: start, ...options })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  return server
}

const usageOf = async (server: TestNode, path = 'kv/a', token = server.root) =>
  dataOf(await server.ask('read', `sys/usage/${path}`, { token }))

const countsOf = async (server: TestNode, path = 'kv/a') => {
  const { reads, writes } = await usageOf(server, path)
  return [reads, writes]
}

const tokenWith = async (server: TestNode, name: string, rules: string, extra: object = {}) => {
  await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: rules } })
  const fields = { policies: [name], display_name: name, ...extra }
  return tokenOf(await server.ask('write', 'auth/token/create', { fields }))
}

describe('sys/usage', () => {
  test('of a secret with versions is for who may read or update it, not for who sees what is around it', async (t) => {
    const server = await startWithSecrets(t)
    await server.ask('write', 'sys/mounts/kv2', { fields: { type: 'kv', options: { version: '2' } } })
    await server.ask('write', 'kv2/data/a', { fields: { data: { v: 1 } } })
    const rules = ['metadata', 'delete', 'destroy', 'subkeys'].map(
      (part) => `path "kv2/${part}/*" { capabilities = ["read", "update"] }`,
    )
    const token = await tokenWith(
      server,
      'around',
      `${rules.join('\n')}\npath "sys/usage/*" { capabilities = ["read"] }`,
    )
    assert.deepEqual(await countsOf(server, 'kv2/data/a'), [0, 1])
    for (const part of ['metadata', 'delete', 'destroy', 'subkeys']) {
      const reply = await server.ask('read', `sys/usage/kv2/${part}/a`, { token })
      assert.equal(codeOf(reply), 'unsupported_path', part)
    }
    assert.equal(codeOf(await server.ask('read', 'sys/usage/kv2/data/a', { token })), 'policy_denied')
  })

  test('tells who read and who wrote a secret last, when and from where, and how often it was used', async (t) => {
    const server = await startWithSecrets(t)
    const reader = await tokenWith(server, 'reader', 'path "kv/*" { capabilities = ["read"] }')
    await server.ask('write', 'kv/a', { fields: { v: 1 }, address: '192.0.2.1' })
    server.clock.advance(1_000)
    await server.ask('write', 'kv/a', { fields: { v: 2 }, address: '192.0.2.2' })
    server.clock.advance(1_000)
    await server.ask('read', 'kv/a', { token: reader, address: '2001:db8::1' })
    assert.deepEqual(await usageOf(server), {
      path: 'kv/a',
      reads: 1,
      writes: 2,
      since: '2030-01-01T00:00:00.000Z',
      last_read: {
        time: '2030-01-01T00:00:02.000Z',
        operation: 'read',
        display_name: 'token-reader',
        entity_id: '',
        remote_address: '2001:db8::1',
        by_opening: false,
      },
      last_write: {
        time: '2030-01-01T00:00:01.000Z',
        operation: 'update',
        display_name: 'root',
        entity_id: '',
        remote_address: '192.0.2.2',
        by_opening: false,
      },
      people: [
        {
          display_name: 'token-reader',
          entity_id: '',
          reads: 1,
          writes: 0,
          last_read: '2030-01-01T00:00:02.000Z',
          last_write: null,
          remote_address: '2001:db8::1',
          last_by_opening: null,
        },
        {
          display_name: 'root',
          entity_id: '',
          reads: 0,
          writes: 2,
          last_read: null,
          last_write: '2030-01-01T00:00:01.000Z',
          remote_address: '192.0.2.2',
          last_by_opening: null,
        },
      ],
      months: [{ month: '2030-01', reads: 1, writes: 2 }],
    })
  })

  test('says nothing about whether there is a secret that was never used', async (t) => {
    const server = await startWithSecrets(t)
    const never = {
      reads: 0,
      writes: 0,
      since: null,
      last_read: null,
      last_write: null,
      people: [],
      months: [],
    }
    assert.deepEqual(await usageOf(server, 'kv/none'), { path: 'kv/none', ...never })
  })

  test('counts what succeeded: no refusal, no miss, no list, and itself neither', async (t) => {
    const server = await startWithSecrets(t)
    const other = await tokenWith(server, 'other', 'path "sys/usage/*" { capabilities = ["read"] }')
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token: other })), 'policy_denied')
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: {} })), 'invalid_request')
    assert.equal(codeOf(await server.ask('read', 'kv/missing')), 'not_found')
    await server.ask('list', 'kv/')
    assert.deepEqual(await countsOf(server), [0, 1])
    assert.deepEqual(await countsOf(server), [0, 1])
    assert.deepEqual(await countsOf(server, 'kv/missing'), [0, 0])
  })

  test('counts a read that is wrapped as its reader’s', async (t) => {
    const server = await startWithSecrets(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.ask('read', 'kv/a', { wrapTtl: 60 })
    assert.deepEqual(await countsOf(server), [1, 1])
  })

  test('counts a request once that collided with others', async (t) => {
    let collide = false
    const server = await startWithSecrets(t, {
      wrap: (store) =>
        chaosStore(store, () => {
          const mischief = collide ? 'conflict' : 'none'
          collide = false
          return mischief
        }),
    })
    collide = true
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { v: 1 } })), undefined)
    assert.equal(collide, false)
    assert.deepEqual(await countsOf(server), [0, 1])
  })

  test('answers those who may read or update the secret itself, and nobody else', async (t) => {
    const server = await startWithSecrets(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    const ask = async (name: string, rules: string, path = 'kv/a') => {
      const token = await tokenWith(server, name, rules)
      return codeOf(await server.ask('read', `sys/usage/${path}`, { token }))
    }
    assert.equal(await ask('reads', 'path "kv/a" { capabilities = ["read"] }'), undefined)
    assert.equal(await ask('updates', 'path "kv/a" { capabilities = ["update"] }'), undefined)
    assert.equal(await ask('lists', 'path "kv/*" { capabilities = ["list", "delete"] }'), 'policy_denied')
    assert.equal(await ask('nothing', 'path "cubbyhole/x" { capabilities = ["read"] }'), 'policy_denied')
    const denied = 'path "kv/*" { capabilities = ["read"] } path "kv/a" { capabilities = ["deny"] }'
    assert.equal(await ask('denied', denied), 'policy_denied')
    // A policy can close the route as any other.
    const closed = 'path "kv/*" { capabilities = ["read"] } path "sys/usage/*" { capabilities = ["deny"] }'
    assert.equal(await ask('closed', closed), 'policy_denied')
    // What must be wrapped must be wrapped here too.
    const wrapping = 'path "kv/*" { capabilities = ["read"] min_wrapping_ttl = "1m" }'
    assert.equal(await ask('wrapping', wrapping), 'policy_denied')
  })

  test('is about secrets alone', async (t) => {
    const server = await startWithSecrets(t)
    const ask = async (path: string) => codeOf(await server.ask('read', `sys/usage/${path}`))
    assert.equal(await ask('nowhere/a'), 'no_handler')
    for (const path of ['sys/mounts', 'cubbyhole/a', 'auth/token/lookup-self', 'kv', 'kv/', 'kv/folder/']) {
      assert.equal(await ask(path), 'unsupported_path', path)
    }
  })

  test('keeps the record of a deleted secret, whose deletion is its last write', async (t) => {
    const server = await startWithSecrets(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.ask('delete', 'kv/a')
    const { writes, last_write: last } = await usageOf(server)
    assert.equal(writes, 2)
    assert.equal((last as { operation: string }).operation, 'delete')
  })

  test('goes with a mount that moves, and not to a new one at its place', async (t) => {
    const server = await startWithSecrets(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.ask('write', 'sys/remount', { fields: { from: 'kv', to: 'moved' } })
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    assert.deepEqual(await countsOf(server, 'moved/a'), [0, 1])
    assert.deepEqual(await countsOf(server, 'kv/a'), [0, 0])
  })
})

describe('the record of usage', () => {
  test('costs a read no commit', async (t) => {
    let commits = 0
    const server = await startWithSecrets(t, {
      wrap: (store) =>
        chaosStore(store, () => {
          commits++
          return 'none'
        }),
    })
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    const before = commits
    for (let i = 0; i < 100; i++) await server.ask('read', 'kv/a')
    assert.equal(commits, before)
    assert.deepEqual(await countsOf(server), [100, 1])
  })

  test('is written every ten seconds', { timeout: 20_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let written = Promise.withResolvers<void>()
    const wrap = (store: Store): Store => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit)
        if (commit.put?.some(({ key }) => key.startsWith(usagePrefix)) === true) written.resolve()
        return result
      },
    })
    const server = await startWithSecrets(t, { wrap })
    for (let i = 0; i < 2; i++) {
      written = Promise.withResolvers()
      await server.ask('write', 'kv/a', { fields: { v: 1 } })
      t.mock.timers.tick(10_000)
      await written.promise
    }
  })

  test('survives a crash as far as it was written', async (t) => {
    const path = temporaryFile()
    const server = await startWithSecrets(t, { path })
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.node.tend()
    await server.ask('read', 'kv/a')
    // Another node has of this one what lies in the store, as a start after a crash has.
    const other = await startTestNode({ path, cluster: server, time: start })
    t.after(() => other.stop())
    assert.deepEqual(await countsOf(other), [0, 1])
    await server.node.tend()
    assert.deepEqual(await countsOf(other), [1, 1])
  })

  test('is written before the server stops', async (t) => {
    const path = temporaryFile()
    const server = await startTestNode({ path, time: start })
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.stop()
    const again = await startTestNode({ path, cluster: server, time: start })
    t.after(() => again.stop())
    assert.deepEqual(await countsOf(again), [0, 1])
  })

  test('is written before the node is sealed, and forgotten in memory then', async (t) => {
    const server = await startWithSecrets(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.ask('write', 'sys/seal')
    await server.node.keeper.unseal(server.unsealKey)
    assert.deepEqual(await countsOf(server), [0, 1])
    await server.ask('read', 'kv/a')
    await server.node.tend()
    assert.deepEqual(await countsOf(server), [1, 1])
  })

  test('does not keep a node from being sealed when it cannot be written', async (t) => {
    const troubles = [() => Promise.reject(new Error('the disk is full')), () => new Promise<never>(() => {})]
    for (const trouble of troubles) {
      let broken = false
      const wrap = (store: Store): Store => ({
        ...store,
        commit: (commit) => (broken ? trouble() : store.commit(commit)),
      })
      const server = await startWithSecrets(t, { wrap })
      await server.ask('write', 'kv/a', { fields: { v: 1 } })
      broken = true
      await server.node.keeper.seal()
      assert.equal(server.node.keeper.state().kind, 'sealed')
      broken = false
      await server.node.keeper.unseal(server.unsealKey)
      assert.deepEqual(await countsOf(server), [0, 0])
    }
  })
})
