import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { type Operation, operationsOf } from '../../web/src/api/description/operations.ts'
import { linesOf } from '../../web/src/parts/command/lines.ts'
import { actionOf } from '../../web/src/parts/operation/action.ts'
import { partsOf } from '../../web/src/parts/operation/parts-of.ts'
import { resourcesOf } from '../../web/src/views/engines/resources/resources.ts'
import { startTestNode, type TestNode } from '../support/node.ts'
import { mountsOfAll } from '../support/routes.ts'

describe('operations on the page', () => {
  let node: TestNode
  let operations: readonly Operation[] = []
  before(async () => {
    node = await startTestNode()
    for (const { path, fields } of mountsOfAll()) await node.ask('write', path, { fields })
    const reply = await node.ask('read', 'sys/internal/specs/openapi')
    assert.ok('bare' in reply && reply.bare)
    operations = operationsOf(reply.bare as JsonObject)
  })
  after(() => node.stop())

  const one = (method: string, path: string): Operation =>
    operations.find((each) => each.method === method && each.path === path) ??
    assert.fail(`${method} ${path}`)
  const resources = (point: string) =>
    resourcesOf(operations, point).map(({ kind, name }) => `${kind} ${name}`)

  test('are what can be administered in a mount, and not what people store in it', () => {
    assert.deepEqual(resources('auth/userpass/'), ['collection users'])
    assert.deepEqual(resources('auth/jwt/'), ['setting config', 'collection role'])
    assert.deepEqual(resources('auth/approle/'), ['collection role'])
    assert.deepEqual(resources('transit/'), [
      'collection keys',
      'setting cache-config',
      'setting config/keys',
    ])
    assert.deepEqual(resources('auth/token/'), ['collection roles'])
    assert.deepEqual(resources('cubbyhole/'), [])
    const [users] = resourcesOf(operations, 'auth/userpass/')
    assert.ok(users?.kind === 'collection')
    assert.equal(users.parameter, 'username')
    assert.deepEqual(
      users.more.map(({ path }) => path.split('/').at(-1)),
      ['password', 'policies'],
    )
  })

  test('are commands without what is secret in them', () => {
    const text = (operation: Operation, body: JsonObject, parameters = {}) => {
      const action = actionOf(operation, { parameters, query: {}, body })
      return (['coffer', 'curl'] as const)
        .map((tool) => linesOf(action, tool, 'https://localhost'))
        .map(({ text: lines, files }) => lines + files.map((file) => file.text).join(''))
        .join('\n')
    }
    const user = text(
      one('POST', 'auth/userpass/users/{username}'),
      { password: 'hidden', token_policies: ['seen'] },
      { username: 'alice' },
    )
    assert.match(user, /auth\/userpass\/users\/alice[\s\S]*seen/)
    const stored = text(one('POST', 'cubbyhole/{path}'), { a: { deep: ['hidden', 4711] } }, { path: 'x' })
    const wrapped = text(one('POST', 'sys/wrapping/wrap'), { a: 'hidden', b: 4711 })
    const encrypted = text(one('POST', 'transit/encrypt/{name}'), { plaintext: 'hidden' }, { name: 'k' })
    const key = text(one('POST', 'sys/unseal'), { key: 'hidden' })
    for (const all of [user, stored, wrapped, encrypted, key]) assert.doesNotMatch(all, /hidden|4711/)
  })

  test('have answers of which the envelope is left out', () => {
    const envelope = { request_id: 'r', lease_id: '', renewable: false, lease_duration: 0, warnings: null }
    assert.deepEqual(partsOf({ ...envelope, data: { a: 1 }, auth: null, wrap_info: null }), {
      data: { a: 1 },
    })
    assert.equal(partsOf({ ...envelope, data: null, auth: null, wrap_info: null }), null)
    assert.deepEqual(partsOf({ sealed: false }), { sealed: false })
    assert.deepEqual(
      partsOf({ ...envelope, lease_id: 'l', lease_duration: 60, renewable: true, data: null }),
      {
        lease_id: 'l',
        lease_duration: 60,
        renewable: true,
      },
    )
  })
})
