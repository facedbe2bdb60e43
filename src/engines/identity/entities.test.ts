import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../test/support/identity.ts'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { keysOf } from '../../../test/support/rows.ts'

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

  it('adds its policies to all its tokens from the moment they are written', async (t) => {
    const { login, entityOf, policiesOf, write } = await identityBench(t)
    const token = await login('alice')
    const id = await entityOf(token)
    await write(`entity/id/${id}`, { policies: ['extra'] })
    assert.deepEqual(await policiesOf(token), ['extra'])
    await write(`entity/id/${id}`, { policies: [] })
    assert.deepEqual(await policiesOf(token), [])
  })

  it('that is disabled closes its tokens and its logins', async (t) => {
    const { login, entityOf, write, server } = await identityBench(t)
    const token = await login('alice')
    await write(`entity/id/${await entityOf(token)}`, { disabled: true })
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self', { token })), 'permission_denied')
    await assert.rejects(login('alice'), { code: 'permission_denied' })
    await login('bob')
  })
})

describe('entities that are merged', () => {
  it('become one, with the aliases, policies and groups of both', async (t) => {
    const { login, entityOf, make, read, write, policiesOf, server } = await identityBench(t)
    const from = await entityOf(await login('alice'))
    const to = await make('entity', { name: 'target', policies: ['p1'] })
    await write(`entity/id/${from}`, { policies: ['p2'] })
    const group = await make('group', { name: 'g', policies: ['pg'], member_entity_ids: [from] })
    await write('entity/merge', { from_entity_ids: [from], to_entity_id: to })
    assert.equal(codeOf(await server.ask('read', `identity/entity/id/${from}`)), 'not_found')
    const token = await login('alice')
    assert.equal(await entityOf(token), to)
    assert.deepEqual(await policiesOf(token), ['p1', 'p2', 'pg'])
    assert.deepEqual((await read(`group/id/${group}`)).member_entity_ids, [to])
  })

  it('leave a group when it is emptied or deleted, as any member does', async (t) => {
    for (const way of ['empty', 'delete']) {
      const { login, entityOf, make, write, policiesOf, server } = await identityBench(t)
      const from = await entityOf(await login('alice'))
      const to = await make('entity', { name: 'target' })
      const group = await make('group', { name: 'g', policies: ['pg'], member_entity_ids: [from] })
      await write('entity/merge', { from_entity_ids: [from], to_entity_id: to })
      if (way === 'empty') await write(`group/id/${group}`, { member_entity_ids: [] })
      else await server.ask('delete', `identity/group/id/${group}`)
      assert.deepEqual(await policiesOf(await login('alice')), [], way)
    }
  })

  it('are some, others, and exist', async (t) => {
    const { make, write } = await identityBench(t)
    const id = await make('entity', { name: 'one' })
    const none = '00000000-0000-4000-8000-000000000000'
    for (const fields of [
      {},
      { from_entity_ids: [id] },
      { from_entity_ids: [id], to_entity_id: id },
      { from_entity_ids: [none], to_entity_id: id },
      { from_entity_ids: [id], to_entity_id: none },
      { from_entity_ids: Array.from({ length: 101 }, () => none), to_entity_id: id },
    ]) {
      assert.equal(
        codeOf(await write('entity/merge', fields)),
        'invalid_request',
        JSON.stringify(fields).slice(0, 90),
      )
    }
  })
})
