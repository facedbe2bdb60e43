import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../../test/support/identity.ts'
import { codeOf, dataOf } from '../../../../test/support/node.ts'

describe('an alias', () => {
  it('is made at the first login, and leads every later one to the same entity', async (t) => {
    const { login, entityOf, read, accessor } = await identityBench(t)
    const id = await entityOf(await login('alice'))
    assert.equal(await entityOf(await login('alice')), id)
    assert.notEqual(await entityOf(await login('Alice')), id, 'names of people mind case')
    const { aliases } = await read(`entity/id/${id}`)
    const [alias] = aliases as { name: string; mount_accessor: string; canonical_id: string }[]
    assert.deepEqual([alias?.name, alias?.mount_accessor, alias?.canonical_id], ['alice', accessor, id])
  })

  it('is made once by logins that come at the same time', async (t) => {
    const { login, entityOf, server } = await identityBench(t)
    const tokens = await Promise.all(Array.from({ length: 6 }, () => login('alice')))
    const ids = new Set(await Promise.all(tokens.map(entityOf)))
    assert.equal(ids.size, 1)
    assert.equal((dataOf(await server.ask('list', 'identity/entity/id')).keys as string[]).length, 1)
  })

  it('takes the groups with it that its logins asserted', async (t) => {
    const { login, entityOf, make, read, policiesOf, accessor, server } = await identityBench(t)
    const group = await make('group', { name: 'vo', type: 'external', policies: ['vo'] })
    await make('group-alias', { name: 'urn:vo', mount_accessor: accessor, canonical_id: group })
    const token = await login('alice', ['urn:vo'])
    const id = await entityOf(token)
    const internal = await make('group', { name: 'i', policies: ['i'], member_entity_ids: [id] })
    const [alias] = (await read(`entity/id/${id}`)).aliases as { id: string }[]
    await server.ask('delete', `identity/entity-alias/id/${alias?.id}`)
    assert.deepEqual(await policiesOf(token), ['i'])
    assert.deepEqual((await read(`group/id/${group}`)).member_entity_ids, [])
    assert.deepEqual((await read(`group/id/${internal}`)).member_entity_ids, [id])
  })

  it('is read, listed, renamed and deleted, and its old name leads nowhere', async (t) => {
    const { make, read, write, login, entityOf, accessor, server } = await identityBench(t)
    const entity = await make('entity', { name: 'e' })
    const id = await make('entity-alias', { name: 'alice', mount_accessor: accessor, canonical_id: entity })
    assert.equal((await read(`entity-alias/id/${id}`)).canonical_id, entity)
    assert.deepEqual(dataOf(await server.ask('list', 'identity/entity-alias/id')).keys, [id])
    assert.equal(await entityOf(await login('alice')), entity)
    await write(`entity-alias/id/${id}`, { name: 'bob' })
    assert.equal(await entityOf(await login('bob')), entity)
    assert.notEqual(await entityOf(await login('alice')), entity)
    await server.ask('delete', `identity/entity-alias/id/${id}`)
    assert.equal(codeOf(await server.ask('read', `identity/entity-alias/id/${id}`)), 'not_found')
    assert.notEqual(await entityOf(await login('bob')), entity)
  })

  it('is one a mount and entity, on a mount that exists, of an entity that exists', async (t) => {
    const { make, write, accessor } = await identityBench(t)
    const one = await make('entity', { name: 'one' })
    const two = await make('entity', { name: 'two' })
    const alias = (name: string, canonical_id: string, mount_accessor = accessor) =>
      write('entity-alias', { name, canonical_id, mount_accessor })
    assert.equal(codeOf(await alias('a', one)), undefined)
    for (const reply of [
      await alias('b', one),
      await alias('c', 'none'),
      await alias('c', two, 'none'),
      await alias('c', two, ''),
      await alias('', two),
    ]) {
      assert.equal(codeOf(reply), 'invalid_request')
    }
  })

  it('moves to another entity with what its logins said of groups, and its tokens stay where they were', async (t) => {
    const { login, entityOf, make, write, read, policiesOf, accessor } = await identityBench(t)
    const group = await make('group', { name: 'vo', type: 'external', policies: ['vo'] })
    await make('group-alias', { name: 'urn:vo', mount_accessor: accessor, canonical_id: group })
    const token = await login('alice', ['urn:vo'])
    const from = await entityOf(token)
    const to = await make('entity', { name: 'to' })
    const [alias] = (await read(`entity/id/${from}`)).aliases as { id: string }[]
    const own = { mount_accessor: accessor, name: 'alice', canonical_id: to }
    assert.equal(codeOf(await write('entity-alias', own)), undefined)
    assert.equal((await read(`entity-alias/id/${alias?.id}`)).canonical_id, to)
    assert.deepEqual((await read(`entity/id/${from}`)).aliases, [])
    assert.deepEqual((await read(`group/id/${group}`)).member_entity_ids, [to])
    assert.deepEqual(await policiesOf(token), [])
    assert.equal(await entityOf(await login('alice')), to)
    await write(`entity-alias/id/${alias?.id}`, { canonical_id: from })
    assert.equal(await entityOf(await login('alice')), from)
    const taken = await entityOf(await login('bob'))
    const reply = await write(`entity-alias/id/${alias?.id}`, { canonical_id: taken })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.equal(await entityOf(await login('alice')), from)
  })

  it('has another mount when it is given one, and metadata of its own', async (t) => {
    const { login, entityOf, make, write, read, accessor, server } = await identityBench(t)
    await server.ask('write', 'sys/auth/other', { fields: { type: 'jwt' } })
    const other = String(dataOf(await server.ask('read', 'sys/auth/other')).accessor)
    const entity = await make('entity', { name: 'e' })
    const id = await make('entity-alias', { name: 'alice', mount_accessor: other, canonical_id: entity })
    assert.notEqual(await entityOf(await login('alice')), entity)
    await write(`entity-alias/id/${id}`, { name: 'bob', mount_accessor: accessor })
    assert.equal(await entityOf(await login('bob')), entity)
    await write(`entity-alias/id/${id}`, { custom_metadata: { k: 'v' } })
    const shown = await read(`entity-alias/id/${id}`)
    assert.deepEqual([shown.custom_metadata, shown.mount_path, shown.name], [{ k: 'v' }, 'auth/jwt/', 'bob'])
    assert.equal(codeOf(await write(`entity-alias/id/${id}`, { name: 'alice' })), 'invalid_request')
  })

  it('of a disabled entity leads to no open one', async (t) => {
    const { login, entityOf, make, write, read } = await identityBench(t)
    const from = await entityOf(await login('alice'))
    const to = await make('entity', { name: 'to' })
    const [alias] = (await read(`entity/id/${from}`)).aliases as { id: string }[]
    await write(`entity/id/${from}`, { disabled: true })
    const move = () => write(`entity-alias/id/${alias?.id}`, { canonical_id: to })
    assert.equal(codeOf(await move()), 'invalid_request')
    await assert.rejects(login('alice'), { code: 'permission_denied' })
    await write(`entity/id/${to}`, { disabled: true })
    assert.equal(codeOf(await move()), undefined)
    await assert.rejects(login('alice'), { code: 'permission_denied' })
  })
})
