import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../../test/support/identity.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../../test/support/node.ts'
import { listOf, textOf } from '../../../client/shape.ts'
import { exampleSpaces } from '../../../demo/spaces.ts'

const pageOf = async (
  { ask }: Awaited<ReturnType<typeof startTestNode>>,
  what: 'entity' | 'group',
  fields: { after?: string; limit?: number } = {},
) => {
  const data = dataOf(await ask('read', `identity/${what}/details`, { fields }))
  return { things: listOf(data[what === 'entity' ? 'entities' : 'groups']), next: textOf(data.next) }
}

describe('details of entities', () => {
  it('tell what reading each of them tells, but for what comes by other groups', async (t) => {
    const { server, login, entityOf, make, read, write } = await identityBench(t)
    const alice = await entityOf(await login('alice'))
    await write(`entity/id/${alice}`, { metadata: { name: 'Alice' }, policies: ['p'], disabled: true })
    const group = await make('group', { name: 'g', member_entity_ids: [alice] })
    await make('entity', { name: 'bare' })
    const { things, next } = await pageOf(server, 'entity')
    assert.equal(next, '')
    for (const shown of things) {
      const {
        group_ids: _,
        inherited_group_ids: __,
        merged_entity_ids: ___,
        namespace_id: ____,
        ...told
      } = await read(`entity/id/${textOf(shown.id)}`)
      assert.deepEqual(shown, told)
    }
    const own = things.find(({ id }) => id === alice)
    assert.deepEqual([things.length, own?.direct_group_ids, own?.disabled], [2, [group], true])
  })
})

describe('details of groups', () => {
  it('tell what reading each tells, with its members counted', async (t) => {
    const { server, login, entityOf, make, read } = await identityBench(t)
    const alice = await entityOf(await login('alice'))
    const inner = await make('group', { name: 'inner', member_entity_ids: [alice] })
    await make('group', { name: 'outer', policies: ['o'], member_group_ids: [inner] })
    await make('group', { name: 'outside', type: 'external', metadata: { a: 'b' } })
    const { things } = await pageOf(server, 'group')
    assert.equal(things.length, 3)
    for (const shown of things) {
      const { num_member_entities, num_member_entities_is_lower_bound, vos, ...same } = shown
      const {
        member_entity_ids,
        modify_index: _,
        namespace_id: __,
        ...told
      } = await read(`group/id/${textOf(shown.id)}`)
      assert.deepEqual(same, told)
      assert.deepEqual(
        [num_member_entities, num_member_entities_is_lower_bound, vos],
        [Array.isArray(member_entity_ids) ? member_entity_ids.length : -1, false, []],
      )
    }
  })

  it('name the virtual organisation whose folder a group opens', async (t) => {
    const server = await startTestNode({ spaces: [exampleSpaces('https://idp.example.org', 'coffer')] })
    t.after(() => server.stop())
    const { things } = await pageOf(server, 'group')
    const vos = things.flatMap((group) => listOf(group.vos))
    assert.deepEqual(
      vos
        .filter(({ name }) => name === 'vo.example.org')
        .map(({ access }) => access)
        .sort(),
      ['read', 'write'],
    )
  })
})

describe('details of both', () => {
  it('come page by page, and are asked for by those with sudo alone', async (t) => {
    const { server, make } = await identityBench(t)
    for (const what of ['entity', 'group'] as const) {
      for (const name of ['a', 'b', 'c']) await make(what, { name })
      const first = await pageOf(server, what, { limit: 2 })
      const second = await pageOf(server, what, { limit: 2, after: first.next })
      assert.deepEqual([first.things.length, second.things.length, second.next], [2, 1, ''])
      assert.deepEqual([...first.things, ...second.things], (await pageOf(server, what)).things)
      const policy = `path "identity/${what}/details" { capabilities = ["read"] }`
      await server.ask('write', 'sys/policies/acl/weak', { fields: { policy } })
      const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['weak'] } })
      const token = tokenOf(made)
      assert.equal(codeOf(await server.ask('read', `identity/${what}/details`, { token })), 'policy_denied')
    }
  })
})
