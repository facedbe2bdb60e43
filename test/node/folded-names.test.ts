import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

const all = '["create", "read", "update", "delete"]'
const reads = 'path "sys/mounts" { capabilities = ["read"] }'

/** Where a name stands, the name, other spellings of it, and what a write sends. */
const places = [
  { folder: 'sys/policies/acl', name: 'admin', spellings: ['ADMIN', 'aDmin'], fields: { policy: reads } },
  { folder: 'sys/policy', name: 'admin', spellings: ['Admin'], fields: { policy: reads } },
  { folder: 'identity/entity/name', name: 'boss', spellings: ['BOSS'], fields: { policies: ['admin'] } },
  {
    folder: 'identity/group/name',
    name: 'caf\u00e9',
    spellings: ['CAFE\u0301'],
    fields: { policies: ['admin'] },
  },
  { folder: 'auth/userpass/users', name: 'boss', spellings: ['BOSS'], fields: { password: 'x' } },
  { folder: 'auth/approle/role', name: 'deploy', spellings: ['Deploy'], fields: {} },
  { folder: 'auth/jwt/role', name: 'prod', spellings: ['PROD'], fields: { user_claim: 'sub' } },
  { folder: 'auth/kubernetes/role', name: 'prod', spellings: ['Prod'], fields: { audience: 'x' } },
]

describe('a name that has several spellings', () => {
  let server: TestNode
  let token: string

  const tokenFor = async (policy: string) => {
    const name = `p${policy.length}`
    await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy } })
    return tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: [name] } }))
  }

  before(async () => {
    server = await startTestNode()
    for (const type of ['jwt', 'kubernetes', 'userpass', 'approle']) {
      await server.ask('write', `sys/auth/${type}`, { fields: { type } })
    }
    const rules = places.map(
      ({ folder, name }) => `path "${folder}/*" { capabilities = ${all} }
        path "${folder}/${name}" { capabilities = ["deny"] }`,
    )
    token = await tokenFor(rules.join('\n'))
  })
  after(() => server.stop())

  for (const { folder, name, spellings, fields } of places) {
    it(`is asked about as one: ${folder}`, async () => {
      for (const spelled of [name, ...spellings]) {
        for (const verb of ['read', 'write', 'delete'] as const) {
          const reply = await server.ask(verb, `${folder}/${spelled}`, {
            token,
            fields: verb === 'write' ? fields : {},
          })
          assert.equal(codeOf(reply), 'policy_denied', `${verb} ${spelled}`)
        }
      }
      const other = await server.ask('write', `${folder}/OTHER`, { token, fields })
      assert.notEqual(codeOf(other), 'policy_denied')
    })
  }

  it('is allowed where a rule allows the spelling that is sent, and none speaks of another', async () => {
    await server.ask('write', 'identity/entity/name/Alice', {})
    const own = await tokenFor('path "identity/entity/name/Alice" { capabilities = ["read"] }')
    const read = (name: string) => server.ask('read', `identity/entity/name/${name}`, { token: own })
    assert.equal(dataOf(await read('Alice')).name, 'Alice')
    assert.equal(codeOf(await read('alice')), 'policy_denied')
  })

  it('is asked about as one also where more follows it', async () => {
    const rules = [
      'auth/userpass/users/a/password',
      'auth/approle/role/s/secret-id',
      'auth/approle/role/r/role-id',
    ]
    const closed = await tokenFor(
      ['auth/*', ...rules]
        .map((path) => `path "${path}" { capabilities = ${path === 'auth/*' ? all : '["deny"]'} }`)
        .join('\n'),
    )
    for (const path of rules) {
      const parts = path.split('/')
      const spelled = parts.map((part, i) => (i === 3 ? part.toUpperCase() : part)).join('/')
      assert.equal(
        codeOf(await server.ask('write', spelled, { token: closed, fields: {} })),
        'policy_denied',
        path,
      )
    }
  })

  it('has no blanks around it where it is a policy’s', async () => {
    for (const name of ['admin ', ' admin', 'admin\u00a0']) {
      assert.equal(
        codeOf(await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy: reads } })),
        'invalid_request',
      )
    }
  })
})
