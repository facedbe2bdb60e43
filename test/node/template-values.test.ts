import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { identityBench } from '../support/identity.ts'
import { codeOf, tokenOf } from '../support/node.ts'

/** What somebody may call themselves, or be called, who wants to reach beyond their own folder. */
const hostile = [
  '*',
  '+',
  '..',
  '.',
  '../bob',
  'bob/..',
  'bob/x',
  '/bob',
  'b*',
  'bob/*',
  '{{identity.entity.name}}',
]

const rules = [
  '{{identity.entity.aliases.ACCESSOR.name}}',
  '{{identity.entity.metadata.folder}}',
  '{{identity.entity.name}}',
  '{{identity.groups.names}}',
]

describe('a value that somebody brings into a template of a policy', () => {
  it('opens no folder but that of its very name, whichever value it is', async (t) => {
    const { server, login, entityOf, make, write, accessor } = await identityBench(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    const text = rules
      .map((rule) => rule.replace('ACCESSOR', accessor))
      .flatMap((rule) => [`kv/u/${rule}/*`, `kv/u/${rule}`])
      .map((path) => `path "${path}" { capabilities = ["create", "update", "read", "delete", "list"] }`)
      .join('\n')
    await server.ask('write', 'sys/policies/acl/own', { fields: { policy: text } })
    for (const path of ['kv/u/bob/x', 'kv/u/bob', 'kv/x', 'kv/u/b']) {
      assert.equal(codeOf(await server.ask('write', path, { fields: { k: 'bob' } })), undefined)
    }
    for (const value of hostile) {
      const token = await login(value)
      const id = await entityOf(token)
      const fields = { name: value, policies: ['own'], metadata: { folder: value } }
      assert.equal(codeOf(await write(`entity/id/${id}`, fields)), undefined, value)
      const group = await make('group', { name: value, member_entity_ids: [id] })
      for (const path of ['kv/u/bob/x', 'kv/u/bob', 'kv/x', 'kv/u/b']) {
        for (const verb of ['read', 'write', 'delete'] as const) {
          const reply = await server.ask(verb, path, { token, fields: { k: 'v' } })
          assert.equal(codeOf(reply), 'policy_denied', `${value}: ${verb} ${path}`)
        }
      }
      for (const path of ['kv/', 'kv/u/', 'kv/u/bob/']) {
        const reply = await server.ask('list', path, { token })
        assert.notEqual(codeOf(reply), undefined, `${value}: list ${path}`)
      }
      await server.ask('delete', `identity/group/id/${group}`)
    }
  })

  it('that is a plain one opens its own', async (t) => {
    const { server, login, entityOf, write, accessor } = await identityBench(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    const path = `kv/u/{{identity.entity.aliases.${accessor}.name}}/*`
    const policy = `path "${path}" { capabilities = ["create", "update", "read"] }`
    await server.ask('write', 'sys/policies/acl/own', { fields: { policy } })
    const token = await login('alice')
    await write(`entity/id/${await entityOf(token)}`, { policies: ['own'] })
    const put = (name: string) =>
      server.ask('write', `kv/u/${name}/x`, { token, fields: { k: 'v' } }).then(codeOf)
    assert.deepEqual(
      [await put('alice'), await put('alicex'), await put('bob')],
      [undefined, 'policy_denied', 'policy_denied'],
    )
  })
})

/** Spellings of root that some place might take for another name, or fold too late. */
const spellings = [
  'root',
  'ROOT',
  'Root',
  ' root',
  'root ',
  '\troot',
  '\u00a0root',
  '\ufeffroot',
  'ｒｏｏｔ',
  'root\u200b',
]

describe('the policy root, in whichever spelling', () => {
  it('comes to nobody but by a token that is root', async (t) => {
    const { server, login, write } = await identityBench(t)
    const policy = 'path "auth/token/*" { capabilities = ["create", "update", "sudo"] }'
    await server.ask('write', 'sys/policies/acl/maker', { fields: { policy } })
    const maker = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['maker'], ttl: '1h' } }),
    )
    const isRoot = async (token: string) =>
      codeOf(await server.ask('read', 'sys/mounts', { token })) === undefined
    for (const name of spellings) {
      const told = JSON.stringify(name)
      const ask = async (path: string, fields: object, token = server.root) => {
        const reply = await server.ask('write', path, { token, fields: { ...fields } })
        if ('auth' in reply && reply.auth !== undefined) {
          assert.equal(await isRoot(reply.auth.client_token), false, `${told} at ${path}`)
        }
        return codeOf(reply)
      }
      for (const path of ['entity', 'group']) {
        assert.equal(codeOf(await write(path, { policies: [name] })), 'invalid_request', told)
      }
      assert.equal(await ask('auth/token/create', { policies: [name] }, maker), 'invalid_request', told)
      for (const lists of [
        { allowed_policies: [name] },
        { allowed_policies_glob: ['*'], allowed_policies: [] },
        { allowed_policies_glob: [], disallowed_policies: ['x'] },
      ]) {
        await ask('auth/token/roles/r', lists)
        await ask('auth/token/create/r', { policies: [name] }, maker)
        await ask('auth/token/create/r', {}, maker)
      }
      const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'] }
      const code = await ask('auth/jwt/role/plain', { ...role, token_policies: [name] })
      const came = code === undefined ? await login('alice').catch(() => '') : ''
      if (came !== '') assert.equal(await isRoot(came), false, told)
      const everything = { policy: 'path "*" { capabilities = ["sudo", "read"] }' }
      for (const path of ['sys/policies/acl', 'sys/policy']) {
        assert.equal(await ask(`${path}/${name}`, everything), 'invalid_request', `${told} at ${path}`)
      }
    }
  })
})
