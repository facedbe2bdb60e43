import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { type DemoProvider, startProvider } from '../../src/demo/provider/provider.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { idOf, logIn, settingsFor } from '../support/spaces.ts'

type Told = {
  allowed: boolean
  reason: string
  capabilities: string[]
  needs_sudo: boolean
  has_mount: boolean
  space: string
  missing_policies: string[]
} & Record<
  'rules' | 'overruled' | 'unfilled',
  { policy: string; path: string; line: number; via: JsonObject[]; limits: JsonObject | null }[]
>

describe('the explanation of what somebody could do', () => {
  let provider: DemoProvider
  let server: TestNode
  let alice: string
  let bob: string

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({ spaces: [settingsFor(provider.issuer)] })
    ;[alice, bob] = [await logIn(server, provider, 'alice'), await logIn(server, provider, 'bob')]
    for (const [name, policy] of Object.entries({
      readers: '# of the team\npath "kv/*" { capabilities = ["read", "list"] }\n',
      closed: 'path "kv/private/*" {\n  capabilities = ["deny"]\n}',
      named: 'path "kv/of/{{identity.entity.name}}" { capabilities = ["read"] }',
      limited:
        'path "kv/limited" { capabilities = ["create", "update"] required_parameters = ["note"] max_wrapping_ttl = 60 }',
      mounts:
        'path "sys/mounts" { capabilities = ["read"] }\npath "sys/auth/*" { capabilities = ["update"] }',
      folded:
        'path "auth/userpass/users/*" { capabilities = ["read"] }\npath "auth/userpass/users/boss" { capabilities = ["deny"] }',
    })) {
      await server.ask('write', `sys/policies/acl/${name}`, { fields: { policy } })
    }
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'sys/auth/userpass', { fields: { type: 'userpass' } })
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const explain = async (fields: JsonObject, token?: string) =>
    dataOf(
      await server.ask('write', `sys/policies/explain${token === undefined ? '' : '-self'}`, {
        fields,
        ...(token !== undefined && { token }),
      }),
    ) as unknown as Told
  const code = async (fields: JsonObject, path = 'explain', token?: string) =>
    codeOf(
      await server.ask('write', `sys/policies/${path}`, { fields, ...(token !== undefined && { token }) }),
    )
  const rulesOf = (rules: Told['rules']) => rules.map(({ policy, line, path }) => `${policy}:${line} ${path}`)

  const entityOf = async (token: string) =>
    String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)

  it('names the rule, its line, and what it overrules', async () => {
    const told = await explain({ policies: ['readers', 'closed'], path: 'kv/private/x' })
    assert.deepEqual([told.allowed, told.reason, told.capabilities], [false, 'denied', ['deny']])
    assert.deepEqual(rulesOf(told.rules), ['closed:1 kv/private/*'])
    assert.deepEqual(rulesOf(told.overruled), ['readers:2 kv/*'])
    assert.deepEqual(told.rules[0]?.via, [{ kind: 'asked' }])
    const none = await explain({ policies: ['readers', 'nowhere'], path: 'other/x' })
    assert.deepEqual(
      [none.allowed, none.reason, none.has_mount, none.missing_policies, none.rules],
      [false, 'no_rule', false, ['nowhere'], []],
    )
  })

  it('says by which group, login or entity a policy came', async () => {
    const id = await entityOf(alice)
    const group = dataOf(
      await server.ask('write', 'identity/group', {
        fields: { name: 'team', policies: ['readers'], member_entity_ids: [id] },
      }),
    ).id
    const above = dataOf(
      await server.ask('write', 'identity/group', {
        fields: { name: 'house', policies: ['readers'], member_group_ids: [String(group)] },
      }),
    ).id
    await server.ask('write', `identity/entity/id/${id}`, { fields: { policies: ['readers'] } })
    const { rules } = await explain({ entity_id: id, path: 'kv/x' })
    const name = String(dataOf(await server.ask('read', `identity/entity/id/${id}`)).name)
    assert.deepEqual(rules[0]?.via, [
      { kind: 'entity', id, name },
      { kind: 'group', id: above, name: 'house', direct: false },
      { kind: 'group', id: group, name: 'team', direct: true },
    ])
    const own = await explain({ path: `secrets/users/${idOf('alice')}/x` }, alice)
    assert.equal(own.reason, 'granted')
    assert.deepEqual(own.rules[0]?.via, [{ kind: 'token', path: 'auth/jwt/login', role: 'default' }])
    for (const path of [`identity/group/id/${group}`, `identity/group/id/${above}`]) {
      await server.ask('delete', path)
    }
    await server.ask('write', `identity/entity/id/${id}`, { fields: { policies: [] } })
  })

  it('tells of templates what has no value', async () => {
    const nobody = await explain({ policies: ['named'], path: 'kv/of/alice' })
    assert.deepEqual(
      [nobody.reason, rulesOf(nobody.unfilled)],
      ['no_rule', ['named:1 kv/of/{{identity.entity.name}}']],
    )
    const id = await entityOf(bob)
    await server.ask('write', `identity/entity/id/${id}`, { fields: { name: 'bob' } })
    const told = await explain({ entity_id: id, policies: ['named'], path: 'kv/of/bob' })
    assert.deepEqual(
      [told.reason, rulesOf(told.rules)],
      ['granted', ['named:1 kv/of/{{identity.entity.name}}']],
    )
  })

  it('minds parameters, wrapping and sudo', async () => {
    const limited = { policies: ['limited'], path: 'kv/limited', operation: 'update' }
    const told = await explain(limited)
    assert.equal(told.reason, 'wrapping')
    assert.deepEqual(told.rules[0]?.limits, { required_parameters: ['note'], max_wrapping_ttl: 60 })
    assert.equal((await explain({ ...limited, wrap_ttl: '1m' })).reason, 'parameters')
    assert.equal((await explain({ ...limited, wrap_ttl: '1m', parameters: { note: 'x' } })).reason, 'granted')
    const auth = await explain({ policies: ['mounts'], path: 'sys/auth/x', operation: 'update' })
    assert.deepEqual([auth.reason, auth.needs_sudo, auth.capabilities], ['sudo', true, ['update']])
  })

  it('minds the one spelling of a name, and what answers without a token', async () => {
    const told = await explain({ policies: ['folded'], path: 'auth/userpass/users/BOSS' })
    assert.deepEqual([told.reason, rulesOf(told.rules)], ['denied', ['folded:2 auth/userpass/users/boss']])
    for (const [path, operation] of [
      ['sys/health', 'read'],
      ['auth/userpass/login/x', 'update'],
    ] as const) {
      const open = await explain({ policies: ['folded'], path, operation })
      assert.deepEqual([open.allowed, open.reason], [true, 'open'])
    }
  })

  it('knows that nobody but the owner enters a private space, root neither', async () => {
    const path = `secrets/users/${idOf('alice')}/mail`
    await server.ask('write', 'sys/policies/acl/all', {
      fields: { policy: 'path "secrets/*" { capabilities = ["read", "list"] }' },
    })
    for (const policies of [['all'], ['root']]) {
      const told = await explain({ policies, path })
      assert.deepEqual([told.allowed, told.reason, told.space], [false, 'owner', 'closed'])
    }
    const other = await explain({ entity_id: await entityOf(bob), policies: ['all'], path })
    assert.deepEqual([other.reason, other.space], ['owner', 'closed'])
    const own = await explain({ entity_id: await entityOf(alice), policies: ['all'], path })
    assert.deepEqual([own.reason, own.space], ['granted', 'entered'])
    assert.equal((await explain({ path }, alice)).reason, 'granted')
    assert.equal((await explain({ path }, bob)).allowed, false)
    const fixed = await explain({ policies: ['root'], path: 'auth/jwt/config', operation: 'update' })
    assert.deepEqual([fixed.allowed, fixed.reason], [false, 'configuration'])
  })

  it('tries a text that is not stored, alone or in place of one that somebody has', async () => {
    const text = 'path "kv/*" {\n  capabilities = ["list"]\n}'
    const alone = await explain({ policy: text, path: 'kv/x', operation: 'list' })
    assert.deepEqual(
      [alone.reason, rulesOf(alone.rules), alone.rules[0]?.via],
      ['granted', ['draft:1 kv/*'], [{ kind: 'draft' }]],
    )
    const replaced = { policies: ['readers'], path: 'kv/x', name: 'Readers', policy: text }
    assert.equal((await explain(replaced)).reason, 'capability')
    assert.equal((await explain({ ...replaced, name: 'other' })).reason, 'granted')
    const self = await explain({ policy: text, path: 'kv/x' }, alice)
    assert.deepEqual([self.reason, rulesOf(self.rules)], ['capability', ['draft:1 kv/*']])
    assert.equal(await code({ policy: 'path "a" {', path: 'kv/x' }), 'invalid_request')
    const stored = dataOf(await server.ask('read', 'sys/policies/acl/readers'))
    assert.match(String(stored.policy), /# of the team/)
  })

  it('agrees with what comes of the requests themselves', async () => {
    const made = await server.ask('write', 'auth/token/create', {
      fields: { policies: ['readers', 'closed', 'named', 'limited', 'mounts', 'folded', 'all'] },
    })
    assert.ok('auth' in made && made.auth)
    const paths = [
      'kv/x',
      'kv/',
      'kv/private/x',
      'kv/limited',
      'sys/mounts',
      'sys/auth/ldap',
      'sys/nothing',
      'auth/userpass/users/Boss',
      'auth/userpass/users/other',
      'auth/userpass/users/other/',
      'auth/userpass/users',
      'nowhere/x',
      `secrets/users/${idOf('alice')}/x`,
      `secrets/users/${idOf('alice')}`,
      'secrets/users',
      'secrets/vos/x',
      'auth/jwt/config',
    ]
    for (const path of paths) {
      for (const [verb, operation] of [
        ['read', 'read'],
        ['list', 'list'],
        ['delete', 'delete'],
        ['write', 'update'],
      ] as const) {
        const { allowed, reason } = await explain({ accessor: made.auth.accessor, path, operation })
        const came = codeOf(await server.ask(verb, path, { token: tokenOf(made) }))
        assert.equal(
          came === 'policy_denied' || came === 'forbidden',
          !allowed,
          `${verb} ${path}: ${came}, ${reason}`,
        )
      }
    }
  })

  it('is for administrators with sudo, and for everybody about themselves', async () => {
    const path = 'kv/x'
    await server.ask('write', 'sys/policies/acl/nosudo', {
      fields: { policy: 'path "sys/policies/*" { capabilities = ["update"] }' },
    })
    const made = tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['nosudo'] } }))
    assert.equal(await code({ policies: ['readers'], path }, 'explain', made), 'policy_denied')
    assert.equal(await code({ policies: ['readers'], path }, 'explain', alice), 'policy_denied')
    assert.equal(await code({ path }, 'explain-self', alice), undefined)
  })

  it('is refused where it is not clear what is asked', async () => {
    for (const fields of [
      { path: 'kv/x' },
      { policies: ['readers'] },
      { policies: ['readers'], path: 'kv/../x' },
      { policies: ['readers'], path: 'kv/x', operation: 'fly' },
      { accessor: 'a', entity_id: 'b', path: 'kv/x' },
      { accessor: 'a', policies: ['b'], path: 'kv/x' },
      { accessor: 'none', path: 'kv/x' },
      { entity_id: 'none', path: 'kv/x' },
    ]) {
      assert.match(String(await code(fields)), /^(?:invalid_request|invalid_request_wrapped|invalid_path)$/)
    }
  })

  it('takes from everybody drafts of a bounded length alone, whose judging takes no longer than a request may', async () => {
    const rule = (_: unknown, i: number) =>
      `path "kv/*" { capabilities = ["update"] allowed_parameters = { "k${i}" = ["1", "2"] } }`
    const policy = Array.from({ length: 6000 }, rule).join('\n')
    assert.equal(await code({ path: 'kv/x', policy }, 'explain-self', alice), 'invalid_request')
    const most = policy.slice(0, policy.lastIndexOf('\n', 64 * 1024))
    assert.equal(await code({ path: 'kv/x', policy: most }, 'explain-self', alice), undefined)
  })

  it('tells nobody of a mount that they may do nothing with, by a draft neither', async () => {
    await server.ask('write', 'sys/auth/approle', { fields: { type: 'approle' } })
    await server.ask('write', 'sys/mounts/hidden', { fields: { type: 'kv' } })
    const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } })
    const token = tokenOf(made)
    const drafts = [{}, { policy: 'path "*" { capabilities = ["read", "sudo"] }' }]
    for (const draft of drafts) {
      for (const [there, none] of [
        ['hidden/x', 'nowhere/x'],
        ['auth/approle/role/x', 'auth/nowhere/role/x'],
        ['auth/userpass/users/X', 'auth/nowhere/users/X'],
      ] as const) {
        const path = ''
        assert.deepEqual(
          { ...(await explain({ ...draft, path: there }, token)), path },
          { ...(await explain({ ...draft, path: none }, token)), path },
          there,
        )
      }
    }
    const own = await explain({ path: `secrets/users/${idOf('alice')}/x` }, alice)
    assert.deepEqual([own.has_mount, own.space], [true, 'entered'])
  })
})
