import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../../../test/support/identity.ts'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { tokenMethod } from '../../../test/support/token-method.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { listOf, textOf } from '../../client/shape.ts'

type Shown = { readonly tokens: readonly JsonObject[]; readonly next: string | null }
function shownBy(reply: Parameters<typeof dataOf>[0]): Shown {
  const { tokens, next } = dataOf(reply)
  return { tokens: listOf(tokens), next: textOf(next) || null }
}

type Asks = Parameters<typeof tokenMethod>[0]

async function start(t: Asks) {
  const method = await tokenMethod(t)
  const details = async (fields: JsonObject = {}) =>
    shownBy(await method.server.ask('read', 'auth/token/details', { fields }))
  return { ...method, details }
}

describe('details of tokens', () => {
  it('say of each what its lookup says, whose child it is, and never the token', async (t) => {
    const { create, lookup, details } = await start(t)
    const parent = await create({ display_name: 'job', num_uses: 7, meta: { a: 'b' }, no_parent: true })
    const child = await create({ policies: ['default'], period: '10m' })
    const { tokens, next } = await details()
    assert.equal(next, null)
    for (const token of [parent, child]) {
      const { id, identity_policies: _, external_namespace_policies: __, ...told } = await lookup(token)
      const shown = tokens.find(({ accessor }) => accessor === told.accessor) ?? {}
      const { parent_accessor, owner_disabled, owner_id, owner_name, ...same } = shown
      assert.deepEqual(same, told)
      assert.deepEqual([owner_disabled, owner_id, owner_name], [false, null, null])
      assert.equal(parent_accessor === null, told.orphan)
      assert.equal(JSON.stringify(shown).includes(String(id)), false)
    }
  })

  it('come page by page, and are asked for by those with sudo alone', async (t) => {
    const { create, details, server, withPolicy } = await start(t)
    for (let made = 0; made < 5; made++) await create()
    const all = (await details()).tokens.map(({ accessor }) => accessor)
    const paged: unknown[] = []
    for (let after: string | null = ''; after !== null; ) {
      const { tokens, next }: Shown = await details({ limit: 2, ...(after !== '' && { after }) })
      assert.ok(tokens.length <= 2)
      paged.push(...tokens.map(({ accessor }) => accessor))
      after = next
    }
    assert.deepEqual(paged, all)
    const token = await withPolicy('path "auth/token/details" { capabilities = ["read"] }')
    assert.equal(codeOf(await server.ask('read', 'auth/token/details', { token })), 'policy_denied')
  })

  it('leave out what is over: by time, by uses, by its parent, by a revocation', async (t) => {
    const { create, ask, lookup, details, server } = await start(t)
    const parent = await create()
    const child = await create({ ttl: '1h' }, parent)
    const used = await create({ num_uses: 1 })
    const short = await create({ ttl: '1m' })
    const lasting = await create({ ttl: '2h' })
    const accessors = async () => (await details()).tokens.map(({ accessor }) => accessor)
    const ours = await Promise.all(
      [child, used, short, lasting].map(async (token) => (await lookup(token)).accessor),
    )
    assert.deepEqual(new Set(ours).difference(new Set(await accessors())), new Set())
    await ask('lookup-self', {}, used)
    await ask('revoke', { token: parent })
    server.clock.advance(61_000)
    assert.deepEqual(new Set(ours).intersection(new Set(await accessors())), new Set([ours[3]]))
  })

  it('leave out what ended with its entity or its mount, and mark what waits for its owner', async (t) => {
    const { server, login, entityOf, write } = await identityBench(t)
    const shown = async () =>
      shownBy(await server.ask('read', 'auth/token/details')).tokens.flatMap((token) =>
        token.owner_id === null ? [] : [[token.owner_id, token.owner_disabled]],
      )
    const alice = await entityOf(await login('alice'))
    const bob = await entityOf(await login('bob'))
    await write(`entity/id/${alice}`, { disabled: true })
    const both = [
      [alice, true],
      [bob, false],
    ].sort()
    assert.deepEqual((await shown()).sort(), both)
    await server.ask('delete', `identity/entity/id/${alice}`)
    assert.deepEqual(await shown(), [[bob, false]])
    await server.ask('delete', 'sys/auth/jwt')
    assert.deepEqual(await shown(), [])
  })

  it('show those of one entity, also when they came by one that was merged into it', async (t) => {
    const { server, login, entityOf, make, write } = await identityBench(t)
    const details = (entity: string, fields: JsonObject = {}) =>
      server.ask('read', 'auth/token/details', { fields: { entity_id: entity, ...fields } })
    const alice = await entityOf(await login('alice'))
    await login('alice')
    await login('bob')
    const shown = shownBy(await details(alice))
    assert.deepEqual(
      shown.tokens.map(({ entity_id, owner_id }) => [entity_id, owner_id]),
      [
        [alice, alice],
        [alice, alice],
      ],
    )
    const first = shownBy(await details(alice, { limit: 1 }))
    const second = shownBy(await details(alice, { limit: 1, after: first.next ?? '' }))
    assert.deepEqual([...first.tokens, ...second.tokens], shown.tokens)
    const other = await make('entity', { name: 'other' })
    await write('entity/merge', { from_entity_ids: [alice], to_entity_id: other })
    assert.deepEqual(
      shownBy(await details(other)).tokens.map((token) => [
        token.entity_id,
        token.owner_id,
        token.owner_name,
      ]),
      [
        [alice, other, 'other'],
        [alice, other, 'other'],
      ],
    )
    assert.equal(codeOf(await details(alice)), 'invalid_request')
    assert.equal(codeOf(await details('../x')), 'invalid_request')
  })
})
