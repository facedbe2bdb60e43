import assert from 'node:assert/strict'
import { it } from 'node:test'
import { codeOf, startTestNode, tokenOf } from '../support/node.ts'

it('sys/step-down does nothing, for who may: there is no leader', async (t) => {
  const server = await startTestNode()
  t.after(() => server.stop())
  assert.deepEqual(await server.ask('write', 'sys/step-down'), {})
  assert.equal(server.node.keeper.state().kind, 'unsealed')
  const make = async (policy: string) => {
    await server.ask('write', 'sys/policies/acl/p', { fields: { policy } })
    return tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['p'] } }))
  }
  const path = 'path "sys/step-down"'
  const asked = async (token: string) => codeOf(await server.ask('write', 'sys/step-down', { token }))
  assert.equal(await asked(''), 'permission_denied')
  assert.equal(await asked(await make(`${path} { capabilities = ["update"] }`)), 'policy_denied')
  assert.equal(await asked(await make(`${path} { capabilities = ["update", "sudo"] }`)), undefined)
})
