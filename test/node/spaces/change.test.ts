import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { SpacesSettings } from '../../../src/core/spaces/settings.ts'
import { example, examplePeople } from '../../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { limits } from '../../../src/storage/etcd/writer/limits.ts'
import { checkCommit } from '../../../src/storage/limits.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { eventsFor, idOf, logIn, movableClock, settingsFor, tryLogin } from '../../support/spaces.ts'

const alice = idOf('alice')
const bob = idOf('bob')
const secret = `secrets/users/${alice}/db`

let first: DemoProvider
let second: DemoProvider
let server: TestNode
/** A token that alice got before anything changed. */
let held: string
/** Keys of all that was written. */
let written: string[]
/** Commits for spaces that still succeed. */
let failAfter = Number.POSITIVE_INFINITY

before(async () => {
  first = await startProvider({ port: 0 })
  second = await startProvider({ port: 0 })
})
after(async () => {
  await first.stop()
  await second.stop()
})

const usual = (changes: Partial<SpacesSettings> = {}) => settingsFor(first.issuer, changes)
const other = (changes: Partial<SpacesSettings> = {}) =>
  settingsFor(second.issuer, { name: 'second', vos: [], authPath: 'second', ...changes })
const read = async (token: string, path = secret) => codeOf(await server.ask('read', path, { token }))
const kinds = async (token: string) => (await eventsFor(server, token)).map(({ kind }) => kind)

async function begin(spaces: SpacesSettings[] = [usual()]): Promise<void> {
  written = []
  failAfter = Number.POSITIVE_INFINITY
  server = await startTestNode({
    spaces,
    clock: movableClock(),
    wrap: (store) => ({
      ...store,
      commit(commit) {
        // What every store takes, and etcd no more.
        checkCommit(commit, limits)
        if (commit.put?.some(({ key }) => key === 'ns/root/spaces/table') && failAfter-- <= 0)
          throw new Error('not now')
        written.push(...(commit.put ?? []).map(({ key }) => key), ...(commit.delete ?? []))
        return store.commit(commit)
      },
    }),
  })
  held = await logIn(server, first, 'alice')
  await server.ask('write', secret, { token: held, fields: { k: 'v' } })
  assert.deepEqual(await kinds(held), [])
}

/** Nobody but alice is in, whatever was changed. */
async function closedToOthers(path = secret): Promise<void> {
  await server.ask('write', 'sys/policies/acl/all', {
    fields: { policy: 'path "*" { capabilities = ["read", "list", "sudo"] }' },
  })
  const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['all'] } })
  for (const token of [server.root, tokenOf(made)]) assert.equal(await read(token, path), 'policy_denied')
}

describe('a changed spaces configuration', () => {
  beforeEach(() => begin())
  const restarted = async (spaces: SpacesSettings[]) => server.restart(spaces)
  const refused = async (spaces: SpacesSettings[], message: RegExp) => {
    await assert.rejects(server.restart(spaces), { code: 'invalid_config', message })
    await restarted([usual()])
    assert.equal(await read(held), undefined)
    assert.deepEqual(await kinds(held), [])
    await server.stop()
  }

  test('that is the same as before writes nothing and is no event', async () => {
    for (const spaces of [[usual()], [usual({ authoritative: true }), other()], [usual()], []]) {
      await restarted(spaces)
      written = []
      await restarted(spaces)
      assert.deepEqual(
        written.filter((key) => key.startsWith('ns/')),
        [],
      )
      assert.deepEqual(server.reports, [])
    }
    await server.stop()
    await begin()
    await restarted([usual()])
    assert.deepEqual(await kinds(held), [])
    assert.equal(await read(await logIn(server, first, 'alice')), undefined)
    await server.stop()
  })

  test('of the issuer lets nobody of the new one in, and the owners can read of it', async () => {
    await restarted([usual({ issuer: second.issuer })])
    assert.match(server.reports.join(), /trusts another issuer or claim/)
    const reply = await tryLogin(server, second, 'alice')
    assert.equal(codeOf(reply), 'forbidden')
    assert.match(String(reply), /belongs to a person of another identity provider/)
    await closedToOthers()
    const [event, ...more] = await eventsFor(server, held)
    assert.deepEqual(more, [])
    assert.deepEqual(
      { kind: event?.kind, before: event?.before, after: event?.after, by: event?.by },
      {
        kind: 'provider_changed',
        before: { claim: 'voperson_id', issuer: first.issuer },
        after: { claim: 'voperson_id', issuer: second.issuer },
        by: undefined,
      },
    )
    // Who comes later was not concerned.
    const late = await logIn(server, second, 'bob')
    assert.deepEqual(await kinds(late), [])
    assert.equal(await read(late, `sys/spaces/events/${event?.id}`), 'not_found')
    await restarted([usual()])
    const page = await server.ask('list', 'sys/spaces/events', { token: late, fields: { limit: 1 } })
    assert.equal((dataOf(page).keys as string[]).length, 1)
    const token = await logIn(server, first, 'alice')
    assert.equal(await read(token), undefined)
    assert.deepEqual(await kinds(token), ['provider_changed', 'provider_changed'])
    assert.equal(codeOf(await tryLogin(server, first, 'bob')), 'forbidden')
    await server.stop()
  })

  test('of the claim lets nobody in whom the other claim names so', async () => {
    await restarted([usual({ personClaim: 'nickname' })])
    const claims = { nickname: alice }
    assert.equal(codeOf(await tryLogin(server, first, 'bob', { claims })), 'forbidden')
    await closedToOthers()
    assert.deepEqual(await kinds(held), ['provider_changed'])
    await server.stop()
  })

  test('without a provider ends its logins and policies, and what people own stays closed', async () => {
    await restarted([])
    assert.equal(codeOf(await tryLogin(server, first, 'alice')), 'invalid_request')
    const renewal = await server.ask('write', 'auth/token/renew-self', { token: held, fields: {} })
    assert.ok(codeOf(renewal) !== undefined)
    assert.equal(await read(held), 'policy_denied')
    await closedToOthers()
    assert.equal(codeOf(await server.ask('delete', 'sys/mounts/secrets')), 'invalid_request')
    assert.equal(codeOf(await server.ask('list', 'secrets/users/')), 'not_found')
    await restarted([usual()])
    const token = await logIn(server, first, 'alice')
    assert.equal(await read(token), undefined)
    assert.deepEqual(await kinds(token), ['provider_removed', 'provider_added'])
    await server.stop()
  })

  test('without an organisation ends the access of its members at once', async () => {
    const path = `secrets/vos/${example.vo}/x`
    assert.equal(await read(held, path), 'not_found')
    await restarted([usual({ vos: [] })])
    assert.equal(await read(held, path), 'policy_denied')
    assert.equal(await read(await logIn(server, first, 'alice'), path), 'policy_denied')
    await server.stop()
  })

  test('of the role that writes takes it from those who had it, and of the group that reads as well', async () => {
    const path = `secrets/vos/${example.vo}/x`
    const write = async () => codeOf(await server.ask('write', path, { token: held, fields: { v: 1 } }))
    const [vo] = usual().vos
    assert.ok(vo)
    assert.equal(await write(), undefined)
    for (const writers of [`${example.vo}:role=other`, undefined]) {
      await restarted([usual({ vos: [{ ...vo, writers }] })])
      assert.equal(await write(), 'policy_denied', String(writers))
      assert.equal(await read(held, path), undefined)
      await restarted([usual()])
      assert.equal(await write(), undefined)
    }
    await restarted([usual({ vos: [{ ...vo, readers: 'other', writers: 'other' }] })])
    assert.equal(await read(held, path), 'policy_denied')
    await server.stop()
  })

  test('of many organisations is carried out on every store, and again where it was left', async () => {
    const vos = (role: string) =>
      Array.from({ length: 30 }, (_, i) => ({
        name: `vo${i}`,
        readers: i === 29 ? example.vo : `vo${i}`,
        writers: `${example.vo}:role=${i === 29 ? role : 'none'}`,
      }))
    const path = 'secrets/vos/vo29/x'
    const write = async () => codeOf(await server.ask('write', path, { token: held, fields: { v: 1 } }))
    await restarted([usual({ vos: vos('manager') })])
    assert.equal(await write(), undefined)
    for (const after of [vos('other'), [], vos('manager')]) {
      for (let left = 0; left < 2; left++) {
        failAfter = left
        await assert.rejects(restarted([usual({ vos: after })]), /not now/)
      }
      failAfter = Number.POSITIVE_INFINITY
      await restarted([usual({ vos: after })])
      assert.equal(
        await write(),
        after.length > 0 && after[29]?.writers?.endsWith('manager') ? undefined : 'policy_denied',
      )
    }
    const { keys } = dataOf(await server.ask('list', 'sys/policies/acl'))
    assert.equal((keys as string[]).filter((name) => name.startsWith('spaces-')).length, 61)
    await restarted([usual({ vos: [] })])
    const left = dataOf(await server.ask('list', 'sys/policies/acl')).keys as string[]
    assert.deepEqual(
      left.filter((name) => name.startsWith('spaces-')),
      ['spaces-example'],
    )
    const group = await server.ask('read', `identity/group/name/${example.vo}`)
    assert.deepEqual(dataOf(group).policies, [])
    await server.stop()
  })

  test('of the mount moves it with all that is in it, what was opened included', async () => {
    const { id } = dataOf(
      await server.ask('write', 'sys/spaces/open', {
        fields: { space: `secrets/users/${alice}`, reason: 'r', ttl: '1m' },
      }),
    )
    await restarted([usual({ mount: 'vault', authPath: 'oidc' })])
    assert.match(server.reports.join(), /the spaces at "secrets\/" moved to "vault\/"/)
    const moved = `vault/users/${alice}/db`
    const token = await logIn(server, first, 'alice', { path: 'oidc' })
    assert.equal(await read(token, moved), undefined)
    assert.equal(await read(held, moved), undefined)
    assert.equal(await read(server.root, moved), undefined)
    const opened = dataOf(await server.ask('read', `sys/spaces/open/${id}`))
    assert.equal(opened.space, `vault/users/${alice}/`)
    assert.equal(codeOf(await server.ask('delete', `sys/spaces/open/${id}`)), undefined)
    await closedToOthers(moved)
    assert.deepEqual(await kinds(token), ['opened', 'mount_moved', 'closed'])
    const event = (await eventsFor(server, token))[1]
    assert.deepEqual([event?.before, event?.after], ['secrets/', 'vault/'])
    // Something else where the spaces were is nothing of theirs.
    await server.ask('write', 'sys/mounts/secrets', { fields: { type: 'kv' } })
    assert.equal(codeOf(await server.ask('read', secret)), 'not_found')
    await server.stop()
  })

  test('of the mount to a path in use is refused, and nothing has changed', async () => {
    await server.ask('write', 'sys/mounts/team/kv', { fields: { type: 'kv' } })
    for (const mount of ['team/kv', 'team', 'team/kv/inner', 'sys', 'auth/x', 'cubbyhole']) {
      await assert.rejects(server.restart([usual({ mount })]), { code: 'invalid_config', message: /in use/ })
    }
    await refused([usual({ authPath: 'token' })], /"token\/", which is in use/)
  })

  test('of the name of a block is refused', async () => {
    await refused([usual({ name: 'renamed' })], /needs the mount "secrets\/", which is in use/)
  })

  test('of the folder of people is refused while people own something there', async () => {
    await refused([usual({ peopleFolder: 'guests' })], /people_folder was "users"/)
  })

  test('that takes the bare names from those who have them is refused', async () => {
    await refused([usual(), other({ authoritative: true })], /"example": it must stay authoritative/)
  })

  test('that leaves a shared mount behind is refused', async () => {
    await restarted([usual({ authoritative: true }), other()])
    await assert.rejects(server.restart([usual({ authoritative: true }), other({ mount: 'elsewhere' })]), {
      code: 'invalid_config',
      message: /cannot leave the mount "secrets\/"/,
    })
    await server.stop()
  })

  test('with one more provider is an event, and its people get no name that is taken', async () => {
    await restarted([usual({ authoritative: true }), other()])
    assert.deepEqual(await kinds(held), ['provider_added'])
    const token = await logIn(server, second, 'alice', { path: 'second' })
    assert.equal(await read(token), 'policy_denied')
    // The name on the other login is not hers.
    const { data } = (await server.ask('read', 'sys/auth/second')) as { data: { accessor: string } }
    const fields = { name: alice, mount_accessor: data.accessor }
    assert.equal(codeOf(await server.ask('write', 'identity/entity-alias', { fields })), undefined)
    assert.deepEqual(await kinds(held), ['provider_added'])
    // Left alone later, it keeps the names that its people have.
    await restarted([other()])
    const again = await logIn(server, second, 'alice', { path: 'second' })
    assert.deepEqual(dataOf(await server.ask('list', 'secrets/users/', { token: again })), {
      keys: [`${alice}=second/`],
    })
    await closedToOthers()
    await server.stop()
  })
})

test('a person with hundreds of entitlements logs in on every store', async () => {
  await begin()
  const entitlements = examplePeople[0]?.entitlements ?? []
  const others = Array.from(
    { length: 400 },
    (_, i) => `${example.namespace}:group:vo${i}:role=member#aai.example.org`,
  )
  first.change('alice', { entitlements: [...others, ...entitlements] })
  const token = await logIn(server, first, 'alice')
  first.change('alice', { entitlements })
  assert.equal(await read(token, `secrets/vos/${example.vo}/x`), 'not_found')
  const { identity_policies: policies } = dataOf(
    await server.ask('read', 'auth/token/lookup-self', { token }),
  )
  assert.equal((policies as string[]).length, 2)
  await server.stop()
})

describe('what an operator can change through the API', () => {
  before(() => begin())
  after(() => server.stop())

  const accessor = async () => {
    const { data } = (await server.ask('read', 'sys/auth/jwt')) as { data: { accessor: string } }
    return data.accessor
  }
  const entityOf = async (token: string) =>
    String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
  const aliasOf = async (entity: string) => {
    const { aliases } = dataOf(await server.ask('read', `identity/entity/id/${entity}`)) as {
      aliases: { id: string; name: string }[]
    }
    return aliases[0] ?? assert.fail('an entity of a login has an alias')
  }
  const last = async () => (await eventsFor(server, await logIn(server, first, 'alice'))).at(-1)
  /** A token of an entity, by which policies and templates of the entity hold. */
  const intruder = () => logIn(server, first, 'bob')

  test('does not move, remove or replace the mounts of spaces', async () => {
    for (const path of ['sys/mounts/secrets', 'sys/auth/jwt']) {
      assert.equal(codeOf(await server.ask('delete', path)), 'invalid_request', path)
    }
    for (const [from, to] of [
      ['secrets', 'elsewhere'],
      ['secrets/', 'elsewhere/'],
      ['auth/jwt', 'auth/other'],
    ]) {
      const reply = await server.ask('write', 'sys/remount', { fields: { from: `${from}`, to: `${to}` } })
      assert.equal(codeOf(reply), 'invalid_request', `${from}`)
    }
    await server.ask('write', 'sys/mounts/mine', { fields: { type: 'kv' } })
    for (const to of ['secrets', 'secrets/users', `secrets/users/${alice}`]) {
      const fields = { from: 'mine', to }
      assert.equal(codeOf(await server.ask('write', 'sys/remount', { fields })), 'invalid_request', to)
      const mount = await server.ask('write', `sys/mounts/${to}`, { fields: { type: 'kv' } })
      assert.equal(codeOf(mount), 'invalid_request', to)
    }
    await closedToOthers()
  })

  test('shows no names of others, however the mount is tuned', async () => {
    const fields = { show_all_names: true, description: 'd' }
    assert.equal(codeOf(await server.ask('write', 'sys/mounts/secrets/tune', { fields })), undefined)
    for (const path of ['secrets/users', 'secrets/users/']) {
      assert.equal(codeOf(await server.ask('list', path)), 'not_found', path)
    }
    await closedToOthers()
  })

  test('of an alias is an event to the owner, and moves no space', async () => {
    const mine = await entityOf(held)
    const { id, name } = await aliasOf(mine)
    assert.equal(name, alice)
    const rename = (to: string) =>
      server.ask('write', `identity/entity-alias/id/${id}`, { fields: { name: to } })
    assert.equal(codeOf(await rename('somebody')), undefined)
    const event = await last()
    assert.deepEqual(
      [event?.kind, event?.before, event?.after, (event?.by as { display_name?: string })?.display_name],
      ['alias_renamed', alice, 'somebody', 'root'],
    )
    // Logging in above made an entity of its own for the name, so that it cannot be taken back.
    assert.equal(codeOf(await rename(alice)), 'invalid_request')
    await closedToOthers()

    const now = await aliasOf(await entityOf(await logIn(server, first, 'alice')))
    await server.ask('delete', `identity/entity-alias/id/${now.id}`)
    const theirs = await intruder()
    await server.ask('delete', `identity/entity-alias/id/${(await aliasOf(await entityOf(theirs))).id}`)
    const claim = await server.ask('write', 'identity/entity-alias', {
      fields: { name: alice, mount_accessor: await accessor(), canonical_id: await entityOf(theirs) },
    })
    assert.equal(codeOf(claim), undefined)
    assert.equal(await read(theirs), 'policy_denied')
    assert.equal(
      codeOf(await server.ask('list', `secrets/users/${alice}/`, { token: theirs })),
      'policy_denied',
    )
    const events = (await eventsFor(server, await logIn(server, first, 'alice'))).map(({ kind }) => kind)
    assert.deepEqual(events.slice(-2), ['alias_removed', 'alias_created'])
  })

  test('by a merge or removal of entities is an event to the owner, and joins no spaces', async () => {
    await server.ask('delete', `identity/entity/id/${await entityOf(await logIn(server, first, 'alice'))}`)
    assert.equal((await last())?.kind, 'alias_removed')
    const mine = await entityOf(await logIn(server, first, 'alice'))
    const made = dataOf(await server.ask('write', 'identity/entity', { fields: { name: 'operator' } }))
    const merge = (from: string, to: string, ...kept: string[]) =>
      server.ask('write', 'identity/entity/merge', {
        fields: { from_entity_ids: [from], to_entity_id: to, conflicting_alias_ids_to_keep: kept },
      })
    assert.equal(codeOf(await merge(mine, String(made.id))), undefined)
    const event = await last()
    assert.deepEqual([event?.kind, event?.before, event?.after], ['alias_merged', mine, made.id])
    const theirs = await intruder()
    const to = await entityOf(theirs)
    const from = await entityOf(await logIn(server, first, 'alice'))
    assert.equal(codeOf(await merge(from, to, (await aliasOf(to)).id)), undefined)
    assert.equal((await last())?.kind, 'alias_removed')
    assert.equal(await read(theirs), 'policy_denied')
    assert.equal(await read(await intruder()), 'policy_denied')
    assert.equal(await read(await logIn(server, first, 'alice')), undefined)
    await closedToOthers()
    await closedToOthers(`secrets/users/${bob}/db`)
  })

  test('of names that nobody owns, or on other mounts, is no event', async () => {
    const count = (await eventsFor(server, await logIn(server, first, 'alice'))).length
    await server.ask('write', 'sys/auth/other', { fields: { type: 'jwt' } })
    const { data } = (await server.ask('read', 'sys/auth/other')) as { data: { accessor: string } }
    for (const [name, mount] of [
      [alice, data.accessor],
      ['nobody', await accessor()],
    ]) {
      const fields = { name: `${name}`, mount_accessor: `${mount}` }
      assert.equal(codeOf(await server.ask('write', 'identity/entity-alias', { fields })), undefined)
    }
    assert.equal((await eventsFor(server, await logIn(server, first, 'alice'))).length, count)
    const claims = { voperson_id: 'nobody' }
    assert.deepEqual(await kinds(await logIn(server, first, 'bob', { claims })), [])
  })
})
