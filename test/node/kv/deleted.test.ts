import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { deletedDuty } from '../../../src/core/duties/deleted.ts'
import { transact } from '../../../src/transaction/transaction.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, type TestNode } from '../../support/node.ts'
import { groundOf, keysOf } from '../../support/rows.ts'

const hour = 3600_000

async function start(t: TestContext): Promise<TestNode> {
  const server = await startWithKv(t)
  for (const mount of ['kv', 'v2']) {
    const tuned = await server.ask('write', `sys/mounts/${mount}/tune`, {
      fields: { deleted_secrets_ttl: '1h' },
    })
    assert.equal(codeOf(tuned), undefined)
  }
  return server
}

/** One run of the duty, as the process has it that holds it. */
async function sweep(server: TestNode): Promise<void> {
  const ground = groundOf(server)
  await deletedDuty({ ground: () => ground, clock: server.clock }).run({
    epoch: 1,
    transact: (work) => transact(() => ground, work),
    fence: () => Promise.reject(new Error('nothing is committed apart from transactions')),
    signal: new AbortController().signal,
  })
}

/** How each version of KV is written, read and deleted as a whole. */
const kinds = [
  { mount: 'kv', data: 'kv/', whole: 'kv/', list: 'kv/', fields: (v: number): JsonObject => ({ v }) },
  {
    mount: 'v2',
    data: 'v2/data/',
    whole: 'v2/metadata/',
    list: 'v2/metadata/',
    fields: (v: number): JsonObject => ({ data: { v } }),
  },
] as const

for (const { mount, data, whole, list, fields } of kinds) {
  describe(`the recycle bin of ${mount}`, () => {
    const write = async (server: TestNode, name: string, v = 1) =>
      assert.equal(codeOf(await server.ask('write', data + name, { fields: fields(v) })), undefined)
    const remove = async (server: TestNode, name: string, sent: JsonObject = {}) =>
      assert.equal(codeOf(await server.ask('delete', whole + name, { fields: sent })), undefined)
    const restore = (server: TestNode, name: string, sent: JsonObject = {}, token = server.root) =>
      server.ask('write', `sys/kv/restore/${mount}/${name}`, { fields: sent, token })

    it('has what was deleted, and gives it back as it was', async (t) => {
      const server = await start(t)
      for (const v of [1, 2, 3]) await write(server, 'dir/a', v)
      const before = dataOf(await server.ask('read', `${whole}dir/a`))
      await remove(server, 'dir/a')
      assert.equal(codeOf(await server.ask('read', `${data}dir/a`)), 'not_found')
      const { deletions } = dataOf(await server.ask('read', `sys/kv/deleted/${mount}/dir/a`))
      const [deletion] = deletions as JsonObject[]
      assert.equal(deletion?.display_name, 'root')
      assert.equal(deletion?.versions, mount === 'v2' ? 3 : 1)
      assert.deepEqual(dataOf(await server.ask('list', `sys/kv/deleted/${mount}/`)).keys, ['dir/'])
      assert.deepEqual(dataOf(await server.ask('list', `sys/kv/deleted/${mount}/dir/`)).keys, ['a'])
      assert.equal(codeOf(await restore(server, 'dir/a')), undefined)
      assert.deepEqual(dataOf(await server.ask('read', `${whole}dir/a`)), before)
      if (mount === 'v2') {
        const first = dataOf(await server.ask('read', 'v2/data/dir/a', { fields: { version: 1 } }))
        assert.deepEqual(first.data, { v: 1 })
      }
      assert.equal(codeOf(await server.ask('read', `sys/kv/deleted/${mount}/dir/a`)), 'not_found')
      assert.equal(codeOf(await restore(server, 'dir/a')), 'not_found')
    })

    it('restores any of several deletions, and nothing over what is there', async (t) => {
      const server = await start(t)
      for (const v of [1, 2]) {
        await write(server, 'a', v)
        await remove(server, 'a')
        server.clock.advance(1000)
      }
      const { deletions } = dataOf(await server.ask('read', `sys/kv/deleted/${mount}/a`))
      const [first] = deletions as { id: string }[]
      await write(server, 'a', 3)
      assert.equal(codeOf(await restore(server, 'a')), 'invalid_request')
      await remove(server, 'a', { purge: 'true' })
      assert.equal(codeOf(await restore(server, 'a', { id: first?.id ?? '' })), undefined)
      const found = dataOf(await server.ask('read', `${data}a`))
      assert.deepEqual(mount === 'v2' ? found.data : found, { v: 1 })
      assert.equal(codeOf(await restore(server, 'a', { id: 'none' })), 'not_found')
    })

    it('shows nothing of what is in it anywhere else', async (t) => {
      const server = await start(t)
      await write(server, 'dir/a')
      await write(server, 'kept')
      await remove(server, 'dir/a')
      assert.deepEqual(dataOf(await server.ask('list', list)).keys, ['kept'])
      assert.deepEqual(dataOf(await server.ask('scan', list)).keys, ['kept'])
      assert.deepEqual(dataOf(await server.ask('list', `sys/kv/scan/${mount}/`)).keys, ['kept'])
      const search = await server.ask('write', 'sys/kv/search', { fields: { path: mount, name: '*' } })
      assert.deepEqual(dataOf(search).keys, [`${mount}/kept`])
      const guesses = ['deleted/dir/a', 'kept/x', 'due/x']
      for (const name of guesses) assert.equal(codeOf(await server.ask('read', data + name)), 'not_found')
      const moved = await server.ask('write', 'sys/kv/move', {
        fields: { from: `${mount}/`, to: `${mount}/x/` },
      })
      assert.equal(codeOf(moved), 'invalid_request')
    })

    it('is emptied when its time is over, and refuses before that is swept', async (t) => {
      const server = await start(t)
      const before = await keysOf(server.store)
      for (const name of ['a', 'b']) {
        await write(server, name)
        await remove(server, name)
      }
      await sweep(server)
      assert.equal(codeOf(await server.ask('read', `sys/kv/deleted/${mount}/a`)), undefined)
      server.clock.advance(hour)
      assert.equal(codeOf(await server.ask('read', `sys/kv/deleted/${mount}/a`)), 'not_found')
      assert.equal(codeOf(await server.ask('list', `sys/kv/deleted/${mount}/`)), 'not_found')
      assert.equal(codeOf(await restore(server, 'a')), 'not_found')
      server.clock.advance(60_000)
      await sweep(server)
      assert.deepEqual(await keysOf(server.store), before)
    })

    it('is passed over by purge, can be emptied by hand, and keeps twenty of a name', async (t) => {
      const server = await start(t)
      const before = await keysOf(server.store)
      await write(server, 'a')
      await remove(server, 'a', { purge: 'true' })
      assert.deepEqual(await keysOf(server.store), before)
      for (let i = 0; i < 25; i++) {
        await write(server, 'a', i)
        await remove(server, 'a')
      }
      const all = dataOf(await server.ask('read', `sys/kv/deleted/${mount}/a`)).deletions as { id: string }[]
      assert.equal(all.length, 20)
      const one = await server.ask('delete', `sys/kv/deleted/${mount}/a`, {
        fields: { id: all[0]?.id ?? '' },
      })
      assert.equal(codeOf(one), undefined)
      assert.equal(
        (dataOf(await server.ask('read', `sys/kv/deleted/${mount}/a`)).deletions as unknown[]).length,
        19,
      )
      assert.equal(codeOf(await server.ask('delete', `sys/kv/deleted/${mount}/a`)), undefined)
      assert.deepEqual(await keysOf(server.store), before)
    })

    it('opens to those who could delete', async (t) => {
      const server = await start(t)
      for (const name of ['mine/a', 'other/a']) {
        await write(server, name)
        await remove(server, name)
      }
      const token = await tokenWith(server, `path "${whole}mine/*" { capabilities = ["delete"] }`)
      const reader = await tokenWith(
        server,
        `path "${mount}/*" { capabilities = ["read", "list", "update", "create"] }`,
      )
      const paths = [`sys/kv/deleted/${mount}/other/a`, `sys/kv/restore/${mount}/other/a`]
      assert.deepEqual(dataOf(await server.ask('list', `sys/kv/deleted/${mount}/`, { token })).keys, [
        'mine/',
      ])
      for (const folder of ['', 'mine/', 'other/']) {
        const names = await server.ask('list', `sys/kv/deleted/${mount}/${folder}`, { token: reader })
        assert.equal(codeOf(names), 'not_found')
      }
      for (const path of paths) {
        for (const asker of [token, reader]) {
          const verb = path.includes('restore') ? 'write' : 'read'
          assert.equal(codeOf(await server.ask(verb, path, { token: asker })), 'policy_denied', path)
        }
      }
      assert.equal(
        codeOf(await server.ask('delete', `sys/kv/deleted/${mount}/other/a`, { token })),
        'policy_denied',
      )
      assert.equal(codeOf(await restore(server, 'mine/a', {}, reader)), 'policy_denied')
      assert.equal(codeOf(await restore(server, 'mine/a', {}, token)), undefined)
    })

    it('has what a move replaced', async (t) => {
      const server = await start(t)
      await write(server, 'a', 1)
      await write(server, 'b', 2)
      const sent = { from: `${mount}/a`, to: `${mount}/b`, overwrite: true }
      assert.equal(codeOf(await server.ask('write', 'sys/kv/move', { fields: sent })), undefined)
      await remove(server, 'b', { purge: 'true' })
      assert.equal(codeOf(await restore(server, 'b')), undefined)
      const found = dataOf(await server.ask('read', `${data}b`))
      assert.deepEqual(mount === 'v2' ? found.data : found, { v: 2 })
    })

    it('is off unless the mount says so', async (t) => {
      const server = await startWithKv(t)
      const before = await keysOf(server.store)
      await write(server, 'a')
      await remove(server, 'a')
      assert.deepEqual(await keysOf(server.store), before)
      assert.equal(codeOf(await restore(server, 'a')), 'not_found')
    })
  })
}

describe('the recycle bin', () => {
  it('takes no versions that are destroyed, nothing of a cubbyhole, and no secret that is too large', async (t) => {
    const server = await start(t)
    await server.ask('write', 'v2/data/a', { fields: { data: { v: 1 } } })
    const before = (await keysOf(server.store)).filter((key) => !/deleted\/|kept\//.test(key)).length
    await server.ask('write', 'v2/destroy/a', { fields: { versions: [1] } })
    await server.ask('write', 'cubbyhole/a', { fields: { v: 1 } })
    await server.ask('delete', 'cubbyhole/a')
    assert.equal((await keysOf(server.store)).length, before - 1)
    const restored = await server.ask('write', 'sys/kv/restore/cubbyhole/a')
    assert.equal(codeOf(restored), 'invalid_request')
    await server.ask('write', 'kv/large', { fields: { v: 'x'.repeat(9 * 1024 * 1024) } })
    assert.equal(codeOf(await server.ask('delete', 'kv/large')), 'storage_limit')
    assert.equal(codeOf(await server.ask('delete', 'kv/large', { fields: { purge: 'true' } })), undefined)
  })

  it('takes bad paths for what they are', async (t) => {
    const server = await start(t)
    const bad: [string, string][] = [
      ['sys/kv/restore/kv/', 'invalid_request'],
      ['sys/kv/restore/kv', 'invalid_request'],
      ['sys/kv/restore/nowhere/a', 'no_handler'],
      ['sys/kv/restore/sys/mounts', 'invalid_request'],
    ]
    for (const [path, wanted] of bad) assert.equal(codeOf(await server.ask('write', path)), wanted, path)
    const token = await tokenWith(server, 'path "x/*" { capabilities = ["read"] }')
    for (const [path] of bad)
      assert.equal(codeOf(await server.ask('write', path, { token })) === undefined, false)
    assert.equal(codeOf(await server.ask('write', 'sys/kv/restore/nowhere/a', { token })), 'policy_denied')
  })
})
