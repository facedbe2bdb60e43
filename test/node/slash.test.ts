import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, startTestNode, tokenOf } from '../support/node.ts'

test('a slash behind a path leads past no rule for the path', async (t) => {
  const server = await startTestNode()
  t.after(() => server.stop())
  const policy = `
    path "auth/token/roles/*" { capabilities = ["read", "delete", "update"] }
    path "auth/token/roles/admin" { capabilities = ["deny"] }
    path "auth/token/roles/seen" { capabilities = ["read"] }`
  await server.ask('write', 'sys/policies/acl/p', { fields: { policy } })
  for (const role of ['admin', 'seen', 'free']) {
    await server.ask('write', `auth/token/roles/${role}`, { fields: { token_period: '1h' } })
  }
  const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['p'] } }))
  const code = async (verb: 'read' | 'delete', path: string) =>
    codeOf(await server.ask(verb, `auth/token/roles/${path}`, { token }))
  for (const path of ['admin', 'admin/']) {
    assert.equal(await code('read', path), 'policy_denied')
    assert.equal(await code('delete', path), 'policy_denied')
  }
  assert.equal(await code('read', 'seen/'), undefined)
  assert.equal(await code('delete', 'seen/'), 'policy_denied')
  assert.equal(await code('delete', 'free/'), undefined)
})
