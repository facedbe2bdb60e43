import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

const path = 'sys/internal/ui/resultant-acl'

describe('sys/internal/ui/resultant-acl', () => {
  let server: TestNode
  before(async () => {
    server = await startTestNode()
  })
  after(() => server.stop())

  const tokenWith = async (policy: string) => {
    await server.ask('write', 'sys/policies/acl/mine', { fields: { policy } })
    return tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['mine'] } }))
  }

  test('says of root that it is root', async () => {
    assert.deepEqual(dataOf(await server.ask('read', path)), { root: true })
  })

  test('shows what the policies of a token say together, the default one among them', async () => {
    const token = await tokenWith(`
      path "kv/a" { capabilities = ["read", "sudo"] }
      path "kv/no" { capabilities = ["deny"] }
      path "kv/b/*" { capabilities = ["list"] }
      path "kv/+/c" {
        capabilities = ["update"]
        min_wrapping_ttl = "1m"
        max_wrapping_ttl = 90
        allowed_parameters = { "a" = ["x", true, 1.50], "*" = [] }
        denied_parameters = { "b" = [] }
        required_parameters = ["a"]
      }`)
    const { root, exact_paths: exact, glob_paths: glob } = dataOf(await server.ask('read', path, { token }))
    assert.equal(root, false)
    assert.ok(exact !== null && typeof exact === 'object' && glob !== null && typeof glob === 'object')
    assert.deepEqual(
      { ...exact },
      {
        ...exact,
        'kv/a': { capabilities: ['read', 'sudo'] },
        'kv/no': { capabilities: ['deny'] },
        [path]: { capabilities: ['read'] },
      },
    )
    assert.deepEqual(glob, {
      'cubbyhole/': { capabilities: ['create', 'delete', 'list', 'read', 'update'] },
      'identity/oidc/provider/+/authorize': { capabilities: ['read', 'update'] },
      'kv/b/': { capabilities: ['list'] },
      'kv/+/c': {
        capabilities: ['update'],
        min_wrapping_ttl: 60,
        max_wrapping_ttl: 90,
        allowed_parameters: { a: ['x', true, 1.5], '*': [] },
        denied_parameters: { b: [] },
        required_parameters: ['a'],
      },
      'sys/kv/': { capabilities: ['create', 'delete', 'list', 'read', 'update'] },
      'sys/policies/access-self/': { capabilities: ['read'] },
      'sys/tools/hash/': { capabilities: ['update'] },
      'sys/usage/+/*': { capabilities: ['read'] },
    })
  })

  test('is bounded', async () => {
    const policies = Array.from({ length: 11 }, (_, i) => `many${i}`)
    for (const name of policies) {
      const rules = Array.from({ length: 1000 }, (_, i) => `path "kv/${name}/${i}" { policy = "read" }`)
      const wrote = await server.ask('write', `sys/policies/acl/${name}`, {
        fields: { policy: rules.join('\n') },
      })
      assert.equal(codeOf(wrote), undefined)
    }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies } }))
    const reply = await server.ask('read', path, { token })
    const { exact_paths: exact } = dataOf(reply)
    assert.equal(Object.keys(exact ?? {}).length, 10_000)
    assert.deepEqual('warnings' in reply && reply.warnings, ['only the first 10000 rules are shown'])
  })

  test('needs a token, and a policy that allows it', async () => {
    assert.equal(codeOf(await server.ask('read', path, { token: '' })), 'permission_denied')
    const fields = { policies: ['mine'], no_default_policy: true }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    assert.equal(codeOf(await server.ask('read', path, { token })), 'policy_denied')
  })
})
