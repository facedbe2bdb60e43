import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { eventsFor, idOf, logIn, settingsFor } from '../../../test/support/spaces.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type DemoProvider, startProvider } from '../../demo/provider/provider.ts'

describe('sys/spaces/events', () => {
  let provider: DemoProvider
  let server: TestNode
  let alice: string
  let bob: string

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({ spaces: [settingsFor(provider.issuer)] })
    ;[alice, bob] = await Promise.all([logIn(server, provider, 'alice'), logIn(server, provider, 'bob')])
    for (const reason of ['first', 'second', 'third']) {
      const fields = { space: `secrets/users/${idOf('alice')}`, reason, ttl: '1m' }
      assert.equal(codeOf(await server.ask('write', 'sys/spaces/open', { fields })), undefined)
      server.clock.advance(1_000)
    }
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const list = async (token: string, fields: JsonObject = {}) => {
    const reply = await server.ask('list', 'sys/spaces/events', { token, fields })
    return codeOf(reply) === 'not_found' ? [] : (dataOf(reply).keys as string[])
  }

  test('are listed for the owner, the oldest first, and each is read by its id', async () => {
    const events = await eventsFor(server, alice)
    assert.deepEqual(
      events.map(({ kind, reason }) => [kind, reason]),
      [
        ['opened', 'first'],
        ['opened', 'second'],
        ['opened', 'third'],
      ],
    )
    for (const event of events) {
      const path = `sys/spaces/events/${event.id}`
      assert.deepEqual(dataOf(await server.ask('read', path, { token: alice })), event)
    }
  })

  test('are listed in pages', async () => {
    const [first = '', second = '', third = ''] = await list(alice)
    assert.deepEqual(await list(alice, { limit: 2 }), [first, second])
    assert.deepEqual(await list(alice, { after: second }), [third])
    assert.deepEqual(await list(alice, { after: first, limit: 1 }), [second])
    assert.deepEqual(await list(alice, { after: third }), [])
  })

  test('are nobody else’s: no neighbour, no operator and no locker reads them', async () => {
    const [id] = await list(alice)
    const fields = { policies: ['default'] }
    const locker = tokenOf(await server.ask('write', 'auth/token/create', { token: alice, fields }))
    for (const [token, code] of [
      [bob, 'not_found'],
      [server.root, 'not_found'],
      [locker, 'policy_denied'],
    ] as const) {
      assert.equal(codeOf(await server.ask('list', 'sys/spaces/events', { token })), code)
      assert.equal(codeOf(await server.ask('read', `sys/spaces/events/${id}`, { token })), code)
    }
  })

  test('are not found by what is no id of one', async () => {
    const [id = ''] = await list(alice)
    const wrong = ['x', '..', `${id}x`, id.slice(1), id.toUpperCase().replace('-', '_'), `${id}/a`, '*']
    for (const name of wrong) {
      const reply = await server.ask('read', `sys/spaces/events/${name}`, { token: alice })
      assert.notEqual(codeOf(reply), undefined, name)
    }
  })

  test('are not written, changed or deleted by anybody', async () => {
    const before = await eventsFor(server, alice)
    for (const token of [alice, server.root]) {
      for (const verb of ['write', 'patch', 'delete'] as const) {
        for (const path of ['sys/spaces/events', `sys/spaces/events/${before[0]?.id}`]) {
          const reply = await server.ask(verb, path, { token, fields: { kind: 'closed' } })
          assert.notEqual(codeOf(reply), undefined, `${verb} ${path}`)
        }
      }
    }
    assert.deepEqual(await eventsFor(server, alice), before)
  })
})
