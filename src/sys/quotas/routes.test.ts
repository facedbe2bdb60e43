import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { auditTo } from '../../../test/support/audit.ts'
import { temporaryFile } from '../../../test/support/folder.ts'
import { type Ask, codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/a', { fields: { k: 'v' } })
  const limit = (name: string, fields: Ask['fields'] = {}) =>
    server.ask('write', `sys/quotas/rate-limit/${name}`, { fields: { rate: 2, interval: '60s', ...fields } })
  const read = async (path = 'kv/a', options: Ask = {}) => codeOf(await server.ask('read', path, options))
  return { server, limit, read }
}

describe('a rate limit', () => {
  it('is written, read, listed and deleted', async (t) => {
    const { server, limit } = await start(t)
    assert.equal(codeOf(await server.ask('list', 'sys/quotas/rate-limit')), 'not_found')
    assert.equal(codeOf(await limit('q', { path: 'kv/', rate: '500.5', block_interval: 10 })), undefined)
    assert.deepEqual(dataOf(await server.ask('read', 'sys/quotas/rate-limit/q')), {
      type: 'rate-limit',
      name: 'q',
      path: 'kv/',
      role: '',
      rate: 500.5,
      interval: 60,
      block_interval: 10,
      group_by: 'ip',
      inheritable: false,
    })
    assert.deepEqual(dataOf(await server.ask('list', 'sys/quotas/rate-limit')), { keys: ['q'] })
    await server.ask('delete', 'sys/quotas/rate-limit/q')
    assert.equal(codeOf(await server.ask('read', 'sys/quotas/rate-limit/q')), 'not_found')
  })

  it('refuses what is too much from an address, and nobody else', async (t) => {
    const { server, limit, read } = await start(t)
    await limit('q', { path: 'kv' })
    assert.deepEqual([await read(), await read(), await read()], [undefined, undefined, 'rate_limited'])
    const refused = await server.ask('read', 'kv/a')
    assert.match(String(refused), /request path "kv\/a": rate limit quota exceeded/)
    assert.equal(await read('kv/a', { address: '192.0.2.7' }), undefined)
    assert.equal(await read('sys/mounts'), undefined)
    server.clock.advance(60_000)
    assert.equal(await read(), undefined)
  })

  it('comes before the token: a bad one uses the limit up, and is told nothing', async (t) => {
    const { limit, read } = await start(t)
    await limit('q', { path: 'kv/' })
    const bad = { token: 'hvs.unknown' }
    const codes = [await read('kv/a', bad), await read('kv/a', bad), await read('kv/a', bad), await read()]
    assert.deepEqual(codes, ['permission_denied', 'permission_denied', 'rate_limited', 'rate_limited'])
  })

  it('counts a request once, also where its token counts its uses', async (t) => {
    const { server, limit, read } = await start(t)
    const fields = { policies: ['root'], num_uses: 5 }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    await limit('q', { path: 'kv/' })
    assert.deepEqual([await read('kv/a', { token }), await read('kv/a', { token })], [undefined, undefined])
    assert.equal(await read('kv/a', { token }), 'rate_limited')
    assert.equal(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).num_uses, 2)
  })

  it('for a path goes before one for its mount, and that before one for everything', async (t) => {
    const { limit, read } = await start(t)
    await limit('all', { rate: 1000 })
    await limit('mount', { path: 'kv/', rate: 3 })
    await limit('some', { path: 'kv/b*', rate: 2 })
    await limit('one', { path: 'kv/b/c', rate: 1 })
    const until = async (path: string) => {
      for (let count = 0; count < 10; count++) if ((await read(path)) === 'rate_limited') return count
    }
    assert.deepEqual([await until('kv/b/c'), await until('kv/bd'), await until('kv/a')], [1, 2, 3])
    assert.equal(await read('sys/mounts'), undefined)
  })

  it('for a path holds for all spellings of what it names', async (t) => {
    const { server, limit } = await start(t)
    await server.ask('write', 'sys/auth/users', { fields: { type: 'userpass' } })
    await limit('exact', { path: 'auth/users/login/Bob', rate: 1 })
    await limit('many', { path: 'auth/users/login/al*', rate: 1 })
    const ask = async (path: string) => codeOf(await server.ask('write', path, { fields: { password: 'x' } }))
    for (const [first, others] of [
      ['auth/users/login/bob', ['auth/users/login/BOB', 'auth/users/login/boB/', 'auth/users/login/Bob']],
      ['auth/users/login/alice', ['auth/users/login/ALICE', 'auth/users/login/Al']],
    ] as const) {
      assert.notEqual(await ask(first), 'rate_limited')
      for (const other of others) assert.equal(await ask(other), 'rate_limited', other)
    }
    assert.equal(await ask('auth/users/login/carol'), 'invalid_request')
  })

  it('holds at every process from the moment that it is written', async (t) => {
    const first = await startTestNode({ path: temporaryFile() })
    t.after(() => first.stop())
    const other = await first.another()
    t.after(() => other.node.stop())
    const code = async () => codeOf(await other.ask('read', 'sys/mounts'))
    assert.equal(await code(), undefined)
    const fields = { rate: 1, interval: '60s' }
    await first.ask('write', 'sys/quotas/rate-limit/q', { fields })
    assert.deepEqual([await code(), await code()], [undefined, 'rate_limited'])
    await first.ask('delete', 'sys/quotas/rate-limit/q', { address: '192.0.2.1' })
    assert.equal(await code(), undefined)
  })

  it('goes with its mount, and ends with it', async (t) => {
    const { server, limit, read } = await start(t)
    await limit('q', { path: 'kv/a', rate: 1 })
    await server.ask('write', 'sys/remount', { fields: { from: 'kv', to: 'moved' } })
    assert.equal(dataOf(await server.ask('read', 'sys/quotas/rate-limit/q')).path, 'moved/a')
    assert.deepEqual([await read('moved/a'), await read('moved/a')], [undefined, 'rate_limited'])
    await server.ask('delete', 'sys/mounts/moved')
    assert.equal(codeOf(await server.ask('read', 'sys/quotas/rate-limit/q')), 'not_found')
    assert.equal(codeOf(await server.ask('list', 'sys/quotas/rate-limit')), 'not_found')
    await server.ask('write', 'sys/mounts/moved', { fields: { type: 'kv' } })
    for (let i = 0; i < 3; i++) assert.equal(await read('moved/a'), 'not_found')
  })

  it('refuses nonsense, and stores nothing of it', async (t) => {
    const { server, limit } = await start(t)
    await limit('taken', { path: 'kv/' })
    const wrong: [Ask['fields'], RegExp][] = [
      [{ rate: 0 }, /'rate' is invalid/],
      [{ rate: -1 }, /'rate' is invalid/],
      [{ rate: 'x' }, /expected a number/],
      [{ rate: true }, /expected a number/],
      [{ interval: -1 }, /'interval' is invalid/],
      [{ block_interval: -1 }, /'block' is invalid/],
      [{ path: 'none/' }, /invalid mount path "none\/"/],
      [{ path: 'kv/*/a' }, /only the end of path/],
      [{ path: 'kv' }, /exists under the name "taken"/],
      [{ role: 'r' }, /not offered/],
      [{ group_by: 'entity_then_ip' }, /"ip" or "none"/],
      [{ type: 'lease-count' }, /"rate-limit"/],
    ]
    for (const [fields, text] of wrong) {
      const reply = await limit('q', fields)
      assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(fields))
      assert.match(String(reply), text)
    }
    assert.equal(codeOf(await limit('-q')), 'invalid_request')
    assert.deepEqual(dataOf(await server.ask('list', 'sys/quotas/rate-limit')), { keys: ['taken'] })
    for (const verb of ['read', 'write', 'delete'] as const) {
      const reply = await server.ask(verb, 'sys/quotas/lease-count/q')
      assert.equal(codeOf(reply), 'unsupported_path')
      assert.match(String(reply), /lease count quotas are not offered/)
    }
  })
})

describe('the configuration of quotas', () => {
  it('exempts paths', async (t) => {
    const { server, limit, read } = await start(t)
    await limit('q', { rate: 1 })
    server.clock.advance(60_000)
    const fields = { rate_limit_exempt_paths: ['sys/mounts', 'kv/a*'] }
    await server.ask('write', 'sys/quotas/config', { fields })
    for (let i = 0; i < 3; i++) {
      assert.deepEqual([await read('kv/a'), await read('sys/mounts')], [undefined, undefined])
    }
    assert.equal(await read('kv/b'), 'rate_limited')
  })

  it('decides whether refused requests are in the audit log', async (t) => {
    const { server, limit, read } = await start(t)
    const { linesOf } = await auditTo(t, server)
    await limit('q', { path: 'kv/', rate: 1 })
    await read()
    const refused = () => linesOf(async () => assert.equal(await read(), 'rate_limited'))
    assert.equal((await refused()).length, 0)
    await server.ask('write', 'sys/quotas/config', { fields: { enable_rate_limit_audit_logging: true } })
    assert.equal((await refused()).length, 2)
    assert.deepEqual(dataOf(await server.ask('read', 'sys/quotas/config')), {
      enable_rate_limit_audit_logging: true,
      enable_rate_limit_response_headers: false,
      rate_limit_exempt_paths: [],
    })
  })
})
