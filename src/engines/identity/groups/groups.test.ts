import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../../test/support/identity.ts'
import { codeOf, dataOf } from '../../../../test/support/node.ts'
import { keysOf } from '../../../../test/support/rows.ts'

describe('an internal group', () => {
  it('is made, read, listed, changed and deleted, and leaves nothing', async (t) => {
    const { make, read, write, server } = await identityBench(t)
    const entity = await make('entity', { name: 'e' })
    const before = await keysOf(server.store)
    const id = await make('group', { name: 'Team', policies: ['P'], member_entity_ids: [entity] })
    const shown = await read('group/name/team')
    assert.deepEqual([shown.id, shown.type, shown.policies], [id, 'internal', ['p']])
    assert.deepEqual(shown.member_entity_ids, [entity])
    assert.deepEqual((await read(`entity/id/${entity}`)).direct_group_ids, [id])
    await write(`group/id/${id}`, { name: 'other' })
    assert.deepEqual(dataOf(await server.ask('list', 'identity/group/name')).keys, ['other'])
    await server.ask('delete', `identity/group/id/${id}`)
    assert.deepEqual((await read(`entity/id/${entity}`)).group_ids, [])
    const left = (await keysOf(server.store)).filter((key) => !key.includes('/membership/'))
    assert.deepEqual(left, before)
  })

  it('gives its policies to its members and to those of its member groups, and takes them back', async (t) => {
    const { login, entityOf, make, read, write, policiesOf, server } = await identityBench(t)
    const token = await login('alice')
    const inner = await make('group', { name: 'inner', member_entity_ids: [await entityOf(token)] })
    const middle = await make('group', { name: 'middle', policies: ['m'], member_group_ids: [inner] })
    const outer = await make('group', { name: 'outer', policies: ['o'], member_group_ids: [middle] })
    assert.deepEqual(await policiesOf(token), ['m', 'o'])
    await write(`group/id/${outer}`, { member_group_ids: [] })
    assert.deepEqual(await policiesOf(token), ['m'])
    await write(`group/id/${inner}`, { member_entity_ids: [] })
    assert.deepEqual(await policiesOf(token), [])
    await server.ask('delete', `identity/group/id/${middle}`)
    assert.equal(codeOf(await write(`group/id/${middle}`, {})), 'invalid_request')
    assert.deepEqual((await read(`group/id/${inner}`)).parent_group_ids, [])
  })

  it('is never a member of itself, at any depth', async (t) => {
    const { make, write } = await identityBench(t)
    const a = await make('group', { name: 'a' })
    const b = await make('group', { name: 'b', member_group_ids: [a] })
    const c = await make('group', { name: 'c', member_group_ids: [b] })
    for (const [id, member] of [
      [a, a],
      [a, b],
      [a, c],
    ]) {
      const reply = await write(`group/id/${id}`, { member_group_ids: [member ?? ''] })
      assert.equal(codeOf(reply), 'invalid_request')
    }
  })

  it('has members that exist', async (t) => {
    const { write } = await identityBench(t)
    const none = '00000000-0000-4000-8000-000000000000'
    for (const id of [none, 'not-an-id', '']) {
      assert.equal(codeOf(await write('group', { name: 'g', member_entity_ids: [id] })), 'invalid_request')
      assert.equal(codeOf(await write('group', { name: 'g', member_group_ids: [id] })), 'invalid_request')
    }
  })
})

describe('an external group', () => {
  it('has the members whose last login asserted its name, each by their alias', async (t) => {
    const { login, make, read, policiesOf, accessor, entityOf } = await identityBench(t)
    const id = await make('group', { name: 'vo', type: 'external', policies: ['vo'] })
    await make('group-alias', { name: 'urn:vo', mount_accessor: accessor, canonical_id: id })
    const token = await login('alice', ['urn:vo', 'urn:unknown'])
    assert.deepEqual(await policiesOf(token), ['vo'])
    assert.deepEqual((await read(`group/id/${id}`)).member_entity_ids, [await entityOf(token)])
    await login('alice', ['urn:unknown'])
    assert.deepEqual(await policiesOf(token), [], 'the tokens of before lose it too')
    assert.deepEqual((await read(`group/id/${id}`)).member_entity_ids, [])
  })

  it('can be the member of an internal one, whose policies its members have then', async (t) => {
    const { login, make, write, policiesOf, accessor, read, entityOf } = await identityBench(t)
    const vo = await make('group', { name: 'vo', type: 'external', policies: ['vo'] })
    await make('group-alias', { name: 'urn:vo', mount_accessor: accessor, canonical_id: vo })
    const all = await make('group', { name: 'all', policies: ['all'], member_group_ids: [vo] })
    const token = await login('alice', ['urn:vo'])
    assert.deepEqual(await policiesOf(token), ['all', 'vo'])
    const shown = await read(`entity/id/${await entityOf(token)}`)
    assert.deepEqual([shown.direct_group_ids, shown.inherited_group_ids], [[vo], [all]])
    await write(`group/id/${all}`, { policies: ['more'] })
    assert.deepEqual(await policiesOf(token), ['more', 'vo'])
    await login('alice', [])
    assert.deepEqual(await policiesOf(token), [])
  })

  it('has no members by hand, and no other type later', async (t) => {
    const { make, write } = await identityBench(t)
    const entity = await make('entity', { name: 'e' })
    const id = await make('group', { name: 'vo', type: 'external' })
    assert.equal(codeOf(await write(`group/id/${id}`, { member_entity_ids: [entity] })), 'invalid_request')
    const inner = await make('group', { name: 'inner' })
    assert.equal(codeOf(await write(`group/id/${id}`, { member_group_ids: [inner] })), 'invalid_request')
    assert.equal(codeOf(await write(`group/id/${id}`, { type: 'internal' })), 'invalid_request')
    assert.equal(codeOf(await write('group', { name: 'x', type: 'odd' })), 'invalid_request')
  })

  it('alone has an alias, whose name on its mount is its own', async (t) => {
    const { make, write, accessor } = await identityBench(t)
    const internal = await make('group', { name: 'i' })
    const one = await make('group', { name: 'one', type: 'external' })
    const two = await make('group', { name: 'two', type: 'external' })
    const alias = (canonical_id: string, more = {}) =>
      write('group-alias', { name: 'n', mount_accessor: accessor, canonical_id, ...more })
    assert.equal(codeOf(await alias(one)), undefined)
    for (const reply of [
      await alias(internal),
      await alias(two),
      await alias('none'),
      await alias(two, { mount_accessor: 'none' }),
    ]) {
      assert.equal(codeOf(reply), 'invalid_request')
    }
  })
})

describe('the alias of a group', () => {
  it('makes its group, is renamed, moved, replaced, listed and deleted', async (t) => {
    const { login, make, read, write, policiesOf, accessor, server } = await identityBench(t)
    const made = dataOf(await write('group-alias', { name: 'urn:a', mount_accessor: accessor }))
    const [id, one] = [String(made.id), String(made.canonical_id)]
    assert.equal((await read(`group/id/${one}`)).type, 'external')
    await write(`group/id/${one}`, { policies: ['one'] })
    const two = await make('group', { name: 'two', type: 'external', policies: ['two'] })
    const given = async (...names: string[]) => policiesOf(await login('alice', names))
    assert.deepEqual(await given('urn:a'), ['one'])
    await write(`group-alias/id/${id}`, { name: 'urn:b' })
    assert.deepEqual([await given('urn:a'), await given('urn:b')], [[], ['one']])
    await write(`group-alias/id/${id}`, { canonical_id: two })
    assert.deepEqual(await given('urn:b'), ['two'])
    assert.deepEqual((await read(`group/id/${one}`)).alias, {})
    const next = await make('group-alias', { name: 'urn:c', mount_accessor: accessor, canonical_id: two })
    assert.deepEqual([await given('urn:b'), await given('urn:c')], [[], ['two']])
    assert.deepEqual(dataOf(await server.ask('list', 'identity/group-alias/id')).keys, [next])
    assert.equal((await read(`group-alias/id/${next}`)).canonical_id, two)
    await server.ask('delete', `identity/group-alias/id/${next}`)
    assert.deepEqual(await given('urn:c'), [])
    assert.equal(codeOf(await server.ask('list', 'identity/group-alias/id')), 'not_found')
  })

  it('written again is the same', async (t) => {
    const { make, write, accessor } = await identityBench(t)
    const group = await make('group', { name: 'g', type: 'external' })
    const own = { name: 'n', mount_accessor: accessor, canonical_id: group }
    const id = await make('group-alias', own)
    assert.deepEqual(dataOf(await write('group-alias', own)), {})
    assert.deepEqual(dataOf(await write(`group-alias/id/${id}`, own)), {})
  })
})
