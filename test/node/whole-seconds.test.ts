import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { dataOf, startTestNode } from '../support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const auth = async (path: string, fields: JsonObject, token = server.root) => {
    const reply = await server.ask('write', path, { token, fields })
    assert.ok('auth' in reply && reply.auth !== undefined, path)
    return reply.auth
  }
  return { server, auth }
}

/** Every number of an answer. */
const numbersOf = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(numbersOf)
      : []

describe('a span that is none', () => {
  it('is refused in the words that clients know, and then with the name of its field', async (t) => {
    const { server } = await start(t)
    const textOf = async (ttl: string) => {
      const reply = await server.ask('write', 'auth/token/create', { fields: { ttl } })
      return 'message' in reply ? reply.message : ''
    }
    assert.equal(await textOf('ba'), 'strconv.ParseInt: parsing "ba": invalid syntax (in ttl)')
    assert.equal(await textOf('xh'), 'time: invalid duration "xh" (in ttl)')
    assert.equal(await textOf('1x1'), 'time: invalid duration "1x1" (in ttl)')
    assert.ok((await textOf('q'.repeat(10_000))).length < 100)
  })
})

describe('spans on the wire', () => {
  it('are whole seconds in what makes, shows and renews a token', async (t) => {
    const { server, auth } = await start(t)
    for (const [ttl, seconds] of [
      [1.5, 2],
      ['1ns', 1],
      ['100.7', 101],
      ['0.5s', 1],
    ] as const) {
      const made = await auth('auth/token/create', { ttl, explicit_max_ttl: '1h0.5s' })
      assert.equal(made.lease_duration, seconds)
      const shown = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: made.client_token }))
      assert.equal(shown.creation_ttl, seconds)
      assert.equal(shown.explicit_max_ttl, 3601)
      for (const number of numbersOf(shown)) assert.ok(Number.isInteger(number), JSON.stringify(shown))
      const renewed = await auth('auth/token/renew-self', { increment: 7.2 }, made.client_token)
      assert.equal(renewed.lease_duration, 8)
    }
    const periodic = await auth('auth/token/create', { period: '2500ms' })
    assert.equal(periodic.lease_duration, 3)
  })

  it('are whole seconds when a renewal is cut in the middle of one, and in its warning', async (t) => {
    const { server, auth } = await start(t)
    const made = await auth('auth/token/create', { ttl: '1h', explicit_max_ttl: '2h' })
    server.clock.advance(1234)
    const reply = await server.ask('write', 'auth/token/renew-self', {
      token: made.client_token,
      fields: { increment: '3h' },
    })
    assert.ok('auth' in reply)
    assert.equal(reply.auth?.lease_duration, 7199)
    assert.match(reply.warnings?.[0] ?? '', /effective max_ttl of "1h59m59s"/)
  })

  it('are whole seconds in roles, mounts and secrets', async (t) => {
    const { server } = await start(t)
    await server.ask('write', 'auth/token/roles/r', {
      fields: { token_period: 1.5, token_explicit_max_ttl: '2.5s' },
    })
    const role = dataOf(await server.ask('read', 'auth/token/roles/r'))
    assert.deepEqual([role.token_period, role.token_explicit_max_ttl], [2, 3])
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv', config: { max_lease_ttl: '90.5s' } } })
    const tune = dataOf(await server.ask('read', 'sys/mounts/kv/tune'))
    assert.equal(tune.max_lease_ttl, 91)
    await server.ask('write', 'kv/a', { fields: { ttl: '1.2s' } })
    const secret = await server.ask('read', 'kv/a')
    assert.equal('leaseDuration' in secret && secret.leaseDuration, 2)
  })
})
