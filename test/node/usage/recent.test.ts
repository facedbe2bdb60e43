import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { example } from '../../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { idOf, logIn, settingsFor } from '../../support/spaces.ts'

describe('sys/usage/recent', () => {
  let provider: DemoProvider
  let server: TestNode
  let alice: string
  let bob: string

  before(async () => {
    provider = await startProvider({ port: 0 })
    const node = await startTestNode({ spaces: [settingsFor(provider.issuer)] })
    server = {
      ...node,
      // Requests of the same moment have no order.
      ask(...what) {
        node.clock.advance(1)
        return node.ask(...what)
      },
    }
    alice = await logIn(server, provider, 'alice')
    bob = await logIn(server, provider, 'bob')
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const recent = async (token: string, on: Pick<TestNode, 'ask'> = server) =>
    dataOf(await on.ask('read', 'sys/usage/recent', { token })).entries as JsonObject[]

  const linesAbout = async (name: string, token: string, on?: Pick<TestNode, 'ask'>) =>
    (await recent(token, on))
      .filter((one) => String(one.name).endsWith(name))
      .map((one) => `${one.own} ${one.operation} ${one.times} ${one.remote_address} ${one.way}`)

  test('tells what the person did with which secret, when and from where, whichever token it was', async () => {
    const path = `secrets/users/${idOf('alice')}/mail`
    await server.ask('write', path, { token: alice, fields: { v: 1 }, address: '192.0.2.1' })
    const again = await logIn(server, provider, 'alice')
    for (const _ of [1, 2]) await server.ask('read', path, { token: again, address: '2001:db8::1' })
    const [newest, older] = await recent(alice)
    assert.deepEqual(
      { ...newest, first: '', last: '' },
      {
        path,
        mount: 'secrets/',
        name: `users/${idOf('alice')}/mail`,
        operation: 'read',
        times: 2,
        first: '',
        last: '',
        remote_address: '2001:db8::1',
        display_name: `jwt-${idOf('alice')}`,
        entity_id: newest?.entity_id,
        way: null,
        own: true,
      },
    )
    assert.deepEqual([older?.operation, older?.remote_address], ['create', '192.0.2.1'])
    assert.deepEqual(await linesAbout('mail', bob), [])
  })

  test('tells what was restored from the recycle bin and what was ended there, as uses of the secret', async () => {
    const path = `secrets/users/${idOf('alice')}/binned`
    const restore = () =>
      server.ask('write', `sys/kv/restore/${path}`, { token: alice, fields: {}, address: '192.0.2.3' })
    await server.ask('write', path, { token: alice, fields: { v: 1 }, address: '192.0.2.1' })
    await server.ask('delete', path, { token: alice, address: '192.0.2.2' })
    assert.equal(codeOf(await restore()), undefined)
    assert.equal(codeOf(await restore()), 'not_found')
    await server.ask('delete', path, { token: alice, address: '192.0.2.2' })
    const ended = await server.ask('delete', `sys/kv/deleted/${path}`, { token: alice, address: '192.0.2.4' })
    assert.equal(codeOf(ended), undefined)
    assert.deepEqual((await linesAbout('binned', alice)).sort(), [
      'true create 1 192.0.2.1 null',
      'true delete 1 192.0.2.4 null',
      'true delete 2 192.0.2.2 null',
      'true update 1 192.0.2.3 null',
    ])
    const { last_write: last } = dataOf(await server.ask('read', `sys/usage/${path}`, { token: alice }))
    assert.deepEqual(
      [(last as JsonObject).operation, (last as JsonObject).remote_address],
      ['delete', '192.0.2.4'],
    )
  })

  test('leaves out what was refused or not there', async () => {
    const path = `secrets/users/${idOf('alice')}/refused`
    assert.equal(codeOf(await server.ask('read', path, { token: bob })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', path, { token: alice })), 'not_found')
    assert.deepEqual(await linesAbout('refused', alice), [])
    assert.deepEqual(await linesAbout('refused', bob), [])
  })

  test('tells the owner what was done in their space while it was open to somebody, and marks it as that', async () => {
    const path = `secrets/users/${idOf('alice')}/opened`
    await server.ask('write', path, { token: alice, fields: { v: 1 }, address: '192.0.2.1' })
    const fields = { space: `secrets/users/${idOf('alice')}`, reason: 'she left' }
    dataOf(await server.ask('write', 'sys/spaces/open', { fields }))
    dataOf(await server.ask('read', path, { address: '192.0.2.66' }))
    assert.deepEqual(await linesAbout('opened', alice), [
      'false read 1 192.0.2.66 opening',
      'true create 1 192.0.2.1 null',
    ])
    assert.deepEqual(await linesAbout('opened', bob), [])
    const usage = dataOf(await server.ask('read', `sys/usage/${path}`, { token: alice }))
    const [reader, writer] = usage.people as JsonObject[]
    assert.equal((usage.last_read as JsonObject).by_opening, true)
    assert.equal((usage.last_write as JsonObject).by_opening, false)
    assert.deepEqual(
      [reader?.display_name, reader?.remote_address, reader?.last_by_opening],
      ['root', '192.0.2.66', reader?.last_read],
    )
    assert.deepEqual([writer?.remote_address, writer?.last_by_opening], ['192.0.2.1', null])
  })

  test('tells the maker of a locker who opened it, and the locker nothing of its maker', async () => {
    const made = await server.ask('write', 'auth/token/create', {
      token: alice,
      fields: { policies: ['default'], num_uses: 5, ttl: '1h' },
    })
    const locker = tokenOf(made)
    await server.ask('write', 'cubbyhole/inside', { token: locker, fields: { v: 1 }, address: '192.0.2.1' })
    await server.ask('read', 'cubbyhole/inside', { token: locker, address: '198.51.100.9' })
    assert.deepEqual(await linesAbout('inside', alice), [
      'false read 1 198.51.100.9 locker',
      'false create 1 192.0.2.1 locker',
    ])
    assert.equal(codeOf(await server.ask('read', 'sys/usage/recent', { token: locker })), 'invalid_request')
  })

  test('tells nobody of it who came to the entity by an alias of an operator, and proves not to be the person', async () => {
    const ask = (path: string, fields: JsonObject, token?: string) =>
      server.ask('write', path, { fields, ...(token !== undefined && { token }) })
    await ask(`secrets/users/${idOf('alice')}/unheard`, { v: 1 }, alice)
    const locker = tokenOf(await ask('auth/token/create', { policies: ['default'] }, alice))
    await ask('cubbyhole/unheard', { v: 1 }, locker)
    const { entity_id: id = null } = dataOf(
      await server.ask('read', 'auth/token/lookup-self', { token: alice }),
    )
    await ask('sys/auth/userpass', { type: 'userpass' })
    await ask('auth/userpass/users/other', { password: 'a-long-password' })
    const mounts = dataOf(await server.ask('read', 'sys/auth')) as Record<string, JsonObject>
    const accessor = mounts['userpass/']?.accessor ?? null
    dataOf(await ask('identity/entity-alias', { name: 'other', canonical_id: id, mount_accessor: accessor }))
    const other = tokenOf(await ask('auth/userpass/login/other', { password: 'a-long-password' }, ''))
    const self = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: other }))
    assert.equal(self.entity_id, id)
    assert.deepEqual(await recent(other), [])
    assert.equal((await linesAbout('unheard', alice)).length, 2)
  })

  test('is for nobody without an entity, root included', async () => {
    assert.equal(codeOf(await server.ask('read', 'sys/usage/recent')), 'invalid_request')
  })

  test('has what another node saw, once that has written it', async () => {
    const path = `secrets/vos/${example.vo}/on-both`
    await server.ask('write', path, { token: alice, fields: { v: 1 }, address: '192.0.2.1' })
    const other = await server.another()
    for (const on of [server, other]) await on.ask('read', path, { token: alice, address: '192.0.2.1' })
    await other.node.stop()
    assert.deepEqual(await linesAbout('on-both', alice), [
      'true read 2 192.0.2.1 null',
      'true create 1 192.0.2.1 null',
    ])
  })

  test('tells a person nothing of whose entity was merged into theirs', async () => {
    const ask = async (path: string, fields: JsonObject, token?: string) => {
      const reply = await server.ask('write', path, { fields, ...(token !== undefined && { token }) })
      assert.equal(codeOf(reply), undefined, path)
      return reply
    }
    const entityOf = async (token: string) =>
      String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
    const aliasOf = async (id: string) => {
      const { aliases } = dataOf(await server.ask('read', `identity/entity/id/${id}`)) as {
        aliases: { id: string; mount_path: string }[]
      }
      return aliases.find((one) => one.mount_path === 'auth/jwt/')?.id ?? assert.fail('no alias')
    }
    await ask(`secrets/users/${idOf('alice')}/merged`, { v: 1 }, alice)
    const locker = tokenOf(await ask('auth/token/create', { policies: ['default'] }, alice))
    await ask('cubbyhole/merged', { v: 1 }, locker)
    const [from, to] = [await entityOf(alice), await entityOf(bob)]
    await ask('identity/entity/merge', {
      from_entity_ids: [from],
      to_entity_id: to,
      conflicting_alias_ids_to_keep: [await aliasOf(to)],
    })
    const again = await logIn(server, provider, 'bob')
    assert.equal(await entityOf(again), to)
    for (const token of [bob, again]) assert.deepEqual(await linesAbout('merged', token), [])
  })
})
