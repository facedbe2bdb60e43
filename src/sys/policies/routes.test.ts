import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import { CofferError } from '../../base/errors.ts'

const reads = 'path "sys/mounts" { capabilities = ["read"] }'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  return {
    server,
    write: (name: string, policy: string, path = 'sys/policies/acl') =>
      server.ask('write', `${path}/${name}`, { fields: { policy } }),
    read: async (name: string) => dataOf(await server.ask('read', `sys/policies/acl/${name}`)),
    list: async () => dataOf(await server.ask('list', 'sys/policies/acl')).keys,
    tokenWith: async (...policies: string[]) =>
      tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies, ttl: '1h' } })),
  }
}

describe('a policy', () => {
  it('is written, read as it was written, listed and deleted, in both forms of the API', async (t) => {
    const { server, write, read, list } = await start(t)
    await write('p', `${reads} # so\n`)
    assert.deepEqual(await read('p'), { name: 'p', policy: `${reads} # so\n` })
    assert.equal(dataOf(await server.ask('read', 'sys/policy/p')).rules, `${reads} # so\n`)
    assert.deepEqual(await list(), ['default', 'p', 'root'])
    await write('q', reads, 'sys/policy')
    assert.deepEqual(dataOf(await server.ask('read', 'sys/policy')).policies, ['default', 'p', 'q', 'root'])
    await server.ask('delete', 'sys/policies/acl/p')
    await server.ask('delete', 'sys/policy/q')
    assert.deepEqual(await list(), ['default', 'root'])
    assert.equal(codeOf(await server.ask('read', 'sys/policies/acl/p')), 'not_found')
  })

  it('may be sent as base64', async (t) => {
    const { write, read } = await start(t)
    await write('p', Buffer.from(reads).toString('base64'))
    assert.equal((await read('p')).policy, reads)
  })

  it('has one name in every spelling of it, and says what that is', async (t) => {
    const { server, write, list, read } = await start(t)
    const reply = await write('Ops Team', reads)
    assert.ok('warnings' in reply)
    assert.deepEqual(reply.warnings, ['policy name was converted to ops team'])
    assert.equal((await read('OPS TEAM')).name, 'ops team')
    assert.deepEqual(await list(), ['default', 'ops team', 'root'])
    await server.ask('delete', 'sys/policies/acl/ops TEAM')
    assert.deepEqual(await list(), ['default', 'root'])
  })

  it('is in force from the moment it is written, for the tokens of before too', async (t) => {
    const { server, write, tokenWith } = await start(t)
    const token = await tokenWith('later')
    const code = async () => codeOf(await server.ask('read', 'sys/mounts', { token }))
    assert.equal(await code(), 'policy_denied')
    await write('LATER', reads)
    assert.equal(await code(), undefined)
    await server.ask('delete', 'sys/policies/acl/later')
    assert.equal(await code(), 'policy_denied')
  })

  it('that does not parse is refused with line and column, and the one before stays', async (t) => {
    const { write, read } = await start(t)
    await write('p', reads)
    const reply = await write('p', 'path "a" {\n  capabilities = ["fly"]\n}')
    assert.ok(reply instanceof CofferError)
    assert.equal(reply.code, 'invalid_request')
    assert.equal(
      reply.message,
      'failed to parse policy: path "a": invalid capability "fly" on line 2, column 19',
    )
    assert.equal((await read('p')).policy, reads)
  })

  it('is written over the text that is expected there, and over no other', async (t) => {
    const { server, write, read } = await start(t)
    const replace = (policy: string, expected: string) =>
      server.ask('write', 'sys/policies/acl/p', { fields: { policy, expected } })
    assert.match(String(await replace(reads, 'path "a" {}')), /check-and-set/)
    assert.equal(codeOf(await server.ask('read', 'sys/policies/acl/p')), 'not_found')
    assert.equal(codeOf(await replace(reads, '')), undefined)
    assert.equal(codeOf(await replace('path "b" {}', '')), 'invalid_request')
    assert.equal(codeOf(await replace('path "b" {}', reads)), undefined)
    assert.equal(codeOf(await replace('path "c" {}', reads)), 'invalid_request')
    assert.equal((await read('p')).policy, 'path "b" {}')
    assert.equal(codeOf(await write('p', reads)), undefined)
  })

  it('is bounded in size and nesting', async (t) => {
    const { server, write } = await start(t)
    const deep = `path "a" { allowed_parameters = { x = ${'['.repeat(40)}${']'.repeat(40)} } }`
    const many = 'path "a" {}\n'.repeat(10_001)
    for (const text of [`${reads}\n#${'x'.repeat(600_000)}`, `#${'x'.repeat(1_100_000)}`, deep, many, '']) {
      assert.equal(codeOf(await write('p', text)), 'invalid_request', text.slice(0, 20))
    }
    assert.match(String(await write('p', deep)), /nested more than 16 levels deep on line 1, column \d+/)
    assert.equal(codeOf(await server.ask('read', 'sys/policies/acl/p')), 'not_found')
  })
})

describe('the policy root', () => {
  const spellings = ['root', 'ROOT', 'Root', ' root', 'root ', '\troot', '\u00a0rOOt']
  const lookAlikes = ['ｒｏｏｔ', 'ⓡoot', 'ro\u00adot', 'ro\u200bot', 'root\u0000', 'root\ufe0f']

  it('is not written or deleted, in any spelling', async (t) => {
    const { server, write, list, read } = await start(t)
    for (const path of ['sys/policies/acl', 'sys/policy']) {
      for (const name of [...spellings, ...lookAlikes]) {
        assert.equal(codeOf(await write(name, reads, path)), 'invalid_request', JSON.stringify(name))
        assert.equal(codeOf(await server.ask('delete', `${path}/${name}`)), 'invalid_request')
      }
    }
    assert.deepEqual(await list(), ['default', 'root'])
    assert.deepEqual(await read('ROOT'), { name: 'root', policy: '' })
  })

  it('is not given to anybody by a spelling of it: not by a token, a role, an entity or a group', async (t) => {
    const { server, tokenWith, write } = await start(t)
    await write(
      'maker',
      'path "auth/token/*" { capabilities = ["update", "sudo"] } path "identity/*" { capabilities = ["update"] }',
    )
    const maker = await tokenWith('maker')
    for (const name of [...spellings, ...lookAlikes]) {
      const reply = await server.ask('write', 'auth/token/create', {
        token: maker,
        fields: { policies: [name] },
      })
      assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(name))
    }
    for (const name of [...lookAlikes]) {
      const fields = { name: 'e', policies: [name] }
      assert.equal(codeOf(await server.ask('write', 'identity/entity', { fields })), 'invalid_request')
      assert.equal(codeOf(await server.ask('write', 'identity/group', { fields })), 'invalid_request')
    }
  })

  it('is nothing that an entity or a group can add to a token', async (t) => {
    const { server, tokenWith, write } = await start(t)
    await write('maker', 'path "auth/token/create/r" { capabilities = ["update"] }')
    const role = { allowed_entity_aliases: ['someone'], allowed_policies: ['plain'] }
    await server.ask('write', 'auth/token/roles/r', { fields: role })
    const made = await server.ask('write', 'auth/token/create/r', {
      token: await tokenWith('maker'),
      fields: { entity_alias: 'someone' },
    })
    const token = tokenOf(made)
    const id = 'auth' in made ? made.auth?.entity_id : ''
    await server.ask('write', `identity/entity/id/${id}`, { fields: { policies: ['ROOT'] } })
    await server.ask('write', 'identity/group', {
      fields: { name: 'g', policies: ['Root'], member_entity_ids: [id ?? ''] },
    })
    assert.equal(codeOf(await server.ask('read', 'sys/mounts', { token })), 'policy_denied')
  })
})

describe('the built-in policies', () => {
  it('default may be changed and not deleted, response-wrapping neither and is not listed', async (t) => {
    const { server, write, read, list } = await start(t)
    assert.equal(codeOf(await write('DEFAULT', reads)), undefined)
    assert.equal((await read('default')).policy, reads)
    assert.equal(codeOf(await server.ask('delete', 'sys/policies/acl/default')), 'invalid_request')
    assert.equal(codeOf(await write('Response-Wrapping', reads)), 'invalid_request')
    assert.equal(codeOf(await server.ask('delete', 'sys/policies/acl/response-wrapping')), 'invalid_request')
    assert.deepEqual(await list(), ['default', 'root'])
  })
})

describe('capabilities', () => {
  it('are told for oneself, for a token and for an accessor', async (t) => {
    const { server, write, tokenWith } = await start(t)
    await write(
      'p',
      'path "kv/*" { capabilities = ["read", "list"] } path "kv/x" { capabilities = ["deny"] }',
    )
    const token = await tokenWith('p')
    const accessor = String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).accessor)
    const paths = ['kv/a', 'kv/x', 'other']
    const expected = { 'kv/a': ['list', 'read'], 'kv/x': ['deny'], other: ['deny'] }
    const told = async (path: string, options: Parameters<typeof server.ask>[2]) =>
      dataOf(await server.ask('write', `sys/${path}`, options))
    assert.deepEqual(await told('capabilities-self', { token, fields: { paths } }), expected)
    assert.deepEqual(await told('capabilities', { fields: { token, paths } }), expected)
    assert.deepEqual(await told('capabilities-accessor', { fields: { accessor, paths } }), expected)
    assert.deepEqual(await told('capabilities', { fields: { token, paths: ['/kv/a'] } }), {
      '/kv/a': ['list', 'read'],
      capabilities: ['list', 'read'],
    })
    assert.deepEqual(await told('capabilities-self', { fields: { path: 'kv/x' } }), {
      'kv/x': ['root'],
      capabilities: ['root'],
    })
  })

  it('are refused without a path and for what is no token', async (t) => {
    const { server } = await start(t)
    const code = async (path: string, fields: { [name: string]: string | string[] }) =>
      codeOf(await server.ask('write', `sys/${path}`, { fields }))
    assert.equal(await code('capabilities-self', {}), 'invalid_request')
    assert.equal(await code('capabilities', { paths: ['a'] }), 'invalid_request_wrapped')
    assert.equal(await code('capabilities', { paths: ['a'], token: 'hvs.none' }), 'invalid_request_wrapped')
    assert.equal(await code('capabilities-accessor', { paths: ['a'] }), 'invalid_request')
    assert.equal(
      await code('capabilities-accessor', { paths: ['a'], accessor: 'x' }),
      'invalid_request_wrapped',
    )
    assert.equal(
      await code('capabilities-self', { paths: Array.from({ length: 1001 }, () => 'a') }),
      'invalid_request',
    )
  })
})
