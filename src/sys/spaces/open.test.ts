import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { eventsFor, idOf, logIn, movableClock, settingsFor, tryLogin } from '../../../test/support/spaces.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type DemoProvider, startProvider } from '../../demo/provider/provider.ts'
import type { Store } from '../../storage/store.ts'

const alice = idOf('alice')
const bob = idOf('bob')
const aliceSpace = `secrets/users/${alice}`
const secret = `${aliceSpace}/db`
const minute = 60_000

describe('sys/spaces/open', () => {
  let provider: DemoProvider
  let server: TestNode
  let store: ReturnType<typeof watched>
  const clock = movableClock()

  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({
      spaces: [settingsFor(provider.issuer)],
      clock,
      wrap: (inner) => {
        store = watched(inner)
        return store
      },
    })
    await server.ask('write', secret, { token: await owner(), fields: { password: 'x' } })
    await server.ask('write', `secrets/users/${bob}/db`, {
      token: await logIn(server, provider, 'bob'),
      fields: { password: 'y' },
    })
    const rules = `path "sys/spaces/open" { capabilities = ["update", "list", "sudo"] }
      path "sys/spaces/open/*" { capabilities = ["read", "delete", "sudo"] }
      path "secrets/*" { capabilities = ["create", "read", "update", "delete", "list"] }`
    await server.ask('write', 'sys/policies/acl/operator', { fields: { policy: rules } })
    await server.ask('write', 'sys/policies/acl/opener', {
      fields: { policy: 'path "sys/spaces/open" { capabilities = ["update", "sudo"] }' },
    })
    await server.ask('write', 'sys/policies/acl/no-sudo', {
      fields: { policy: rules.replaceAll(', "sudo"', '') },
    })
  })
  after(async () => {
    await server.stop()
    await provider.stop()
  })

  const now = () => clock.now()
  const owner = () => logIn(server, provider, 'alice', { now: now() })
  const operator = async (fields: JsonObject = {}) =>
    tokenOf(
      await server.ask('write', 'auth/token/create', {
        fields: { policies: ['operator'], ttl: '12h', ...fields },
      }),
    )
  const open = (token: string, fields: JsonObject = {}) =>
    server.ask('write', 'sys/spaces/open', {
      token,
      fields: { space: aliceSpace, reason: 'incident 7', ...fields },
    })
  const read = async (token: string, path = secret) => codeOf(await server.ask('read', path, { token }))
  const idsOpen = async () => {
    const reply = await server.ask('list', 'sys/spaces/open')
    return codeOf(reply) === 'not_found' ? [] : (dataOf(reply).keys as string[])
  }

  test('is for those with sudo, and for nobody without a token', async () => {
    const plain = await operator({ policies: ['no-sudo'] })
    assert.equal(codeOf(await open(plain)), 'policy_denied')
    assert.equal(codeOf(await open('')), 'permission_denied')
    assert.equal(codeOf(await open(await logIn(server, provider, 'bob', { now: now() }))), 'policy_denied')
    for (const verb of ['list', 'read', 'delete'] as const) {
      const path = verb === 'list' ? 'sys/spaces/open' : 'sys/spaces/open/x'
      assert.equal(codeOf(await server.ask(verb, path, { token: plain })), 'policy_denied', verb)
    }
  })

  test('lets the token that asked read and list, and its owner knows of it before that', async () => {
    const token = await operator({ display_name: 'on-call' })
    assert.equal(await read(token), 'policy_denied')
    const seen = (await eventsFor(server, await owner())).length
    const from = now()
    const opened = dataOf(await open(token, { ttl: '10m' }))
    const events = await eventsFor(server, await owner())
    assert.equal(events.length, seen + 1)
    const event = events.at(-1) as JsonObject
    const { data: about } = (await server.ask('read', 'auth/token/lookup-self', { token })) as {
      data: { accessor: string }
    }
    assert.equal(event.kind, 'opened')
    assert.equal(event.reason, 'incident 7')
    assert.deepEqual(event.by, {
      accessor: about.accessor,
      display_name: 'token-on-call',
      entity_id: '',
    })
    assert.deepEqual(event.capabilities, ['read', 'list'])
    assert.equal(event.until, opened.until)
    const left = Date.parse(String(event.until)) - Date.parse(String(event.time))
    assert.equal(left, 10 * minute)
    assert.ok(Date.parse(String(event.time)) >= from)
    assert.deepEqual(
      dataOf(await server.ask('read', `sys/spaces/events/${event.id}`, { token: await owner() })),
      event,
    )

    assert.equal(await read(token), undefined)
    assert.deepEqual(dataOf(await server.ask('list', `${aliceSpace}/`, { token })), { keys: ['db'] })
    const change = { token, fields: { password: 'z' } }
    assert.equal(codeOf(await server.ask('write', secret, change)), 'policy_denied')
    assert.equal(codeOf(await server.ask('write', `${aliceSpace}/new`, change)), 'policy_denied')
    assert.equal(codeOf(await server.ask('delete', secret, { token })), 'policy_denied')
  })

  test('allows what is asked for and nothing more', async () => {
    const token = await operator()
    dataOf(await open(token, { capabilities: ['update'] }))
    assert.equal(codeOf(await server.ask('write', secret, { token, fields: { password: 'x' } })), undefined)
    assert.equal(
      codeOf(await server.ask('write', `${aliceSpace}/new`, { token, fields: { a: 1 } })),
      'policy_denied',
    )
    assert.equal(await read(token), 'policy_denied')
    for (const capabilities of [['sudo'], ['*'], ['root'], [], ['read', 'deny']]) {
      assert.equal(codeOf(await open(token, { capabilities })), 'invalid_request', String(capabilities))
    }
  })

  test('costs no round trip more, for the owner and for whom it is open to', async () => {
    const mine = await owner()
    const token = await operator()
    dataOf(await open(token))
    for (const reader of [mine, token]) {
      assert.equal(await read(reader), undefined)
      const trips = store.trips()
      assert.equal(await read(reader), undefined)
      assert.equal(store.trips() - trips, 1)
    }
  })

  test('opens nothing that the policies of the token do not grant', async () => {
    const token = await operator({ policies: ['opener'] })
    dataOf(await open(token))
    assert.equal(await read(token), 'policy_denied')
  })

  test('is needed by root too', async () => {
    assert.equal(await read(server.root), 'policy_denied')
    const { id } = dataOf(await open(server.root))
    assert.equal(await read(server.root), undefined)
    assert.equal(codeOf(await server.ask('delete', `sys/spaces/open/${id}`)), undefined)
    assert.equal(await read(server.root), 'policy_denied')
  })

  test('opens to no other token: not another one’s, not a child, not its parent', async () => {
    const token = await operator()
    dataOf(await open(token))
    assert.equal(await read(token), undefined)
    const child = tokenOf(
      await server.ask('write', 'auth/token/create', { fields: { policies: ['operator'] } }),
    )
    for (const other of [await operator(), child, server.root])
      assert.equal(await read(other), 'policy_denied')
  })

  test('opens neither the neighbour, nor the folder of all people', async () => {
    const token = await operator()
    dataOf(await open(token))
    assert.equal(await read(token, `secrets/users/${bob}/db`), 'policy_denied')
    assert.equal(codeOf(await server.ask('list', `secrets/users/${bob}/`, { token })), 'policy_denied')
    for (const path of ['secrets/users', 'secrets/users/']) {
      assert.equal(codeOf(await server.ask('list', path, { token })), 'not_found', path)
    }
    assert.deepEqual(
      (await eventsFor(server, await logIn(server, provider, 'bob', { now: now() }))).filter(
        ({ kind }) => kind === 'opened',
      ),
      [],
    )
  })

  test('ends with its time, at the first use behind it', async () => {
    const token = await operator()
    dataOf(await open(token, { ttl: '10m' }))
    assert.equal(await read(token), undefined)
    clock.ahead(10 * minute)
    assert.equal(await read(token), 'policy_denied')
    assert.equal(codeOf(await server.ask('list', `${aliceSpace}/`, { token })), 'policy_denied')
  })

  test('lasts an hour unless it is said, and a day at most', async () => {
    const { from, until } = dataOf(await open(await operator()))
    assert.equal(Date.parse(String(until)) - Date.parse(String(from)), 60 * minute)
    const token = await operator()
    for (const ttl of ['24h1s', '-1s', '0', '24h0.5s', 'forever', 86_401]) {
      assert.equal(codeOf(await open(token, { ttl })), 'invalid_request', String(ttl))
    }
    assert.equal(codeOf(await open(token, { ttl: '24h' })), undefined)
  })

  test('ends with the token, and an id that is chosen again does not bring it back', async () => {
    const token = await operator({ id: 'chosen-by-operator' })
    const { id } = dataOf(await open(token))
    await server.ask('write', 'auth/token/revoke', { fields: { token } })
    assert.equal(await read(token), 'permission_denied')
    assert.ok(!(await idsOpen()).includes(String(id)))
    assert.equal(codeOf(await server.ask('read', `sys/spaces/open/${id}`)), 'not_found')
    const again = await operator({ id: 'chosen-by-operator' })
    assert.equal(await read(again), 'policy_denied')
  })

  test('is not for tokens that cannot be revoked', async () => {
    const token = await operator({ type: 'batch' })
    assert.equal(codeOf(await open(token)), 'invalid_request')
    assert.equal(await read(token), 'policy_denied')
  })

  test('needs a reason of bounded length that its owner can read', async () => {
    const token = await operator()
    const wrong = [
      undefined,
      '',
      '   ',
      'x'.repeat(501),
      'a\u0007b',
      'a\nb',
      'a\u202eb',
      '\ud800',
      'y'.repeat(100_000),
    ]
    for (const reason of wrong) {
      const fields = { space: aliceSpace, ...(reason === undefined ? {} : { reason }) }
      const reply = await server.ask('write', 'sys/spaces/open', { token, fields })
      assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(reason)?.slice(0, 20))
    }
    assert.equal(await read(token), 'policy_denied')
    assert.equal(codeOf(await open(token, { reason: 'é'.repeat(500) })), undefined)
  })

  test('takes the name of one space and nothing that merely resembles it', async () => {
    const token = await operator()
    const events = (await eventsFor(server, await owner())).length
    const wrong = [
      '',
      'secrets',
      'secrets/users',
      'secrets/users/',
      'secrets/users//',
      `secrets/users/${alice}/db`,
      `secrets/users/${alice}//`,
      'secrets/users/*',
      'secrets/users/+',
      'secrets/users/..',
      `secrets/users/../users/${alice}`,
      `secrets/users/./${alice}`,
      `secrets/users%2f${alice}`,
      `secrets/users/${alice.replace('@', '%40')}`,
      `secrets/users/${alice.toUpperCase()}`,
      `secrets/Users/${alice}`,
      `secrets/users/${alice.replace('a', '\u0430')}`,
      `secrets/users/${alice.replace('a', '\uff41')}`,
      `secrets/users/${alice}\u200b`,
      `secrets/users/${alice} `,
      `/secrets/users/${alice}`,
      `v1/secrets/users/${alice}`,
      'secrets/vos/vo.example.org',
      `cubbyhole/users/${alice}`,
      `users/${alice}`,
      `secrets/users/${alice}`.repeat(60),
    ]
    for (const space of wrong) assert.equal(codeOf(await open(token, { space })), 'invalid_request', space)
    assert.equal(await read(token), 'policy_denied')
    assert.equal((await eventsFor(server, await owner())).length, events)
    assert.equal(codeOf(await open(token, { space: `${aliceSpace}/` })), undefined)
  })

  test('is listed while it is open, can be ended by another operator, and the owner sees both', async () => {
    const token = await operator()
    const opened = dataOf(await open(token, { ttl: '5m' }))
    const id = String(opened.id)
    assert.ok((await idsOpen()).includes(id))
    assert.deepEqual(dataOf(await server.ask('read', `sys/spaces/open/${id}`)), opened)
    assert.equal(opened.space, `${aliceSpace}/`)
    assert.equal(
      codeOf(await server.ask('delete', `sys/spaces/open/${id}`, { token: await operator() })),
      undefined,
    )
    assert.equal(await read(token), 'policy_denied')
    assert.ok(!(await idsOpen()).includes(id))
    const [before, last] = (await eventsFor(server, await owner())).slice(-2)
    assert.deepEqual([before?.kind, before?.opening, last?.kind, last?.opening], ['opened', id, 'closed', id])
    for (const wrong of ['x', '..', `${id}x`]) {
      assert.equal(codeOf(await server.ask('read', `sys/spaces/open/${wrong}`)), 'not_found', wrong)
    }
  })

  test('asked for again it is a new record, and the one before ends', async () => {
    const token = await operator()
    const first = dataOf(await open(token, { ttl: '20h', capabilities: ['read', 'delete'] }))
    const second = dataOf(await open(token, { ttl: '1m' }))
    const ids = await idsOpen()
    assert.ok(!ids.includes(String(first.id)) && ids.includes(String(second.id)))
    assert.equal(codeOf(await server.ask('delete', secret, { token })), 'policy_denied')
    clock.ahead(minute)
    assert.equal(await read(token), 'policy_denied')
  })

  test('its record outlives it and cannot be changed or removed by anybody', async () => {
    const token = await operator()
    const { id: opening } = dataOf(await open(token, { ttl: '1m', reason: 'to be remembered' }))
    clock.ahead(2 * minute)
    await server.ask('write', 'auth/token/revoke', { fields: { token } })
    const event = (await eventsFor(server, await owner())).find((one) => one.opening === opening)
    assert.equal(event?.reason, 'to be remembered')
    const path = `sys/spaces/events/${event?.id}`
    for (const asker of [server.root, await owner()]) {
      for (const verb of ['delete', 'write', 'patch'] as const) {
        const reply = await server.ask(verb, path, { token: asker, fields: { reason: 'other' } })
        assert.ok(codeOf(reply) !== undefined, verb)
      }
    }
    assert.deepEqual(dataOf(await server.ask('read', path, { token: await owner() })), event)
  })

  test('its record is for the owner alone', async () => {
    const event = (await eventsFor(server, await owner())).at(-1)
    const path = `sys/spaces/events/${event?.id}`
    const other = await logIn(server, provider, 'bob', { now: now() })
    assert.equal(codeOf(await server.ask('read', path, { token: other })), 'not_found')
    assert.equal(codeOf(await server.ask('read', path)), 'not_found')
    assert.equal(codeOf(await server.ask('list', 'sys/spaces/events')), 'not_found')
    for (const id of ['x', '..', `${event?.id}/`, '*']) {
      const reply = await server.ask('read', `sys/spaces/events/${id}`, { token: other })
      assert.ok(codeOf(reply) !== undefined, id)
    }
  })

  test('its records are listed in pages', async () => {
    const token = await owner()
    const all = dataOf(await server.ask('list', 'sys/spaces/events', { token })).keys as string[]
    assert.ok(all.length > 3)
    const paged: string[] = []
    for (let after = ''; paged.length < all.length; after = paged.at(-1) ?? '') {
      const page = await server.ask('list', 'sys/spaces/events', { token, fields: { after, limit: 2 } })
      paged.push(...(dataOf(page).keys as string[]))
    }
    assert.deepEqual(paged, all)
  })

  test('a person who is switched off loses it with everything else, at once', async () => {
    const token = await logIn(server, provider, 'bob', { now: now() })
    const { data } = (await server.ask('read', 'auth/token/lookup-self', { token })) as {
      data: { entity_id: string }
    }
    assert.equal(await read(token, `secrets/users/${bob}/db`), undefined)
    const path = `identity/entity/id/${data.entity_id}`
    await server.ask('write', path, { fields: { disabled: true } })
    assert.equal(await read(token, `secrets/users/${bob}/db`), 'permission_denied')
    const asked = provider.asked('/userinfo')
    assert.equal(codeOf(await tryLogin(server, provider, 'bob', { now: now() })), 'permission_denied')
    assert.ok(provider.asked('/userinfo') > asked, 'the login was good up to there')
    await server.ask('write', path, { fields: { disabled: false } })
    assert.equal(await read(token, `secrets/users/${bob}/db`), undefined)
  })

  test('is in the audit log as any request, with the reason hashed', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'coffer-audit-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'audit.log')
    const enabled = await server.ask('write', 'sys/audit/file', {
      fields: { type: 'file', options: { file_path: file } },
    })
    assert.equal(codeOf(enabled), undefined)
    const token = await operator()
    dataOf(await open(token, { reason: 'a reason of mine' }))
    assert.equal(await read(token), undefined)
    await server.ask('delete', 'sys/audit/file')
    const text = await readFile(file, 'utf8')
    assert.match(text, /"path":"sys\/spaces\/open"/)
    assert.ok(text.includes(`"path":"${secret}"`))
    assert.ok(!text.includes('a reason of mine'))
  })

  test('leaves no rows behind but its record, once the sweep has passed', async () => {
    dataOf(await open(await operator(), { ttl: '20h' }))
    clock.ahead(25 * 60 * minute)
    const live = dataOf(await open(await operator(), { ttl: '1h' }))
    await server.ask('write', 'sys/mounts/gone', { fields: { type: 'kv' } })
    const settled = store.settled
    await server.ask('delete', 'sys/mounts/gone')
    // The sweep clears openings away before what is left of the mount.
    await settled
    assert.deepEqual((await store.list('ns/root/spaces/open/')).names, [live.id])
    const [mount = ''] = (await store.list('ns/root/spaces/pass/')).names
    const [space = ''] = (await store.list(`ns/root/spaces/pass/${mount}`)).names
    assert.equal((await store.list(`ns/root/spaces/pass/${mount}${space}`)).names.length, 1)
    assert.ok((await eventsFor(server, await owner())).length > 10)
  })
})

/** A store that counts reads, and tells when the sweep has cleared a removed mount away. */
function watched(inner: Store): Store & { readonly settled: Promise<void>; trips(): number } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let trips = 0
  const counted =
    (read: Store['read']): Store['read'] =>
    (...args) => {
      trips++
      return read(...args)
    }
  return {
    ...inner,
    read: counted(inner.read),
    snapshot() {
      const snapshot = inner.snapshot()
      return { ...snapshot, read: counted(snapshot.read) }
    },
    settled: promise,
    trips: () => trips,
    async commit(commit) {
      const result = await inner.commit(commit)
      if (result.ok && commit.delete?.some((key) => key.startsWith('ns/root/retired/')) === true) resolve()
      return result
    },
  }
}
