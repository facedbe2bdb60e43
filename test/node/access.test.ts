import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { example } from '../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../src/demo/provider/provider.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { idOf, logIn, settingsFor } from '../support/spaces.ts'

type Told = {
  shown: string
  you: { capabilities: string[] }
  space: { is_own: boolean; owner: { id: string; called: string } | null; openings: JsonObject[] } | null
  holders: {
    kind: string
    id: string
    name: string
    capabilities: string[]
    is_limited: boolean
    mount?: string
    members?: number
    count?: number
    policies?: string[]
    rules: { policy: string; line: number; via: JsonObject[] }[]
  }[]
  next: string | null
}

describe('who can do something at a path', () => {
  let provider: DemoProvider
  let server: TestNode
  let alice: string
  let bob: string
  let aliceId: string
  let admin: string
  const shared = `secrets/vos/${example.vo}/db`
  const own = () => `secrets/users/${idOf('alice')}/mail`

  const write = async (path: string, fields: JsonObject) => {
    const reply = await server.ask('write', path, { fields })
    if (reply instanceof Error) throw reply
    return reply
  }
  const idFor = async (token: string) =>
    String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
  const tokenWith = async (fields: JsonObject) => tokenOf(await write('auth/token/create', fields))
  /** Administrators ask about everybody, others about themselves. */
  const asked = (path: string, token: string, fields: JsonObject = {}) =>
    server.ask('read', `sys/policies/access${token === admin ? '' : '-self'}/${path}`, { token, fields })
  const access = async (path: string, token = admin, fields: JsonObject = {}) =>
    dataOf(await asked(path, token, fields)) as unknown as Told
  const shownOf = ({ holders }: Told) =>
    holders.map(({ kind, name, count, capabilities }) => [kind, count ?? name, capabilities.join()])

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({ spaces: [settingsFor(provider.issuer)] })
    ;[alice, bob] = [await logIn(server, provider, 'alice'), await logIn(server, provider, 'bob')]
    aliceId = await idFor(alice)
    await write('sys/mounts/kv', { type: 'kv' })
    for (const type of ['userpass', 'approle']) await write(`sys/auth/${type}`, { type })
    for (const [name, policy] of Object.entries({
      admin: 'path "sys/policies/*" { capabilities = ["read", "sudo"] }',
      readers: '# so\npath "kv/*" { capabilities = ["read", "list"] }',
      writers: 'path "kv/*" { capabilities = ["update"] required_parameters = ["note"] }',
      closed: 'path "kv/closed" { capabilities = ["deny"] }',
      teams: 'path "kv/of/{{identity.groups.names}}" { capabilities = ["read"] }',
    })) {
      await write(`sys/policies/acl/${name}`, { policy })
    }
    admin = await tokenWith({ policies: ['admin'] })
    await write('identity/group', {
      name: 'crew',
      policies: ['readers', 'teams'],
      member_entity_ids: [aliceId],
    })
    await write('identity/entity', { name: 'carol', policies: ['writers'] })
    await write('identity/entity', { name: 'dave', policies: ['readers', 'closed'] })
    await write('identity/entity', { name: 'gone', policies: ['readers'], disabled: true })
    await write('auth/userpass/users/guest', { password: 'x', token_policies: ['readers'] })
    await write('auth/approle/role/job', { token_policies: ['readers', 'writers'] })
    await write('auth/approle/role/other', { token_policies: [] })
    for (const _ of [1, 2, 3]) await tokenWith({ policies: ['readers'] })
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  it('is told of groups, roles, entities and tokens, each with the rules that decide', async () => {
    const told = await access('kv/x')
    assert.equal(told.shown, 'all')
    assert.deepEqual(told.you.capabilities, [])
    const name = String(dataOf(await server.ask('read', `identity/entity/id/${aliceId}`)).name)
    assert.deepEqual(
      new Set(shownOf(told).map((one) => one.join(' '))),
      new Set([
        'group crew read,list',
        'role guest read,list',
        'role job read,update,list',
        `entity ${name} read,list`,
        'entity carol update',
        'entity dave read,list',
        'token 3 read,list',
        'token 1 create,read,update,patch,delete,list,scan',
      ]),
    )
    const find = (wanted: string) => told.holders.find((one) => one.name === wanted)
    assert.equal(find('job')?.mount, 'auth/approle/')
    assert.equal(find('crew')?.members, 1)
    assert.equal(find('carol')?.is_limited, true)
    assert.deepEqual(
      find('crew')?.rules.map(({ policy, line }) => [policy, line]),
      [['readers', 2]],
    )
    assert.deepEqual(
      find(name)
        ?.rules.flatMap(({ via }) => via)
        .map((way) => [way.kind, way.name]),
      [['group', 'crew']],
    )
    const tokens = told.holders.filter(({ kind }) => kind === 'token')
    assert.deepEqual(
      new Set(tokens.map(({ policies = [] }) => policies.join())),
      new Set(['root', 'default,readers']),
    )
  })

  it('minds denials, and templates of groups', async () => {
    assert.equal(
      shownOf(await access('kv/closed')).some(([, name]) => name === 'dave'),
      false,
    )
    assert.ok(shownOf(await access('kv/of/crew')).some(([, name]) => name === 'crew'))
  })

  it('comes page by page, all of it once', async () => {
    const whole = shownOf(await access('kv/x'))
      .map(String)
      .sort()
    const found: string[] = []
    let after: string | null = ''
    let pages = 0
    while (after !== null) {
      const told: Told = await access('kv/x', admin, { limit: '1', ...(after !== '' && { after }) })
      assert.ok(told.holders.length <= 1)
      found.push(...shownOf(told).map(String))
      after = told.next
      pages++
    }
    assert.ok(pages > 5)
    const counted = (all: string[]) => all.filter((one) => !one.startsWith('token')).sort()
    assert.deepEqual(counted(found), counted(whole))
    assert.equal(codeOf(await asked('kv/x', admin, { after: 'x/y' })), 'invalid_request')
  })

  it('in a private space is its owner, whatever policies allow, to the owner and to administrators', async () => {
    await write('sys/policies/acl/all', { policy: 'path "*" { capabilities = ["read", "list", "update"] }' })
    await write('identity/entity', { name: 'nosy', policies: ['all'] })
    const told = await access(own(), alice)
    assert.deepEqual(
      [told.shown, told.space?.is_own, told.space?.openings, told.holders],
      ['owner', true, [], []],
    )
    assert.deepEqual([told.space?.owner?.id, told.space?.owner?.called], [aliceId, idOf('alice')])
    assert.deepEqual(told.you.capabilities, ['create', 'read', 'update', 'delete', 'list', 'scan'])
    const seen = await access(own())
    assert.deepEqual([seen.space?.is_own, seen.space?.owner?.id, seen.holders], [false, aliceId, []])
    const other = await asked(own(), bob)
    assert.equal(codeOf(other), 'policy_denied')
    assert.equal(other instanceof Error && 'denied' in other && other.denied?.by, 'owner')
  })

  it('in a private space names those whom it was opened to, while it is', async () => {
    const opener = await tokenWith({ policies: ['all', 'opener'] })
    await write('sys/policies/acl/opener', {
      policy: 'path "sys/spaces/open" { capabilities = ["update", "sudo"] }',
    })
    const opened = await server.ask('write', 'sys/spaces/open', {
      token: opener,
      fields: { space: `secrets/users/${idOf('alice')}`, reason: 'to test', ttl: '1h' },
    })
    assert.equal(codeOf(opened), undefined)
    const { space } = await access(own(), alice)
    assert.deepEqual(
      space?.openings.map(({ capabilities }) => capabilities),
      [['read', 'list']],
    )
    await write('auth/token/revoke', { token: opener })
    assert.deepEqual((await access(own(), alice)).space?.openings, [])
  })

  it('in a shared folder is told to its members by group, without names of people', async () => {
    const told = await access(shared, bob)
    assert.equal(told.shown, 'groups')
    assert.deepEqual(new Set(told.holders.map(({ kind }) => kind)), new Set(['group']))
    assert.deepEqual(
      new Set(told.holders.map(({ name, capabilities }) => `${name}: ${capabilities.join()}`)),
      new Set([
        `${example.vo}: read,list,scan`,
        `${example.vo}:role=manager: create,read,update,delete,list,scan`,
      ]),
    )
    assert.ok(told.holders.every(({ members }) => members === undefined))
    assert.deepEqual(
      new Set((await access(shared)).holders.map(({ kind }) => kind)),
      new Set(['group', 'entity', 'token']),
    )
  })

  it('in a cubbyhole is nobody but the token itself', async () => {
    const told = await access('cubbyhole/x', alice)
    assert.deepEqual([told.shown, told.holders], ['token', []])
  })

  it('is told to nobody who could do nothing there', async () => {
    for (const path of ['kv/x', `secrets/vos/other/x`, 'sys/mounts']) {
      assert.equal(codeOf(await asked(path, bob)), 'policy_denied')
      const others = await server.ask('read', `sys/policies/access/${path}`, { token: bob })
      assert.equal(codeOf(others), 'policy_denied')
    }
    const nowhere = await asked('nowhere/x', admin)
    assert.equal(codeOf(nowhere), 'no_handler')
    const told = await access('kv/x', alice)
    assert.deepEqual(shownOf(told), [['group', 'crew', 'read,list']])
  })
})
