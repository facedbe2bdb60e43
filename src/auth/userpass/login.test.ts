import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { keysOf } from '../../../test/support/rows.ts'
import type { JsonObject } from '../../base/json/json.ts'

type Asker = Pick<TestNode, 'ask'>

async function start(t: TestContext, user: JsonObject = {}) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/auth/userpass', { fields: { type: 'userpass' } })
  const fields = { password: 'right', token_policies: ['p1'], ...user }
  assert.equal(codeOf(await server.ask('write', 'auth/userpass/users/alice', { fields })), undefined)
  const login = (name: string, password = 'right', on: Asker = server) =>
    on.ask('write', `auth/userpass/login/${name}`, { token: '', fields: { password } })
  return {
    server,
    login,
    code: async (...args: Parameters<typeof login>) => codeOf(await login(...args)),
    tune: (user_lockout_config: JsonObject) =>
      server.ask('write', 'sys/auth/userpass/tune', { fields: { user_lockout_config } }),
    async wrong(times: number, name = 'alice') {
      for (let i = 0; i < times; i++) await login(name, 'wrong')
    },
  }
}

describe('a login with a password', () => {
  it('says the same of a wrong password and of a name that nobody has, however often', async (t) => {
    const { login } = await start(t)
    const told = async (name: string) => {
      const answers: string[] = []
      for (let i = 0; i < 7; i++) answers.push(String(await login(name, 'wrong')))
      return answers
    }
    assert.deepEqual(await told('nobody'), await told('alice'))
  })

  it('costs the store as many commits for a name that nobody has', async (t) => {
    const { server, login } = await start(t)
    await login('alice', 'wrong')
    await login('nobody', 'wrong')
    const before = (await keysOf(server.store)).length
    for (const name of ['alice', 'nobody']) await login(name, 'wrong')
    assert.equal((await keysOf(server.store)).length, before)
  })

  it('needs a password, and a name that can be one', async (t) => {
    const { server, code } = await start(t)
    const path = 'auth/userpass/login/alice'
    assert.equal(codeOf(await server.ask('write', path, { token: '', fields: {} })), 'invalid_request')
    for (const name of ['-x', 'a'.repeat(129), 'a b', 'a\u212a']) {
      assert.equal(await code(name), 'unsupported_path', name)
    }
    for (const password of [{}, [1, 2], 'x'.repeat(5000)]) {
      const reply = await server.ask('write', path, { token: '', fields: { password } })
      assert.equal(codeOf(reply), 'invalid_request')
    }
  })

  it('shows nothing of the password to who reads the user', async (t) => {
    const { server } = await start(t)
    assert.deepEqual(
      Object.keys(dataOf(await server.ask('read', 'auth/userpass/users/alice'))).filter(
        (name) => !name.startsWith('token_'),
      ),
      [],
    )
  })

  it('is renewed as the user may now, and not when the policies changed or the user is gone', async (t) => {
    const { server, login } = await start(t, { token_ttl: '10m', token_max_ttl: '30m' })
    const token = tokenOf(await login('alice'))
    const renew = async () => String(await server.ask('write', 'auth/token/renew-self', { token }))
    assert.doesNotMatch(await renew(), /Error/)
    const write = (fields: JsonObject) => server.ask('write', 'auth/userpass/users/alice', { fields })
    await write({ token_policies: 'other' })
    assert.match(await renew(), /policies have changed/)
    await write({ token_policies: 'p1' })
    assert.doesNotMatch(await renew(), /Error/)
    await server.ask('delete', 'auth/userpass/users/alice')
    assert.match(await renew(), /does not exist/)
  })
})

describe('a user', () => {
  it('keeps what a change does not name', async (t) => {
    const { server, code } = await start(t, { token_ttl: 60 })
    const user = () => server.ask('read', 'auth/userpass/users/ALICE').then(dataOf)
    await server.ask('write', 'auth/userpass/users/Alice/password', { fields: { password: 'new' } })
    assert.deepEqual([await code('alice'), await code('alice', 'new')], ['invalid_request', undefined])
    await server.ask('write', 'auth/userpass/users/alice/policies', { fields: { token_policies: 'p2' } })
    assert.deepEqual([(await user()).token_ttl, (await user()).token_policies], [60, ['p2']])
    assert.equal(await code('alice', 'new'), undefined)
  })

  it('is refused without a password, or with a hash in its stead', async (t) => {
    const { server } = await start(t)
    for (const fields of [{}, { password: '' }, { password_hash: '$2a$10$x' }]) {
      assert.equal(
        codeOf(await server.ask('write', 'auth/userpass/users/bob', { fields })),
        'invalid_request',
      )
      const path = 'auth/userpass/users/bob/password'
      assert.match(String(await server.ask('write', path, { fields: { password: 'x' } })), /does not exist/)
    }
    assert.deepEqual(dataOf(await server.ask('list', 'auth/userpass/users')).keys, ['alice'])
  })
})

describe('a lockout', () => {
  it('is avoided by no spelling of the name', async (t) => {
    const { code, login } = await start(t)
    for (const name of ['alice', 'Alice', 'ALICE', 'alicE', 'aLiCe']) await login(name, 'wrong')
    for (const name of ['alice', 'ALICE']) assert.equal(await code(name), 'permission_denied')
  })

  it('is avoided by no number of tries at once, on any process', async (t) => {
    const { server, login } = await start(t)
    const other = await server.another()
    t.after(() => other.node.stop())
    await login('alice', 'wrong')
    const tries = Array.from({ length: 12 }, (_, i) => login('alice', 'wrong', i % 2 === 0 ? server : other))
    const codes = (await Promise.all(tries)).map(codeOf)
    assert.ok(codes.filter((code) => code === 'invalid_request').length <= 4, codes.join())
    assert.equal(codeOf(await login('alice', 'right', other)), 'permission_denied')
  })

  it('holds after a restart, and ends by itself', async (t) => {
    const { server, code, wrong } = await start(t)
    await wrong(5)
    await server.restart([])
    assert.equal(await code('alice'), 'permission_denied')
    server.clock.advance(899_000)
    assert.equal(await code('alice'), 'permission_denied')
    server.clock.advance(1_000)
    assert.equal(await code('alice', 'wrong'), 'invalid_request')
    assert.equal(await code('alice'), undefined)
  })

  it('forgets failures after a time, and at a login', async (t) => {
    const { server, code, wrong } = await start(t)
    await wrong(4)
    assert.equal(await code('alice'), undefined)
    await wrong(4)
    server.clock.advance(900_000)
    await wrong(4)
    assert.equal(await code('alice'), undefined)
  })

  it('is shown by sys/locked-users, and ended there', async (t) => {
    const { server, code, wrong } = await start(t)
    const accessor = String(dataOf(await server.ask('read', 'sys/auth/userpass')).accessor)
    const shown = async (fields: JsonObject = {}) =>
      dataOf(await server.ask('read', 'sys/locked-users', { fields }))
    assert.deepEqual(await shown(), { by_namespace: [], total: 0 })
    await wrong(5)
    const mount = { mount_accessor: accessor, counts: 1, alias_identifiers: ['alice'] }
    const root = { namespace_id: 'root', namespace_path: '', counts: 1, mount_accessors: [mount] }
    assert.deepEqual(await shown(), { by_namespace: [root], total: 1 })
    assert.equal((await shown({ mount_accessor: 'auth_other' })).total, 0)
    await server.ask('write', `sys/locked-users/${accessor}/unlock/ALICE`)
    assert.deepEqual([(await shown()).total, await code('alice')], [0, undefined])
  })

  it('follows the settings of the mount, which other methods do not have', async (t) => {
    const { server, code, tune, wrong } = await start(t)
    await tune({ lockout_threshold: '2', lockout_duration: '10s' })
    const { user_lockout_config: shown } = dataOf(await server.ask('read', 'sys/auth/userpass/tune'))
    assert.deepEqual(shown, {
      lockout_counter_reset_duration: 0,
      lockout_disable: false,
      lockout_duration: 10,
      lockout_threshold: 2,
    })
    await wrong(2)
    assert.equal(await code('alice'), 'permission_denied')
    await tune({ lockout_disable: true })
    assert.equal(await code('alice'), undefined)
    for (const bad of [{ lockout_threshold: -1 }, { lockout_duration: 'soon' }, { lockout_treshold: 3 }]) {
      assert.equal(codeOf(await tune(bad)), 'invalid_request', JSON.stringify(bad))
    }
    const token = await server.ask('write', 'sys/auth/token/tune', {
      fields: { user_lockout_config: { lockout_disable: true } },
    })
    assert.match(String(token), /not allowed/)
  })
})
