import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Verb } from '../../../src/backend/message.ts'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { startProvider } from '../../../src/demo/provider/provider.ts'
import type { Store } from '../../../src/storage/store.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../support/node.ts'
import { idOf, logIn, settingsFor } from '../../support/spaces.ts'

describe('sys/kv/move, asked by who means harm or did not think', () => {
  it('loses no secret of a folder that holds one of its own name', async (t) => {
    const server = await startWithKv(t)
    for (const [path, v] of [
      ['kv/a/x', 'outer'],
      ['kv/a/a/x', 'inner'],
    ] as const) {
      assert.equal(codeOf(await server.ask('write', path, { fields: { v } })), undefined)
    }
    const fields = { from: 'kv/a/', to: 'kv/', overwrite: true }
    const reply = await server.ask('write', 'sys/kv/move', { fields })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/kv/')).keys, ['a/a/x', 'a/x'])
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a/a/x')), { v: 'inner' })
    assert.equal(codeOf(await server.ask('delete', 'kv/a/a/x')), undefined)
    assert.equal(dataOf(await server.ask('write', 'sys/kv/move', { fields })).moved, 1)
  })

  it('tells nobody without rights at the target whether there is a secret', async (t) => {
    const server = await startWithKv(t)
    await server.ask('write', 'v2/data/from/a', { fields: { data: { v: '1' } } })
    await server.ask('write', 'v2/data/hidden/there', { fields: { data: { v: '1' } } })
    const token = await tokenWith(
      server,
      'path "v2/metadata/from/*" { capabilities = ["delete"] } path "v2/data/from/*" { capabilities = ["read"] }',
    )
    const refusals = []
    for (const name of ['there', 'none']) {
      const fields = { from: 'v2/from/a', to: `v2/hidden/${name}`, overwrite: true }
      const { denied } = (await server.ask('write', 'sys/kv/move', { token, fields })) as {
        denied?: { path: string }
      }
      refusals.push(denied?.path.replace(name, ''))
    }
    assert.deepEqual(refusals, ['v2/data/hidden/', 'v2/data/hidden/'])
  })

  it('shows a locker nothing of what its maker moves', async (t) => {
    const provider = await startProvider({ port: 0 })
    t.after(() => provider.stop())
    const server = await startTestNode({
      spaces: [settingsFor(provider.issuer)],
      wrap: (store) => ({ ...store, limits: { ...store.limits, keysPerCommit: 400 } }),
    })
    t.after(() => server.stop())
    const alice = await logIn(server, provider, 'alice')
    const space = `secrets/users/${idOf('alice')}`
    const requests = Array.from({ length: 100 }, (_, i) => ({
      operation: 'write',
      path: `${space}/from/${i}`,
      data: { v: 1 },
    }))
    await server.ask('write', 'sys/kv/batch', { token: alice, fields: { requests } })
    const fields = { from: `${space}/from/`, to: `${space}/to/` }
    const { job } = dataOf(await server.ask('write', 'sys/kv/move', { token: alice, fields }))
    const locker = tokenOf(
      await server.ask('write', 'auth/token/create', { token: alice, fields: { policies: ['default'] } }),
    )
    const path = `sys/kv/move/${String(job)}`
    assert.equal(dataOf(await server.ask('read', path, { token: alice })).job, job)
    assert.equal(codeOf(await server.ask('read', path, { token: locker })), 'not_found')
  })

  it('does not read a mount from end to end for who can move nothing of it', async (t) => {
    let pages = 0
    /** A folder without end. */
    const endless = <S extends Pick<Store, 'list'>>(store: S): S => ({
      ...store,
      list: async (prefix, page = {}) => {
        if (!prefix.endsWith('data/wide/')) return store.list(prefix, page)
        if (++pages > 10_000) throw new Error('read for ever')
        const names = Array.from({ length: page.limit ?? 1 }, (_, i) => String(pages * 10_000 + i))
        return { names, more: true }
      },
    })
    const wrap = (store: Store) => ({ ...endless(store), snapshot: () => endless(store.snapshot()) })
    const server = await startWithKv(t, { wrap })
    const ask = async (rules: string) => {
      const fields = { from: 'kv/wide/', to: 'kv/to/' }
      const reply = await server.ask('write', 'sys/kv/move', {
        token: await tokenWith(server, rules),
        fields,
      })
      return codeOf(reply)
    }
    assert.equal(await ask('path "kv/other/*" { capabilities = ["delete", "create"] }'), 'not_found')
    assert.equal(pages, 0)
    assert.equal(await ask('path "kv/wide/+/a" { capabilities = ["delete"] }'), 'invalid_request')
    assert.ok(pages < 200)
  })
})

describe('sys/kv', () => {
  it('tells nobody of a mount that they may do nothing with, nor of which kind it is', async (t) => {
    const server = await startWithKv(t)
    await server.ask('write', 'sys/mounts/keys', { fields: { type: 'transit' } })
    const token = await tokenWith(server, 'path "own/*" { capabilities = ["delete"] }')
    const asks = (mount: string): [Verb, string, JsonObject][] => [
      ['write', 'sys/kv/move', { from: `${mount}/d/`, to: `${mount}/e/` }],
      ['write', 'sys/kv/move', { from: `${mount}/a`, to: `${mount}/b` }],
      ['list', `sys/kv/scan/${mount}/`, {}],
      ['read', 'sys/kv/search', { path: mount, name: 'a' }],
      ['list', `sys/kv/deleted/${mount}/`, {}],
      ['read', `sys/kv/deleted/${mount}/a`, {}],
      ['write', `sys/kv/restore/${mount}/a`, {}],
    ]
    const told = async (mount: string) => {
      const all: string[] = []
      for (const [verb, path, fields] of asks(mount)) {
        const reply = await server.ask(verb, path, { token, fields })
        assert.equal(codeOf(reply), 'policy_denied', `${verb} ${path}`)
        all.push(JSON.stringify(reply).replaceAll(`${mount}/`, '/'))
      }
      return all
    }
    const none = await told('none')
    for (const mount of ['kv', 'v2', 'keys']) assert.deepEqual(await told(mount), none, mount)
  })

  it('tells nobody by moving a secret who used it where they may not know that', async (t) => {
    const server = await startWithKv(t)
    const usersOf = async (path: string, token?: string) =>
      dataOf(await server.ask('read', `sys/usage/${path}`, token === undefined ? {} : { token })).people
    const move = (token: string, name: string) =>
      server.ask('write', 'sys/kv/move', { token, fields: { from: `kv/from/${name}`, to: `kv/to/${name}` } })
    const rules = (from: string) => `path "kv/from/*" { capabilities = [${from}] }
      path "kv/to/*" { capabilities = ["create", "update"] } path "sys/usage/*" { capabilities = ["read"] }`
    for (const name of ['a', 'b']) await server.ask('write', `kv/from/${name}`, { fields: { v: '1' } })
    const stranger = await tokenWith(server, rules('"delete"'))
    assert.equal(
      codeOf(await server.ask('read', 'sys/usage/kv/from/a', { token: stranger })),
      'policy_denied',
    )
    assert.equal(codeOf(await move(stranger, 'a')), undefined)
    const member = await tokenWith(server, rules('"delete", "update"'))
    assert.equal(codeOf(await move(member, 'b')), undefined)
    await server.node.tend()
    const names = (people: unknown) => (people as JsonObject[]).map((one) => one.display_name)
    assert.deepEqual(names(await usersOf('kv/to/b', member)).includes('root'), true)
    assert.deepEqual(names(await usersOf('kv/to/a', stranger)).includes('root'), false)
  })

  it('tells nobody by moving a secret who wrote it where they may not know that', async (t) => {
    const server = await startWithKv(t)
    const move = (token: string, name: string) =>
      server.ask('write', 'sys/kv/move', { token, fields: { from: `v2/from/${name}`, to: `v2/to/${name}` } })
    const rules = (more: string) => `path "v2/metadata/from/*" { capabilities = ["delete"${more}] }
      path "v2/data/+/*" { capabilities = ["create", "update", "read"] }
      path "v2/metadata/to/*" { capabilities = ["read"] }`
    const writers = async (path: string, token: string) => {
      const { versions } = dataOf(await server.ask('read', `v2/metadata/${path}`, { token }))
      return Object.values(versions as Record<string, JsonObject>).map(({ created_by }) => created_by)
    }
    for (const name of ['a', 'b']) {
      await server.ask('write', `v2/data/from/${name}`, { fields: { data: { v: '1' } } })
    }
    const stranger = await tokenWith(server, rules(''))
    assert.equal(codeOf(await move(stranger, 'a')), undefined)
    assert.deepEqual(await writers('to/a', stranger), [undefined])
    const member = await tokenWith(server, rules(', "read"'))
    assert.equal(codeOf(await move(member, 'b')), undefined)
    assert.deepEqual(await writers('to/b', member), [{ actor: 'root', client_id: '' }])
  })
})
