import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { type Operation, operationsOf } from '../../web/src/api/description/operations.ts'
import { found } from '../../web/src/api/description/search.ts'
import { dots, seenOf } from '../../web/src/api/description/seen.ts'
import { filledPath } from '../../web/src/api/description/sent.ts'
import { startTestNode, type TestNode } from '../support/node.ts'

describe('what the page reads from the description of the API', () => {
  let node: TestNode
  let operations: readonly Operation[] = []
  before(async () => {
    node = await startTestNode()
    for (const [path, type] of [
      ['sys/auth/people', 'userpass'],
      ['sys/auth/jwt', 'jwt'],
      ['sys/mounts/kv', 'kv'],
    ] as const) {
      await node.ask('write', path, { fields: { type } })
    }
    const reply = await node.ask('read', 'sys/internal/specs/openapi')
    assert.ok('bare' in reply && reply.bare)
    operations = operationsOf(reply.bare as JsonObject)
  })
  after(() => node.stop())

  const one = (method: string, path: string): Operation =>
    operations.find((each) => each.method === method && each.path === path) ??
    assert.fail(`${method} ${path}`)

  test('is each operation once', () => {
    assert.ok(operations.length > 200)
    assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length)
    assert.equal(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size, operations.length)
  })

  test('is the fields of a user, with the secret ones among them', () => {
    const write = one('POST', 'auth/people/users/{username}')
    assert.deepEqual(
      write.parameters.map(({ name, required }) => [name, required]),
      [['username', true]],
    )
    const kinds = Object.fromEntries(write.body.map(({ name, kind }) => [name, kind]))
    assert.equal(kinds.password, 'secret')
    assert.equal(kinds.token_policies, 'list')
    assert.equal(kinds.token_ttl, 'seconds')
    assert.equal(kinds.token_no_default_policy, 'boolean')
    assert.equal(kinds.token_num_uses, 'integer')
    assert.equal(write.keepsOthers, true)
    assert.equal(one('POST', 'auth/jwt/config').keepsOthers, false)
    const type = one('GET', 'auth/people/users/{username}').answer.find(({ name }) => name === 'token_type')
    assert.deepEqual([type?.kind, type?.options], ['choice', ['default', 'service', 'batch']])
  })

  test('tells lists, queries, open operations and those that need sudo', () => {
    const list = one('LIST', 'auth/people/users/')
    assert.deepEqual(
      list.query.map(({ name }) => name),
      ['after', 'limit'],
    )
    assert.equal(one('GET', 'sys/health').isOpen, true)
    assert.equal(one('GET', 'sys/audit').needsSudo, true)
    assert.equal(one('POST', 'kv/{path}').takesAny, true)
  })

  test('is found by its path first, then by what it does', () => {
    const paths = found(operations, 'jwt role').map(({ method, path }) => `${method} ${path}`)
    assert.equal(paths[0], 'LIST auth/jwt/role/')
    assert.ok(paths.includes('DELETE auth/jwt/role/{name}'))
    assert.ok(found(operations, 'UNWRAP').some(({ path }) => path === 'sys/wrapping/unwrap'))
    assert.deepEqual(found(operations, 'no such thing anywhere'), [])
    assert.equal(found(operations, '  ').length, operations.length)
  })

  test('shows of an answer what is declared, and nothing that people stored', () => {
    const { seen, hides } = one('GET', 'kv/{path}').seen({ data: { user: 'app', pin: 4711, none: null } })
    assert.deepEqual(seen, { data: { user: dots, pin: dots, none: null } })
    assert.equal(hides, true)
    const listed = { data: { keys: ['a', 'b/'] } }
    assert.deepEqual(one('LIST', 'kv/{path}/').seen(listed), { seen: listed, hides: false })
    const login = one('POST', 'auth/people/login/{username}').seen({
      auth: { client_token: 'hvs.x', accessor: 'a', policies: ['default'] },
    })
    assert.deepEqual(login.seen, { auth: { client_token: dots, accessor: 'a', policies: ['default'] } })
    const init = one('POST', 'sys/init').seen({ keys: ['a', 'b'], root_token: 'c' })
    assert.deepEqual(init, { seen: { keys: [dots, dots], root_token: dots }, hides: true })
    const unknown = one('GET', 'auth/people/users/{username}').seen({
      data: { token_ttl: 5, more: { deep: 'x' } },
    })
    assert.deepEqual(unknown.seen, { data: { token_ttl: 5, more: { deep: dots } } })
  })

  test('is nothing for what is no description, and ends for one that refers to itself', () => {
    assert.deepEqual(operationsOf({}), [])
    assert.deepEqual(operationsOf({ paths: { '/a': { get: null }, '/b': 'x' } }), [])
    const round = { components: { schemas: { A: { $ref: '#/components/schemas/A' } } } }
    const schema = { type: 'object', properties: { a: { $ref: '#/components/schemas/A' } } }
    assert.deepEqual(seenOf(round, schema, { a: 'x' }).seen, { a: dots })
  })

  test('makes a path of what its parameters are', () => {
    assert.equal(filledPath({ path: 'a/{x}/b/{y}' }, { x: '/1', y: '2/3' }), 'a/1/b/2/3')
  })
})
