import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../../test/support/identity.ts'
import { codeOf, dataOf, tokenOf } from '../../../../test/support/node.ts'
import { keysOf } from '../../../../test/support/rows.ts'
import type { JsonObject } from '../../../base/json/json.ts'

describe('an entity', () => {
  it('is made, read, changed, listed and deleted by id and by name, without regard to case', async (t) => {
    const { make, read, write, server } = await identityBench(t)
    const before = await keysOf(server.store)
    const id = await make('entity', { name: 'Größe', policies: 'B,a', metadata: { team: 'x' } })
    assert.deepEqual((await read(`entity/id/${id}`)).policies, ['a', 'b'])
    assert.equal((await read('entity/name/grÖSSE'.replace('SS', 'ß'))).id, id)
    await write(`entity/id/${id}`, { name: 'other', metadata: { k: 'v' } })
    assert.deepEqual((await read('entity/name/other')).metadata, { k: 'v' })
    assert.equal(codeOf(await server.ask('read', 'identity/entity/name/größe')), 'not_found')
    assert.deepEqual(dataOf(await server.ask('list', 'identity/entity/name')).keys, ['other'])
    assert.deepEqual(dataOf(await server.ask('list', 'identity/entity/id')).keys, [id])
    await server.ask('delete', 'identity/entity/name/other')
    assert.deepEqual(await keysOf(server.store), before)
  })

  it('keeps its name to itself, also among those who ask at the same time', async (t) => {
    const { make, write } = await identityBench(t)
    await make('entity', { name: 'one' })
    const two = await make('entity', { name: 'two' })
    assert.equal(codeOf(await write(`entity/id/${two}`, { name: 'ONE' })), 'invalid_request')
    const all = await Promise.all(Array.from({ length: 5 }, () => write('entity', { name: 'same' })))
    assert.equal(all.filter((reply) => 'data' in reply && reply.data !== undefined).length, 1)
  })

  it('has a printable name and bounded metadata', async (t) => {
    const { write } = await identityBench(t)
    for (const name of ['a\nb', 'a\u202eb', 'x'.repeat(513), 'é'.repeat(257)]) {
      assert.equal(
        codeOf(await write('entity', { name })),
        'invalid_request',
        JSON.stringify(name.slice(0, 9)),
      )
    }
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 'v']))
    for (const metadata of [many, { k: 'x'.repeat(17_000) }, { k: '語'.repeat(6_000) }]) {
      assert.equal(codeOf(await write('entity', { name: 'x', metadata })), 'invalid_request')
    }
    assert.equal(codeOf(await write('entity/id/not-an-id', {})), 'invalid_request')
  })

  it('never gains the policy root, in whichever spelling, at a new or an old one', async (t) => {
    const { login, entityOf, write, policiesOf, server } = await identityBench(t)
    const token = await login('alice')
    const id = await entityOf(token)
    for (const name of ['root', 'ROOT', ' root', 'Root\t', '\u00a0root', '\ufeffroot']) {
      for (const path of ['entity', `entity/id/${id}`, 'entity/name/new', 'group', 'group/name/new']) {
        const reply = await write(path, { policies: ['a', name] })
        assert.equal(codeOf(reply), 'invalid_request', `${path} ${JSON.stringify(name)}`)
      }
    }
    assert.deepEqual(await policiesOf(token), [])
    assert.equal(codeOf(await server.ask('read', 'sys/mounts', { token })), 'policy_denied')
  })

  it('adds its policies to all its tokens from the moment they are written', async (t) => {
    const { login, entityOf, policiesOf, write } = await identityBench(t)
    const token = await login('alice')
    const id = await entityOf(token)
    await write(`entity/id/${id}`, { policies: ['extra'] })
    assert.deepEqual(await policiesOf(token), ['extra'])
    await write(`entity/id/${id}`, { policies: [] })
    assert.deepEqual(await policiesOf(token), [])
  })

  it('that is disabled closes its tokens and its logins at once, on every node, until it is enabled', async (t) => {
    const { login, entityOf, write, server } = await identityBench(t)
    const other = await server.another()
    const token = await login('alice')
    const id = await entityOf(token)
    await write(`entity/id/${id}`, { policies: ['root-less'] })
    const policy = 'path "auth/token/create" { capabilities = ["update", "sudo"] }'
    await server.ask('write', 'sys/policies/acl/root-less', { fields: { policy } })
    const made = async (fields: JsonObject) =>
      tokenOf(await server.ask('write', 'auth/token/create', { token, fields }))
    const tokens = [token, await made({}), await made({ type: 'batch', policies: ['default'] })]
    const codes = () =>
      Promise.all(
        [server, other].flatMap(({ ask }) =>
          tokens.map(async (each) => codeOf(await ask('read', 'auth/token/lookup-self', { token: each }))),
        ),
      )
    const open = tokens.concat(tokens).map(() => undefined)
    const closed = open.map(() => 'permission_denied')
    assert.deepEqual(await codes(), open)
    await write(`entity/id/${id}`, { disabled: true })
    assert.deepEqual(await codes(), closed)
    await assert.rejects(login('alice'), { code: 'permission_denied' })
    await login('bob')
    await write(`entity/id/${id}`, { disabled: false })
    assert.deepEqual(await codes(), open)
    await login('alice')
    await server.ask('delete', `identity/entity/id/${id}`)
    assert.deepEqual(await codes(), closed)
  })

  it('is no parent of tokens by its policies, and orphans are nobody’s', async (t) => {
    const { login, entityOf, write, server } = await identityBench(t)
    const token = await login('alice')
    await write(`entity/id/${await entityOf(token)}`, { policies: ['makes'] })
    const policy = 'path "auth/token/create*" { capabilities = ["update"] }'
    await server.ask('write', 'sys/policies/acl/makes', { fields: { policy } })
    const ask = (path: string, fields: JsonObject = {}) =>
      server.ask('write', `auth/token/${path}`, { token, fields })
    assert.equal(codeOf(await ask('create', { policies: ['makes'] })), 'invalid_request')
    assert.equal(codeOf(await ask('create', { policies: ['default'] })), undefined)
    assert.equal(await entityOf(tokenOf(await ask('create-orphan', { policies: ['default'] }))), '')
  })

  it('may be read by its own token, by id and by name', async (t) => {
    const { login, entityOf, read, server } = await identityBench(t)
    const token = await login('alice')
    const id = await entityOf(token)
    const { name } = await read(`entity/id/${id}`)
    await login('bob')
    for (const path of [`id/${id}`, `name/${name}`]) {
      assert.equal(dataOf(await server.ask('read', `identity/entity/${path}`, { token })).id, id)
    }
    const others = dataOf(await server.ask('list', 'identity/entity/id')).keys as string[]
    for (const other of others.filter((each) => each !== id)) {
      assert.equal(
        codeOf(await server.ask('read', `identity/entity/id/${other}`, { token })),
        'policy_denied',
      )
    }
  })

  it('outlives the auth method that made it, with its alias; its tokens do not', async (t) => {
    const { login, entityOf, read, server } = await identityBench(t)
    const token = await login('alice')
    const id = await entityOf(token)
    await server.ask('delete', 'sys/auth/jwt')
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
    const [alias] = (await read(`entity/id/${id}`)).aliases as JsonObject[]
    assert.deepEqual([alias?.name, alias?.mount_path, alias?.mount_type], ['alice', '', ''])
  })
})

describe('entities', () => {
  it('are deleted together, those that are there', async (t) => {
    const { make, write, login, entityOf, server } = await identityBench(t)
    const token = await login('alice')
    const ids = [await entityOf(token), await make('entity', { name: 'one' })]
    const kept = await make('entity', { name: 'two' })
    const none = '00000000-0000-4000-8000-000000000000'
    assert.equal(codeOf(await write('entity/batch-delete', { entity_ids: [...ids, none, 'x'] })), undefined)
    assert.deepEqual(dataOf(await server.ask('list', 'identity/entity/id')).keys, [kept])
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
    assert.equal(codeOf(await write('entity/batch-delete', {})), 'invalid_request')
    const many = Array.from({ length: 101 }, () => none)
    assert.equal(codeOf(await write('entity/batch-delete', { entity_ids: many })), 'invalid_request')
  })

  it('are listed in whole or by pages, by id and by name', async (t) => {
    const { write, server } = await identityBench(t)
    const names = Array.from({ length: 1_001 }, (_, i) => `e-${String(i).padStart(4, '0')}`)
    for (const name of names) await write('entity', { name })
    const keys = async (path: string, fields: JsonObject = {}) =>
      dataOf(await server.ask('list', `identity/entity/${path}`, { fields })).keys as string[]
    const ids = await keys('id')
    assert.equal(ids.length, names.length)
    assert.deepEqual(await keys('id', { after: ids[2] ?? '', limit: 2 }), ids.slice(3, 5))
    assert.deepEqual(await keys('name'), names)
    assert.deepEqual(await keys('name', { after: 'e-0002', limit: 2 }), ['e-0003', 'e-0004'])
  })
})
