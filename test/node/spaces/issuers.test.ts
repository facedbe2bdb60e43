import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { SpacesSettings } from '../../../src/core/spaces/settings.ts'
import { example, examplePeople, membership } from '../../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { ensureLocalCertificate } from '../../../src/http/tls/local.ts'
import { codeOf, dataOf, startTestNode, type TestNode } from '../../support/node.ts'
import { idOf, logIn, movableClock, settingsFor, tryLogin } from '../../support/spaces.ts'

const alice = idOf('alice')
const inHouse = { name: 'first', authoritative: true }
const textOf = (reply: unknown) => (reply instanceof Error ? reply.message : '')

describe('two providers that call different people by the same name', () => {
  let first: DemoProvider
  let second: DemoProvider

  before(async () => {
    first = await startProvider({ port: 0 })
    // Whoever runs it can call anybody alice, and give them any group.
    second = await startProvider({ port: 0, people: examplePeople })
  })
  after(async () => {
    await first.stop()
    await second.stop()
  })

  const started = async (spaces: SpacesSettings[]) => startTestNode({ spaces, clock: movableClock() })
  const one = (changes: Partial<SpacesSettings> = {}) => settingsFor(first.issuer, { ...inHouse, ...changes })
  const other = (changes: Partial<SpacesSettings> = {}) =>
    settingsFor(second.issuer, { name: 'second', vos: [], ...changes })
  const nameOf = async (server: TestNode, token: string) =>
    String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).display_name)
  const entityOf = async (server: TestNode, token: string) =>
    String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)

  const write = async (server: TestNode, token: string, folder: string) =>
    codeOf(await server.ask('write', `secrets/${folder}/db`, { token, fields: { k: folder } }))
  const read = async (server: TestNode, token: string, folder: string) =>
    codeOf(await server.ask('read', `secrets/${folder}/db`, { token }))

  /** Each has a folder of their own, and neither gets into the other one's. */
  async function apart(server: TestNode, tokens: [string, string], folders: [string, string]): Promise<void> {
    const [mine, theirs] = tokens
    const [here, there] = folders
    assert.equal(await write(server, mine, here), undefined)
    assert.equal(await write(server, theirs, there), undefined)
    assert.equal(await read(server, mine, here), undefined)
    assert.equal(await read(server, mine, there), 'policy_denied')
    assert.equal(await read(server, theirs, here), 'policy_denied')
    assert.equal(await write(server, theirs, here), 'policy_denied')
    const policy = 'path "*" { capabilities = ["create", "read", "update", "list"] }'
    await server.ask('write', 'sys/policies/acl/all', { fields: { policy } })
    const entity = await entityOf(server, theirs)
    await server.ask('write', `identity/entity/id/${entity}`, { fields: { policies: ['all'] } })
    assert.equal(await read(server, theirs, here), 'policy_denied')
    assert.notEqual(entity, await entityOf(server, mine))
  }

  test('share the folder of people, where one is authoritative and has the bare names', async () => {
    const server = await started([one(), other({ authPath: 'second' })])
    // The other one is there first, and still does not get the name.
    const theirs = await logIn(server, second, 'alice', { path: 'second' })
    const mine = await logIn(server, first, 'alice')
    await apart(server, [mine, theirs], [`users/${alice}`, `users/${alice}=second`])
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/users/', { token: theirs })), {
      keys: [`${alice}=second/`],
    })
    assert.equal(await nameOf(server, mine), `jwt-${alice}`)
    assert.equal(await nameOf(server, theirs), `second-${alice}=second`)
    await server.stop()
  })

  test('each have a folder of people of their own', async () => {
    const server = await started([
      one({ authoritative: false }),
      other({ authPath: 'second', peopleFolder: 'guests' }),
    ])
    const mine = await logIn(server, first, 'alice')
    const theirs = await logIn(server, second, 'alice', { path: 'second' })
    await apart(server, [mine, theirs], [`users/${alice}`, `guests/${alice}`])
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/guests/', { token: theirs })), {
      keys: [`${alice}/`],
    })
    for (const folder of ['secrets/guests', 'secrets/guests/', 'secrets/users/', 'secrets/users']) {
      assert.equal(codeOf(await server.ask('list', folder)), 'not_found', folder)
    }
    assert.equal(codeOf(await server.ask('read', `secrets/guests/${alice}/db`)), 'policy_denied')
    await server.stop()
  })

  test('share one login, where the token says whose it is', async () => {
    const server = await started([one(), other()])
    const mine = await logIn(server, first, 'alice')
    const theirs = await logIn(server, second, 'alice')
    await apart(server, [mine, theirs], [`users/${alice}`, `users/${alice}=second`])
    const name = await nameOf(server, theirs)
    assert.equal(name, `jwt-${alice}=second`)
    assert.equal(name.split('-').length, 2)
    const { other_issuers: others } = dataOf(await server.ask('read', 'auth/jwt/config')) as {
      other_issuers: { oidc_discovery_url: string }[]
    }
    assert.deepEqual(
      others.map((issuer) => issuer.oidc_discovery_url),
      [second.issuer],
    )
    await server.stop()
  })

  test('of one login use neither each other’s keys nor each other’s roles', async () => {
    const server = await started([one(), other()])
    const refused = async (...args: Parameters<typeof tryLogin>) => textOf(await tryLogin(...args))
    assert.match(await refused(server, second, 'alice', { role: 'default' }), /is for another issuer/)
    assert.match(await refused(server, first, 'alice', { role: 'default.second' }), /is for another issuer/)
    // Signed by the one, and said to be of the other.
    const claims = { iss: first.issuer }
    assert.match(await refused(server, second, 'alice', { claims }), /token signature/)
    const reverse = { iss: second.issuer }
    assert.match(await refused(server, first, 'alice', { claims: reverse }), /token signature/)
    for (const iss of ['', `${first.issuer}/`, undefined, null, [second.issuer], { $ne: '' }]) {
      const reply = await tryLogin(server, second, 'alice', { claims: { iss } })
      assert.ok(codeOf(reply) !== undefined, JSON.stringify(iss))
    }
    await server.stop()
  })

  test('of one login cannot put people into each other’s organisations', async () => {
    const vo = `secrets/vos/${example.vo}/shared`
    const server = await started([one(), other({ vos: [{ name: 'second.org', readers: example.vo }] })])
    const manager = await logIn(server, first, 'alice')
    assert.equal(codeOf(await server.ask('write', vo, { token: manager, fields: { k: 'v' } })), undefined)
    const theirs = await logIn(server, second, 'alice')
    assert.equal(codeOf(await server.ask('read', vo, { token: theirs })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', 'secrets/vos/second.org/x', { token: theirs })), 'not_found')
    assert.equal(
      codeOf(await server.ask('read', 'secrets/vos/second.org/x', { token: manager })),
      'policy_denied',
    )
    await server.stop()
  })

  test('of one login cannot name each other’s groups', async () => {
    const plain = { groupsClaim: 'groups', groupsFromUserinfo: false, groupsFormat: 'plain' } as const
    const server = await started([
      one({ ...plain, vos: [{ name: 'a', readers: 'staff' }] }),
      other({ ...plain, vos: [{ name: 'b', readers: 'staff' }] }),
    ])
    const reads = async (provider: DemoProvider, groups: string[]) => {
      const token = await logIn(server, provider, 'alice', { claims: { groups } })
      const codes = []
      for (const name of ['a', 'b'])
        codes.push(codeOf(await server.ask('read', `secrets/vos/${name}/x`, { token })))
      return codes.map((code) => code === 'not_found')
    }
    assert.deepEqual(await reads(first, ['staff']), [true, false])
    assert.deepEqual(await reads(second, ['staff']), [false, true])
    assert.deepEqual(await reads(first, ['staff==second']), [false, false])
    assert.deepEqual(await reads(second, ['staff==second', 'staff==first', 'staff==']), [false, false])
    await server.stop()
  })

  test('are refused where it is not said who has the names', async () => {
    const share = /2 blocks share the folder "secrets\/users": exactly one must be authoritative/
    const login = /2 blocks share the login "jwt": exactly one must be authoritative/
    const refused = async (spaces: SpacesSettings[], message: RegExp) => {
      await assert.rejects(started(spaces), { code: 'invalid_config', message })
    }
    await refused([one({ authoritative: false }), other({ authPath: 'second' })], share)
    await refused([one(), other({ authPath: 'second', authoritative: true })], share)
    await refused([one({ authoritative: false }), other({ peopleFolder: 'guests' })], login)
    await refused([one(), other({ name: 'a-b' })], /its name follows the names of its people/)
  })

  test('a login method of the API opens a space by the same issuer and claim, but not by an authority of its own', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'coffer-provider-'))
    t.after(() => rm(folder, { recursive: true }))
    const files = await ensureLocalCertificate(folder, [], Date.now())
    const [ca, pair] = await Promise.all([readFile(files.ca, 'utf8'), readFile(files.server, 'utf8')])
    const secure = await startProvider({ port: 0, tls: { cert: pair, key: pair } })
    const spaces = { issuer: secure.issuer, issuerCa: ca, name: 'secure', peopleFolder: 'guests' }
    const server = await started([one({ authPath: 'plain' }), one({ ...spaces, vos: [] })])
    const reads = async (provider: DemoProvider, path: string, authority: object) => {
      await server.ask('write', `sys/auth/${path}`, { fields: { type: 'jwt' } })
      const config = { oidc_discovery_url: provider.issuer, ...authority }
      assert.equal(codeOf(await server.ask('write', `auth/${path}/config`, { fields: config })), undefined)
      const role = {
        role_type: 'jwt',
        user_claim: 'voperson_id',
        bound_audiences: ['coffer'],
        token_policies: ['all'],
      }
      assert.equal(codeOf(await server.ask('write', `auth/${path}/role/r`, { fields: role })), undefined)
      const token = await logIn(server, provider, 'alice', { path, role: 'r' })
      return read(server, token, provider === secure ? `guests/${alice}` : `users/${alice}`)
    }
    const policy = 'path "secrets/*" { capabilities = ["read"] }'
    await server.ask('write', 'sys/policies/acl/all', { fields: { policy } })
    await write(server, await logIn(server, first, 'alice', { path: 'plain' }), `users/${alice}`)
    const own = await logIn(server, secure, 'alice')
    assert.equal(await write(server, own, `guests/${alice}`), undefined)
    assert.equal(await reads(first, 'another', {}), undefined)
    assert.equal(await reads(secure, 'trusting', { oidc_discovery_ca_pem: ca }), 'policy_denied')
    await server.stop()
    await secure.stop()
  })
})

describe('a person’s name', () => {
  let provider: DemoProvider
  let server: TestNode

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({ spaces: [settingsFor(provider.issuer)], clock: movableClock() })
    await server.ask('write', `secrets/users/${alice}/db`, {
      token: await logIn(server, provider, 'alice'),
      fields: { k: 'v' },
    })
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const called = (value: unknown) => tryLogin(server, provider, 'bob', { claims: { voperson_id: value } })

  test('that would mean something to paths or policies opens nothing, and makes no space', async () => {
    const names = [
      '*',
      '+',
      '..',
      '.',
      '...',
      '/',
      'a/b',
      `../${alice}`,
      `${alice}/db`,
      `${alice}/*`,
      'al*',
      '%2e%2e',
      alice.replace('@', '%40'),
      `${alice}%00`,
      'a\u0000b',
      'a b',
      'a\tb',
      'a=b',
      'a~b',
      '{{identity.entity.id}}',
      '\u0430lice',
      '\uff0e\uff0e',
      `${alice}\u200b`,
      'é',
      'x'.repeat(257),
      '',
      ['a'],
      { a: 1 },
      7,
      null,
    ]
    for (const name of names) {
      assert.ok(
        ['forbidden', 'invalid_request'].includes(codeOf(await called(name)) ?? ''),
        JSON.stringify(name),
      )
    }
  })

  test('in another case, or that looks alike, is another person', async () => {
    for (const name of [alice.toUpperCase(), `${alice}.`, `.${alice}`, alice.slice(1)]) {
      const token = await logIn(server, provider, 'bob', { claims: { voperson_id: name } })
      assert.equal(
        codeOf(await server.ask('read', `secrets/users/${alice}/db`, { token })),
        'policy_denied',
        name,
      )
      assert.deepEqual(dataOf(await server.ask('list', 'secrets/users/', { token })), { keys: [`${name}/`] })
    }
  })

  test('with dashes makes a display name with one dash, which names the folder', async () => {
    const id = '123e4567-e89b-12d3-a456-426614174000'
    const token = await logIn(server, provider, 'bob', { claims: { voperson_id: id } })
    const name = String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).display_name)
    const [method, folder, ...more] = name.split('-')
    assert.deepEqual([method, more], ['jwt', []])
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/users/', { token })), { keys: [`${folder}/`] })
    const path = `secrets/users/${folder}/db`
    assert.equal(codeOf(await server.ask('write', path, { token, fields: { k: 'v' } })), undefined)
    const twin = await logIn(server, provider, 'bob', { claims: { voperson_id: id.replaceAll('-', '_') } })
    assert.equal(codeOf(await server.ask('read', path, { token: twin })), 'policy_denied')
  })

  test('in policies of others that attack it with templates and wildcards opens nothing', async () => {
    const token = await logIn(server, provider, 'bob')
    const { entity_id: entity } = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    const { data } = (await server.ask('read', 'sys/auth/jwt')) as { data: { accessor: string } }
    const rule = (path: string) => `path "${path}" { capabilities = ["create", "read", "update", "list"] }`
    const rules = [
      rule('secrets/users/{{identity.entity.metadata.to}}/*'),
      rule('secrets/{{identity.entity.metadata.to}}'),
      rule('{{identity.entity.metadata.to}}'),
      rule('secrets/users/{{identity.groups.names}}/*'),
      rule(`secrets/users/{{identity.entity.aliases.${data.accessor}.custom_metadata.to}}/*`),
      rule(`secrets/users/${alice}/*`),
      rule('secrets/users/+/db'),
      rule('secrets/+/+/*'),
      rule('*'),
    ].join('\n')
    assert.equal(
      codeOf(await server.ask('write', 'sys/policies/acl/attack', { fields: { policy: rules } })),
      undefined,
    )
    await server.ask('write', 'identity/group', {
      fields: { name: alice, member_entity_ids: [String(entity)] },
    })
    for (const to of ['*', '+', alice, `${alice}/db`, `../users/${alice}`, '%2a']) {
      const change = { policies: ['attack'], metadata: { to } }
      await server.ask('write', `identity/entity/id/${entity}`, { fields: change })
      for (const verb of ['read', 'list', 'delete', 'write'] as const) {
        const path = verb === 'list' ? `secrets/users/${alice}/` : `secrets/users/${alice}/db`
        const reply = await server.ask(verb, path, {
          token,
          ...(verb === 'write' ? { fields: { k: 'w' } } : {}),
        })
        assert.equal(codeOf(reply), 'policy_denied', `${verb} with ${to}`)
      }
    }
    const mine = await logIn(server, provider, 'alice')
    assert.deepEqual(dataOf(await server.ask('read', `secrets/users/${alice}/db`, { token: mine })), {
      k: 'v',
    })
  })
})

describe('the audience of a token', () => {
  let provider: DemoProvider
  before(async () => {
    provider = await startProvider({ port: 0 })
  })
  after(() => provider.stop())

  const started = (changes: Partial<SpacesSettings>) =>
    startTestNode({ spaces: [settingsFor(provider.issuer, changes)], clock: movableClock() })

  test('must be bound, so that no other service can replay it', async () => {
    const server = await started({})
    const reply = await tryLogin(server, provider, 'alice', { audience: 'another service' })
    assert.match(textOf(reply), /audience claim does not match/)
    await server.stop()
    for (const changes of [{ boundAudiences: [] }, { allowAnyAudience: true }]) {
      await assert.rejects(started(changes), {
        code: 'invalid_config',
        message: /must either bind audiences or allow any in as many words/,
      })
    }
  })

  test('may be any or none where that is said in as many words, and then everything else still holds', async () => {
    const server = await started({ boundAudiences: [], allowAnyAudience: true })
    assert.match(server.reports.join(), /tokens made for any audience are taken/)
    await logIn(server, provider, 'alice', { audience: 'another service' })
    await logIn(server, provider, 'alice', { claims: { aud: undefined } })
    await logIn(server, provider, 'alice', { claims: { aud: ['a', 'b'] } })
    const role = dataOf(await server.ask('read', 'auth/jwt/role/default'))
    assert.deepEqual([role.allow_any_audience, role.bound_audiences], [true, []])
    const expired = await tryLogin(server, provider, 'alice', { now: Date.now() - 7_200_000 })
    assert.match(textOf(expired), /token is expired/)
    await server.stop()
  })
})

describe('a former member of an organisation', () => {
  test('loses it at the next login, and otherwise when the token’s time is over', async () => {
    const provider = await startProvider({ port: 0 })
    const clock = movableClock()
    const server = await startTestNode({
      spaces: [settingsFor(provider.issuer, { tokenTtl: 600, tokenMaxTtl: 900 })],
      clock,
    })
    const path = `secrets/vos/${example.vo}/shared`
    const reads = async (token: string) => codeOf(await server.ask('read', path, { token }))
    const fresh = () => logIn(server, provider, 'bob', { now: clock.now() })
    const token = await fresh()
    assert.equal(await reads(token), 'not_found')
    provider.change('bob', { entitlements: [] })
    assert.equal(await reads(token), 'not_found')
    clock.ahead(599_000)
    assert.equal(codeOf(await server.ask('write', 'auth/token/renew-self', { token, fields: {} })), undefined)
    assert.equal(await reads(token), 'not_found')
    clock.ahead(302_000)
    assert.equal(await reads(token), 'permission_denied')
    assert.equal(await reads(await fresh()), 'policy_denied')
    provider.change('bob', { entitlements: membership('member') })
    assert.equal(await reads(await fresh()), 'not_found')
    await server.stop()
    await provider.stop()
  })
})
