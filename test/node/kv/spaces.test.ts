import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { auditTo } from '../../support/audit.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { idOf, logIn, settingsFor } from '../../support/spaces.ts'

const alice = idOf('alice')
const space = `secrets/users/${alice}`

describe('many secrets at once, where people have spaces', () => {
  let provider: DemoProvider
  let server: TestNode
  let owner: string
  let other: string

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({
      spaces: [settingsFor(provider.issuer)],
    })
    owner = await logIn(server, provider, 'alice')
    other = await logIn(server, provider, 'bob')
    await server.ask('write', `${space}/a`, { token: owner, fields: { v: 1 } })
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const batch = (token: string, requests: JsonObject[], atomic = false) =>
    server.ask('write', 'sys/kv/batch', { token, fields: { requests, atomic } })
  const everything: JsonObject[] = [
    { operation: 'read', path: `${space}/a` },
    { operation: 'write', path: `${space}/a`, data: { v: 2 } },
    { operation: 'delete', path: `${space}/a` },
    { operation: 'list', path: space },
  ]
  const lockerOf = async (token: string) =>
    tokenOf(await server.ask('write', 'auth/token/create', { token, fields: { policies: ['default'] } }))

  it('a batch opens a space to its owner alone: not to root, another person or a locker', async () => {
    for (const token of [server.root, other, await lockerOf(owner)]) {
      for (const request of everything) {
        const [result] = dataOf(await batch(token, [request])).results as { status: number }[]
        assert.equal(result?.status, 403)
        assert.equal(codeOf(await batch(token, [request], true)), 'policy_denied')
      }
    }
    const mine = dataOf(await batch(owner, everything.slice(0, 1))).results as { data: JsonObject }[]
    assert.deepEqual(mine[0]?.data, { v: 1 })
  })

  it('a batch lists of the folder of people the caller’s own space', async () => {
    for (const atomic of [false, true]) {
      const reply = await batch(owner, [{ operation: 'list', path: 'secrets/users' }], atomic)
      const [result] = dataOf(reply).results as { data: JsonObject }[]
      assert.deepEqual(result?.data, { keys: [`${alice}/`] })
    }
  })

  it('a scan shows of the folder of people the caller’s own space alone, and to root nothing of it', async () => {
    await server.ask('write', 'secrets/vos/shared', { fields: { v: 1 } })
    const rules = 'path "secrets/*" { capabilities = ["list", "scan", "read"] }'
    await server.ask('write', 'sys/policies/acl/all', { fields: { policy: rules } })
    const ways = [
      ['scan', 'secrets'],
      ['scan', 'secrets/'],
      ['list', 'sys/kv/scan/secrets/'],
    ] as const
    for (const [verb, path] of ways) {
      const scan = async (token: string, at = path) => server.ask(verb, at as string, { token })
      assert.deepEqual(dataOf(await scan(server.root)).keys, ['vos/shared'])
      for (const token of [server.root, other]) {
        assert.equal(
          codeOf(await server.ask(verb, `${path.replace(/\/$/, '')}/users/${alice}/`, { token })),
          'policy_denied',
        )
      }
      assert.equal(codeOf(await server.ask(verb, `${path.replace(/\/$/, '')}/users/`)), 'not_found')
      const inside = await server.ask(verb, `${path.replace(/\/$/, '')}/users/${alice}/`, { token: owner })
      assert.deepEqual(dataOf(inside).keys, ['a'])
    }
    const people = await server.ask('list', 'sys/kv/scan/secrets/', { token: owner })
    assert.deepEqual(dataOf(people).keys, [`users/${alice}/a`])
    const found = await server.ask('write', 'sys/kv/search', { fields: { name: 'a' } })
    assert.deepEqual(dataOf(found).keys, ['secrets/vos/shared'])
  })

  const move = async (token: string, from: string, to: string) =>
    codeOf(await server.ask('write', 'sys/kv/move', { token, fields: { from, to } }))

  it('a secret moves within its space, and out of it only by its owner', async () => {
    const rules = `path "secrets/*" { capabilities = ["create", "read", "update", "delete", "list", "scan"] }
      path "sys/spaces/open" { capabilities = ["update", "sudo"] }`
    await server.ask('write', 'sys/policies/acl/operator', { fields: { policy: rules } })
    const fields = { policies: ['operator'], ttl: '1h' }
    const operator = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    await server.ask('write', `${space}/m`, { token: owner, fields: { v: 1 } })
    const locker = await lockerOf(owner)
    for (const token of [server.root, other, operator, locker]) {
      assert.equal(await move(token, `${space}/m`, 'secrets/vos/m'), 'policy_denied')
      const folder = await move(token, `${space}/`, 'secrets/vos/m/')
      assert.equal(folder, token === locker ? 'policy_denied' : 'invalid_request')
    }
    const opening = {
      space,
      reason: 'incident 7',
      capabilities: ['read', 'list', 'create', 'update', 'delete'],
    }
    const opened = await server.ask('write', 'sys/spaces/open', { token: operator, fields: opening })
    assert.equal(codeOf(opened), undefined)
    assert.equal(await move(operator, `${space}/m`, `${space}/n`), undefined)
    for (const to of ['secrets/vos/m', `secrets/users/${idOf('bob')}/m`, 'secrets/users/m']) {
      assert.equal(await move(operator, `${space}/n`, to), 'policy_denied', to)
    }
    assert.deepEqual(dataOf(await server.ask('read', `${space}/n`, { token: owner })), { v: 1 })
    await server.ask('write', 'sys/mounts/plain', { fields: { type: 'kv' } })
    const grant = 'path "plain/*" { capabilities = ["create", "update", "read"] }'
    await server.ask('write', 'sys/policies/acl/plain', { fields: { policy: grant } })
    assert.equal(await move(owner, `${space}/n`, 'plain/n'), 'policy_denied')
    assert.equal(await move(owner, `${space}/n`, `${space}/deep/er`), undefined)
    const entity = String(
      dataOf(await server.ask('read', 'auth/token/lookup-self', { token: owner })).entity_id,
    )
    await server.ask('write', `identity/entity/id/${entity}`, { fields: { policies: ['plain'] } })
    assert.equal(await move(owner, `${space}/deep/`, 'plain/mine/'), undefined)
    assert.deepEqual(dataOf(await server.ask('read', 'plain/mine/er')), { v: 1 })
  })

  it('neither a space’s own folder moves, nor one that holds spaces, nor anything into the space of another', async () => {
    for (const from of [`${space}/`, 'secrets/users/', 'secrets/']) {
      assert.equal(await move(owner, from, `${space}/x/`), 'invalid_request', from)
    }
    await server.ask('write', 'secrets/vos/x', { fields: { v: 1 } })
    for (const token of [server.root, other]) {
      assert.equal(await move(token, 'secrets/vos/x', `${space}/x`), 'policy_denied')
    }
    assert.deepEqual(dataOf(await server.ask('read', 'secrets/vos/x')), { v: 1 })
  })

  it('a move of a folder in a space tells nobody but its owner what is in it, nor writes it into the log', async (t) => {
    await server.ask('write', `${space}/dir/hidden`, { token: owner, fields: { v: 1 } })
    const { text } = await auditTo(t, server)
    for (const token of [server.root, other, await lockerOf(owner)]) {
      const refusals = []
      for (const folder of ['dir/', 'none/']) {
        const fields = { from: `${space}/${folder}`, to: 'secrets/vos/dir/' }
        const reply = await server.ask('write', 'sys/kv/move', { token, fields })
        refusals.push(codeOf(reply), JSON.stringify(reply).replaceAll(folder, ''))
      }
      assert.deepEqual(refusals.slice(0, 2), refusals.slice(2))
      assert.ok(!refusals.join().includes('hidden'))
    }
    assert.ok(!text().includes('dir/hidden'))
    await server.ask('delete', 'sys/audit/file')
    assert.equal(await move(owner, `${space}/dir/`, `${space}/moved/`), undefined)
  })

  it('a search for what is shared or one’s own knows the folders of VOs, and tells a locker nothing', async () => {
    const find = async (token: string, fields: JsonObject) =>
      dataOf(await server.ask('write', 'sys/kv/search', { token, fields: { name: 'found', ...fields } })).keys
    const vo = 'secrets/vos/vo.example.org/found'
    await server.ask('write', `${space}/found`, { token: owner, fields: { v: 1 } })
    await server.ask('write', vo, { token: owner, fields: { v: 1 } })
    assert.deepEqual(await find(owner, {}), [`${space}/found`, vo])
    assert.deepEqual(await find(owner, { in_place: true }), [`${space}/found`, vo])
    assert.deepEqual(await find(owner, { name: 'vos/vo.example' }), [vo])
    assert.deepEqual(await find(owner, { name: 'vo.example', in_place: true }), [])
    assert.deepEqual(await find(owner, { shared: true }), [vo])
    assert.deepEqual(await find(owner, { mine: true }), [`${space}/found`, vo])
    assert.deepEqual(await find(other, { mine: true }), [])
    const before = dataOf(await server.ask('read', 'sys/policies/acl/default')).policy
    const policy = `${before}\npath "secrets/*" { capabilities = ["list", "read"] }`
    await server.ask('write', 'sys/policies/acl/default', { fields: { policy } })
    const locker = await lockerOf(owner)
    assert.deepEqual(await find(locker, {}), [vo])
    assert.deepEqual(await find(locker, { mine: true }), [])
    await server.ask('write', 'secrets/other-found', { fields: { v: 1 } })
    assert.deepEqual(await find(locker, { shared: true, path: 'secrets/' }), [])
    await server.ask('write', 'sys/policies/acl/default', { fields: { policy: String(before) } })
  })

  it('what people delete can be restored for a week, by them alone', async () => {
    await server.ask('write', `${space}/gone`, { token: owner, fields: { v: 1 } })
    await server.ask('delete', `${space}/gone`, { token: owner })
    const tuned = dataOf(await server.ask('read', 'sys/mounts/secrets/tune'))
    assert.equal(tuned.deleted_secrets_ttl, 7 * 24 * 3600)
    const asks = [
      ['list', `sys/kv/deleted/${space}/`],
      ['read', `sys/kv/deleted/${space}/gone`],
      ['delete', `sys/kv/deleted/${space}/gone`],
      ['write', `sys/kv/restore/${space}/gone`],
    ] as const
    for (const token of [server.root, other, await lockerOf(owner)]) {
      for (const [verb, path] of asks)
        assert.notEqual(codeOf(await server.ask(verb, path, { token })), undefined)
    }
    for (const token of [server.root, other]) {
      for (const folder of ['secrets/users/', 'secrets/']) {
        const names = await server.ask('list', `sys/kv/deleted/${folder}`, { token })
        const keys = codeOf(names) === undefined ? (dataOf(names).keys as string[]) : []
        assert.ok(!keys.includes(`${alice}/`))
      }
    }
    const names = dataOf(await server.ask('list', 'sys/kv/deleted/secrets/users/', { token: owner })).keys
    assert.deepEqual(names, [`${alice}/`])
    assert.equal(
      codeOf(await server.ask('write', `sys/kv/restore/${space}/gone`, { token: owner })),
      undefined,
    )
    assert.deepEqual(dataOf(await server.ask('read', `${space}/gone`, { token: owner })), { v: 1 })
  })

  it('a batch of a locker reaches its own cubbyhole', async () => {
    const locker = await lockerOf(owner)
    const write = { operation: 'write', path: 'cubbyhole/x', data: { k: 'v' } }
    const reply = await batch(locker, [write, { operation: 'read', path: 'cubbyhole/x' }], true)
    const results = dataOf(reply).results as { data: JsonObject }[]
    assert.deepEqual(results[1]?.data, { k: 'v' })
    assert.equal(codeOf(await server.ask('read', 'cubbyhole/x', { token: owner })), 'not_found')
  })
})
