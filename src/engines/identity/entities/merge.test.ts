import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { identityBench } from '../../../../test/support/identity.ts'
import { codeOf, dataOf } from '../../../../test/support/node.ts'
import { keysOf } from '../../../../test/support/rows.ts'
import type { CofferError } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'

async function start(t: TestContext) {
  const bench = await identityBench(t)
  const { write, read, server } = bench
  return {
    ...bench,
    merge: (from: readonly string[], to: string, fields: JsonObject = {}) =>
      write('entity/merge', { from_entity_ids: [...from], to_entity_id: to, ...fields }),
    aliasesOf: async (id: string) => (await read(`entity/id/${id}`)).aliases as JsonObject[],
    alive: async (token: string) =>
      codeOf(await server.ask('read', 'auth/token/lookup-self', { token })) === undefined,
  }
}

describe('entities that are merged', () => {
  it('become one, with the aliases and groups of both and the policies and metadata of the target', async (t) => {
    const { login, entityOf, make, read, write, merge, policiesOf, aliasesOf, server } = await start(t)
    const from = await entityOf(await login('alice'))
    const to = await make('entity', { name: 'target', policies: ['p1'], metadata: { k: 'v' } })
    await write(`entity/id/${from}`, { policies: ['p2'], metadata: { k: 'w', l: 'w' } })
    const group = await make('group', { name: 'g', policies: ['pg'], member_entity_ids: [from] })
    assert.equal(codeOf(await merge([from], to)), undefined)
    assert.equal(codeOf(await server.ask('read', `identity/entity/id/${from}`)), 'not_found')
    const token = await login('alice')
    assert.equal(await entityOf(token), to)
    assert.deepEqual(await policiesOf(token), ['p1', 'pg'])
    assert.deepEqual((await read(`group/id/${group}`)).member_entity_ids, [to])
    const shown = await read(`entity/id/${to}`)
    assert.deepEqual([shown.metadata, shown.merged_entity_ids], [{ k: 'v' }, [from]])
    assert.deepEqual((await aliasesOf(to))[0]?.merged_from_canonical_ids, [from])
  })

  it('keep their tokens, which are the target’s from then on, however often it is merged', async (t) => {
    const { login, entityOf, make, write, merge, policiesOf, alive, server } = await start(t)
    const token = await login('alice')
    const from = await entityOf(token)
    const [one, two] = [
      await make('entity', { name: 'one', policies: ['p1'] }),
      await make('entity', { name: 'two', policies: ['p2'] }),
    ]
    await merge([from], one)
    assert.deepEqual(await policiesOf(token), ['p1'])
    await merge([one], two)
    assert.deepEqual(await policiesOf(token), ['p2'])
    await write(`entity/id/${two}`, { disabled: true })
    assert.equal(await alive(token), false)
    await write(`entity/id/${two}`, { disabled: false })
    assert.equal(await alive(token), true)
    await server.ask('delete', `identity/entity/id/${two}`)
    assert.equal(await alive(token), false)
  })

  it('leave no row behind when the target is deleted', async (t) => {
    const { make, merge, accessor, server } = await start(t)
    const before = await keysOf(server.store)
    const from = await make('entity', { name: 'from' })
    await make('entity-alias', { name: 'alice', mount_accessor: accessor, canonical_id: from })
    const to = await make('entity', { name: 'to' })
    await merge([from], to)
    await server.ask('delete', `identity/entity/id/${to}`)
    const left = (await keysOf(server.store)).filter((key) => !before.includes(key))
    assert.deepEqual(left, [])
  })

  it('leave a group when it is emptied or deleted, as any member does', async (t) => {
    for (const way of ['empty', 'delete']) {
      const { login, entityOf, make, write, merge, policiesOf, server } = await start(t)
      const from = await entityOf(await login('alice'))
      const to = await make('entity', { name: 'target' })
      const group = await make('group', { name: 'g', policies: ['pg'], member_entity_ids: [from] })
      await merge([from], to)
      if (way === 'empty') await write(`group/id/${group}`, { member_entity_ids: [] })
      else await server.ask('delete', `identity/group/id/${group}`)
      assert.deepEqual(await policiesOf(await login('alice')), [], way)
    }
  })

  it('with two aliases on one mount are refused and untouched, and the answer names both', async (t) => {
    const { login, entityOf, merge, aliasesOf, alive } = await start(t)
    const token = await login('alice')
    const [from, to] = [await entityOf(token), await entityOf(await login('bob'))]
    const [theirs, own] = [await aliasesOf(from), await aliasesOf(to)]
    for (const fields of [{}, { force: true }, { conflicting_alias_ids_to_keep: ['other'] }]) {
      const reply = (await merge([from], to, fields)) as CofferError
      assert.equal(codeOf(reply), 'invalid_request')
      for (const [alias] of [theirs, own]) assert.ok(reply.message.includes(String(alias?.id)))
      const { data } = reply.data as { data: JsonObject[] }
      const named = data.map(({ alias, entity_id, mount_path }) => [alias, entity_id, mount_path])
      assert.deepEqual(named, [
        ['bob', to, 'auth/jwt/'],
        ['alice', from, 'auth/jwt/'],
      ])
    }
    assert.deepEqual([await aliasesOf(from), await aliasesOf(to)], [theirs, own])
    assert.equal(await alive(token), true)
  })

  it('keep the alias that is chosen, and the groups that it asserted; the other leads to nobody', async (t) => {
    for (const chosen of ['alice', 'bob'] as const) {
      const { login, entityOf, make, merge, aliasesOf, policiesOf, accessor, read } = await start(t)
      const groups = new Map<string, string>()
      for (const name of ['alice', 'bob']) {
        const group = await make('group', { name, type: 'external', policies: [name] })
        await make('group-alias', { name: `urn:${name}`, mount_accessor: accessor, canonical_id: group })
        groups.set(name, group)
      }
      const tokens = { alice: await login('alice', ['urn:alice']), bob: await login('bob', ['urn:bob']) }
      const [from, to] = [await entityOf(tokens.alice), await entityOf(tokens.bob)]
      const [alias] = await aliasesOf(chosen === 'alice' ? from : to)
      const fields = { conflicting_alias_ids_to_keep: [String(alias?.id)] }
      assert.equal(codeOf(await merge([from], to, fields)), undefined)
      assert.deepEqual(
        (await aliasesOf(to)).map(({ name }) => name),
        [chosen],
      )
      assert.deepEqual(await policiesOf(tokens.bob), [chosen])
      for (const [name, group] of groups) {
        const members = (await read(`group/id/${group}`)).member_entity_ids
        assert.deepEqual(members, name === chosen ? [to] : [], name)
      }
      const other = chosen === 'alice' ? 'bob' : 'alice'
      assert.equal(await entityOf(await login(chosen)), to)
      assert.notEqual(await entityOf(await login(other)), to)
    }
  })

  it('are one at a time where aliases are chosen, or clash with each other', async (t) => {
    const { login, entityOf, make, merge } = await start(t)
    const [one, two] = [await entityOf(await login('alice')), await entityOf(await login('bob'))]
    const to = await make('entity', { name: 'to' })
    assert.equal(codeOf(await merge([one, two], to)), 'invalid_request')
    const keep = { conflicting_alias_ids_to_keep: ['x'] }
    assert.equal(codeOf(await merge([one, two], to, keep)), 'invalid_request')
    assert.equal(codeOf(await merge([one], to)), undefined)
  })

  it('do not open logins that are closed', async (t) => {
    const { login, entityOf, make, write, merge } = await start(t)
    const from = await entityOf(await login('alice'))
    const to = await make('entity', { name: 'to' })
    await write(`entity/id/${from}`, { disabled: true })
    assert.equal(codeOf(await merge([from], to)), 'invalid_request')
    await assert.rejects(login('alice'), { code: 'permission_denied' })
    await write(`entity/id/${to}`, { disabled: true })
    assert.equal(codeOf(await merge([from], to)), undefined)
    await assert.rejects(login('alice'), { code: 'permission_denied' })
  })

  it('are some, others, and exist', async (t) => {
    const { make, write, server } = await start(t)
    const id = await make('entity', { name: 'one' })
    const none = '00000000-0000-4000-8000-000000000000'
    for (const fields of [
      {},
      { from_entity_ids: [id] },
      { from_entity_ids: [id], to_entity_id: id },
      { from_entity_ids: [none], to_entity_id: id },
      { from_entity_ids: [id], to_entity_id: none },
      { from_entity_ids: Array.from({ length: 101 }, (_, i) => `${i}`), to_entity_id: id },
    ]) {
      assert.equal(
        codeOf(await write('entity/merge', fields)),
        'invalid_request',
        JSON.stringify(fields).slice(0, 90),
      )
    }
    assert.deepEqual(dataOf(await server.ask('list', 'identity/entity/id')).keys, [id])
  })
})
