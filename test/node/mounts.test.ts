import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, startTestNode, tokenOf } from '../support/node.ts'

/** A server, and a token for sys/mounts and sys/auth without sudo. */
async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const policy = 'path "sys/mounts/*" { capabilities = ["create", "read", "update", "delete"] }'
  await server.ask('write', 'sys/policies/acl/mounts', { fields: { policy } })
  const fields = { policies: ['mounts'] }
  return { server, token: tokenOf(await server.ask('write', 'auth/token/create', { fields })) }
}

describe('a mount that every server has', () => {
  it('is not removed, however it is named', async (t) => {
    const { server } = await start(t)
    for (const path of [
      ...['sys', 'identity', 'cubbyhole', 'auth/token', 'sys/', 'auth/token/', 'auth'].map(
        (name) => `sys/mounts/${name}`,
      ),
      'sys/auth/token',
      'sys/auth/token/',
    ]) {
      assert.equal(codeOf(await server.ask('delete', path)), 'invalid_request', path)
    }
    assert.equal(codeOf(await server.ask('read', 'auth/token/lookup-self')), undefined)
    assert.equal(codeOf(await server.ask('read', 'sys/mounts')), undefined)
  })
})

describe('an auth method', () => {
  it('is disabled by sys/auth alone, which demands sudo', async (t) => {
    const { server, token } = await start(t)
    assert.equal(codeOf(await server.ask('write', 'sys/auth/people', { fields: { type: 'jwt' } })), undefined)
    for (const path of ['sys/mounts/auth/people', 'sys/mounts/auth/people/', 'sys/mounts/auth/token']) {
      assert.equal(codeOf(await server.ask('delete', path, { token })), 'invalid_request', path)
    }
    assert.equal(codeOf(await server.ask('delete', 'sys/auth/people', { token })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', 'sys/auth/people')), undefined)
    assert.equal(codeOf(await server.ask('delete', 'sys/auth/people')), undefined)
  })
})
