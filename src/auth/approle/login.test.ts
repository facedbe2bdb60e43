import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { keysOf } from '../../../test/support/rows.ts'
import type { JsonObject } from '../../base/json/json.ts'

async function start(t: TestContext, role: JsonObject = {}) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const write = (path: string, fields: JsonObject = {}) =>
    server.ask('write', `auth/approle/${path}`, { fields })
  await server.ask('write', 'sys/auth/approle', { fields: { type: 'approle' } })
  assert.equal(
    codeOf(await write('role/ci', { role_id: 'the-role', token_policies: 'p1', ...role })),
    undefined,
  )
  return {
    server,
    write,
    read: async (path: string) => dataOf(await server.ask('read', `auth/approle/${path}`)),
    make: async (fields: JsonObject = {}, path = 'role/ci/secret-id') => dataOf(await write(path, fields)),
    login: (
      secret_id: unknown,
      { on = server, address = '127.0.0.1' }: { on?: Pick<TestNode, 'ask'>; address?: string } = {},
    ) =>
      on.ask('write', 'auth/approle/login', {
        token: '',
        address,
        fields: { role_id: 'the-role', secret_id: String(secret_id) },
      }),
  }
}

describe('a secret id', () => {
  it('of one use is good for one login, however many ask at once on two processes', async (t) => {
    const { server, make, login } = await start(t, { secret_id_num_uses: 1 })
    const other = await server.another()
    t.after(() => other.node.stop())
    const { secret_id: id } = await make()
    const tries = Array.from({ length: 10 }, (_, i) => login(id, { on: i % 2 === 0 ? server : other }))
    const codes = (await Promise.all(tries)).map(codeOf)
    assert.equal(codes.filter((code) => code === undefined).length, 1, codes.join())
  })

  it('ends with its time, and can then be registered anew', async (t) => {
    const { server, make, login, write } = await start(t, { secret_id_ttl: '1m' })
    await make({ secret_id: 'mine' }, 'role/ci/custom-secret-id')
    assert.equal(codeOf(await login('mine')), undefined)
    server.clock.advance(60_000)
    assert.equal(codeOf(await login('mine')), 'invalid_request')
    await make({ secret_id: 'mine' }, 'role/ci/custom-secret-id')
    await write('tidy/secret-id')
    assert.equal(codeOf(await login('mine')), undefined, 'the end of the first one is not that of the second')
  })

  it('is gone with its role, also for a role of the same name and id', async (t) => {
    const { server, make, login, write } = await start(t)
    const { secret_id: id, secret_id_accessor: accessor } = await make()
    await server.ask('delete', 'auth/approle/role/CI')
    await write('role/ci', { role_id: 'the-role' })
    assert.equal(codeOf(await login(id)), 'invalid_request')
    const lookup = await write('role/ci/secret-id-accessor/lookup', { secret_id_accessor: String(accessor) })
    assert.equal('status' in lookup ? lookup.status : 0, 404)
  })

  it('is no more than its role allows', async (t) => {
    const { write, make } = await start(t, {
      secret_id_num_uses: 2,
      secret_id_ttl: 60,
      secret_id_bound_cidrs: '10.0.0.0/8',
      token_bound_cidrs: '10.1.0.0/16',
    })
    for (const fields of [
      { num_uses: 3 },
      { num_uses: 0 },
      { num_uses: -1 },
      { ttl: 61 },
      { ttl: 0 },
      { ttl: -1 },
      { cidr_list: '11.0.0.0/8' },
      { cidr_list: '0.0.0.0/0' },
      { token_bound_cidrs: '10.0.0.0/8' },
      { metadata: 'no json' },
      { metadata: '[]' },
      { metadata: '{"a":{"b":1}}' },
      { metadata: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ''])) },
    ]) {
      const code = codeOf(await write('role/ci/secret-id', fields))
      assert.match(String(code), /^invalid_request/, JSON.stringify(fields))
    }
    const made = await make({
      num_uses: 1,
      ttl: 30,
      cidr_list: '10.2.0.0/16',
      token_bound_cidrs: '10.1.1.1/32',
    })
    assert.deepEqual([made.secret_id_num_uses, made.secret_id_ttl], [1, 30])
  })

  it('is good from its own networks and those of its role only, and loses no use elsewhere', async (t) => {
    const { make, login } = await start(t, { secret_id_bound_cidrs: '10.0.0.0/8', secret_id_num_uses: 1 })
    const { secret_id: id } = await make({ cidr_list: '10.2.0.0/16' })
    for (const address of ['127.0.0.1', '10.3.0.1']) {
      assert.match(String(await login(id, { address })), /unauthorized by CIDR/)
    }
    assert.equal(codeOf(await login(id, { address: '10.2.0.1' })), undefined)
  })

  it('is wrapped where that is asked for', async (t) => {
    const { server, login } = await start(t)
    const reply = await server.ask('write', 'auth/approle/role/ci/secret-id', { wrapTtl: 60 })
    const token = 'wrap' in reply ? reply.wrap?.token : undefined
    const { secret_id: id } = dataOf(
      await server.ask('write', 'sys/wrapping/unwrap', { fields: { token: String(token) } }),
    )
    assert.equal(codeOf(await login(id)), undefined)
  })

  it('is in the name of no row of the store, and neither is a role id', async (t) => {
    const { server, make } = await start(t)
    await make({ secret_id: 'a-very-special-secret' }, 'role/ci/custom-secret-id')
    for (const key of await keysOf(server.store)) assert.doesNotMatch(key, /the-role|very-special/)
  })

  it('leaves nothing behind when it has ended, is destroyed or used up', async (t) => {
    const { server, make, login, write } = await start(t, { secret_id_num_uses: 1 })
    await login('nothing')
    const { secret_id: first } = await make()
    tokenOf(await login(first))
    const about = async () =>
      (await keysOf(server.store)).filter(
        (key) => /\/(secret-id|accessor|end|gone)\/./.test(key) && key.includes('/mount/'),
      )
    assert.deepEqual(await about(), [])
    const { secret_id: id } = await make({ ttl: 60 })
    await write('role/ci/secret-id/destroy', { secret_id: String(id) })
    const { secret_id_accessor: accessor } = await make({ ttl: 60 })
    await write('role/ci/secret-id-accessor/destroy', { secret_id_accessor: String(accessor) })
    assert.deepEqual(await about(), [])
    for (let i = 0; i < 3; i++) await make({ ttl: 60 })
    server.clock.advance(60_000)
    await write('tidy/secret-id')
    assert.deepEqual(await about(), [])
    for (let i = 0; i < 3; i++) await make()
    await server.ask('delete', 'auth/approle/role/ci')
    for (let i = 0; i < 2; i++) await write('tidy/secret-id')
    assert.deepEqual(await about(), [])
  })

  it('that is wrong five times locks the role out', async (t) => {
    const { server, make, login } = await start(t)
    const { secret_id: id } = await make()
    for (let i = 0; i < 5; i++) assert.equal(codeOf(await login('wrong')), 'invalid_request')
    assert.equal(codeOf(await login(id)), 'permission_denied')
    server.clock.advance(900_000)
    assert.equal(codeOf(await login(id)), undefined)
  })
})

describe('an AppRole role', () => {
  it('is one role in every spelling of its name', async (t) => {
    const { read, write, server } = await start(t)
    await write('role/CI/token-ttl', { token_ttl: 60 })
    assert.equal((await read('role/Ci')).token_ttl, 60)
    assert.deepEqual(dataOf(await server.ask('list', 'auth/approle/role')).keys, ['ci'])
  })

  it('frees its role id when it gets another one, and when it is deleted', async (t) => {
    const { server, write, login, make } = await start(t)
    await write('role/ci/role-id', { role_id: 'another' })
    assert.equal(codeOf(await write('role/b', { role_id: 'the-role' })), undefined)
    const { secret_id: id } = await make({}, 'role/b/secret-id')
    assert.equal(codeOf(await login(id)), undefined)
    assert.match(String(await write('role/c', { role_id: 'another' })), /already in use/)
    await server.ask('delete', 'auth/approle/role/ci')
    assert.equal(codeOf(await write('role/c', { role_id: 'another' })), undefined)
  })

  it('keeps what a change does not name, also where one setting is put back', async (t) => {
    const { read, write, server } = await start(t, { token_ttl: 60, secret_id_num_uses: 3, period: 10 })
    const before = await read('role/ci')
    for (const path of ['secret-id-num-uses', 'period']) {
      assert.equal(codeOf(await server.ask('delete', `auth/approle/role/ci/${path}`)), undefined)
    }
    const { period: _, ...rest } = before
    assert.deepEqual(await read('role/ci'), { ...rest, secret_id_num_uses: 0, token_period: 0 })
    for (const path of ['policies', 'secret-id-ttl', 'bound-cidr-list', 'role-id']) {
      assert.match(String(await write(`role/ci/${path}`)), /missing/, path)
    }
  })

  it('keeps a constraint, whichever way its settings are changed', async (t) => {
    const { write, server } = await start(t, { secret_id_bound_cidrs: '10.0.0.0/8' })
    await write('role/ci/bind-secret-id', { bind_secret_id: false })
    for (const path of ['bound-cidr-list', 'secret-id-bound-cidrs']) {
      assert.match(
        String(await server.ask('delete', `auth/approle/role/ci/${path}`)),
        /at least one constraint/,
      )
    }
  })

  it('says at a renewal what it grants now, and refuses where it is gone', async (t) => {
    const { server, make, login } = await start(t)
    const token = tokenOf(await login((await make()).secret_id))
    const renew = async () => String(await server.ask('write', 'auth/token/renew-self', { token }))
    assert.doesNotMatch(await renew(), /Error/)
    await server.ask('delete', 'auth/approle/role/ci')
    assert.match(await renew(), /does not exist/)
  })

  it('takes no hostile names and values', async (t) => {
    const { write } = await start(t)
    for (const name of ['-x', 'a b', 'x'.repeat(129), 'r\u212a']) {
      assert.equal(codeOf(await write(`role/${name}`, {})), 'unsupported_path', name)
    }
    for (const fields of [
      { role_id: {} },
      { role_id: 'x'.repeat(5000) },
      { secret_id_num_uses: -1 },
      { secret_id_ttl: -1 },
      { secret_id_bound_cidrs: ['10.0.0.0/33'] },
      { secret_id_bound_cidrs: Array(257).fill('10.0.0.0/8') },
      { local_secret_ids: true },
    ]) {
      assert.match(String(codeOf(await write('role/ci', fields))), /^invalid_request/, JSON.stringify(fields))
    }
  })
})
