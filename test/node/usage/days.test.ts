import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Reply } from '../../../src/backend/message.ts'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { startProvider } from '../../../src/demo/provider/provider.ts'
import { chaosStore } from '../../../src/storage/contract/chaos.ts'
import { daysPrefix, singleDays } from '../../../src/usage/days/record.ts'
import { temporaryFile } from '../../support/folder.ts'
import {
  codeOf,
  dataOf,
  startTestNode,
  type TestNode,
  type TestNodeOptions,
  tokenOf,
} from '../../support/node.ts'
import { logIn, settingsFor } from '../../support/spaces.ts'

const start = Date.UTC(2030, 0, 1)
const day = 24 * 3600_000

/** A server with a KV mount and a person who logs in by name and password. */
async function startWithPerson(t: TestContext, options: TestNodeOptions = {}) {
  const server = await startTestNode({ time: start, ...options })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'sys/auth/userpass', { fields: { type: 'userpass' } })
  const rules = 'path "kv/*" { capabilities = ["create", "read", "update", "list"] }'
  await server.ask('write', 'sys/policies/acl/kv', { fields: { policy: rules } })
  const login = async (name: string) => {
    const fields = { password: 'correct horse', token_policies: ['kv'] }
    await server.ask('write', `auth/userpass/users/${name}`, { fields })
    return tokenOf(
      await server.ask('write', `auth/userpass/login/${name}`, { fields: { password: 'correct horse' } }),
    )
  }
  return { server, login }
}

type Shown = JsonObject & { mounts: JsonObject[]; methods: JsonObject[] }

async function daysOf(server: Pick<TestNode, 'ask'>, fields: JsonObject = {}, token?: string) {
  const asked = token === undefined ? { fields } : { fields, token }
  return dataOf(await server.ask('read', 'sys/usage/days', asked)).days as Shown[]
}

const ofMount = ({ mounts }: Shown, path: string) => {
  const { uuid: _, accessor: __, ...rest } = mounts.find((one) => one.path === path) ?? {}
  return rest
}

describe('sys/usage/days', () => {
  test('tells requests and people by mount and login method', async (t) => {
    const { server, login } = await startWithPerson(t)
    const alice = await login('alice')
    const bob = await login('bob')
    await server.ask('write', 'kv/a', { token: alice, fields: { v: 1 } })
    await server.ask('read', 'kv/a', { token: alice })
    await server.ask('list', 'kv/', { token: bob })
    await server.ask('delete', 'kv/a', { token: bob })
    await server.ask('read', 'kv/a')
    for (const flushed of [false, true]) {
      if (flushed) await server.node.tend()
      const [today] = await daysOf(server)
      assert.ok(today !== undefined)
      assert.equal(today.day, '2030-01-01')
      assert.equal(today.people, 2)
      assert.equal(today.people_is_lower_bound, false)
      assert.deepEqual(ofMount(today, 'kv/'), {
        path: 'kv/',
        type: 'kv',
        requests: 5,
        reads: 3,
        writes: 1,
        failed: 1,
        people: 2,
        people_is_lower_bound: false,
      })
      const method = today.methods.find(({ path }) => path === 'auth/userpass/')
      assert.deepEqual([method?.requests, method?.people], [4, 2])
      // Logins, by the mount that they came to.
      assert.equal(ofMount(today, 'auth/userpass/').people, 0)
    }
  })

  test('counts requests by the day in UTC, and shows the days that are asked for', async (t) => {
    const { server } = await startWithPerson(t)
    server.clock.advance(day - 1)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    server.clock.advance(1)
    await server.ask('read', 'kv/a')
    await server.node.tend()
    const kv = (await daysOf(server)).map((one) => [one.day, ofMount(one, 'kv/').requests])
    assert.deepEqual(kv, [
      ['2030-01-01', 1],
      ['2030-01-02', 1],
    ])
    const second = await daysOf(server, { start: '2030-01-02', end: '2030-01-02' })
    assert.deepEqual(
      second.map((one) => one.day),
      ['2030-01-02'],
    )
    for (const fields of [
      { start: '2030-02-30' },
      { end: 'yesterday' },
      { start: '2030-01-02', end: '2030-01-01' },
      { start: '1970-01-01' },
    ]) {
      assert.equal(codeOf(await server.ask('read', 'sys/usage/days', { fields })), 'invalid_request')
    }
  })

  test('adds up what two nodes on one store saw, each once', async (t) => {
    const path = temporaryFile()
    const { server, login } = await startWithPerson(t, { path })
    const alice = await login('alice')
    const other = await startTestNode({ path, cluster: server, time: start })
    t.after(() => other.stop())
    await server.ask('write', 'kv/a', { token: alice, fields: { v: 1 } })
    for (let i = 0; i < 3; i++) {
      await other.ask('read', 'kv/a', { token: alice })
      await Promise.all([server.node.tend(), other.node.tend()])
    }
    for (const one of [server, other]) {
      const [today] = await daysOf(one)
      assert.ok(today !== undefined)
      const { requests, people } = ofMount(today, 'kv/')
      assert.deepEqual([requests, people], [4, 1])
    }
  })

  test('survives a restart in good order, and being sealed', async (t) => {
    const { server } = await startWithPerson(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    await server.restart([])
    await server.ask('read', 'kv/a')
    await server.ask('write', 'sys/seal')
    await server.node.keeper.unseal(server.unsealKey)
    const [today] = await daysOf(server)
    assert.equal(today && ofMount(today, 'kv/').requests, 2)
  })

  test('needs sudo, which the default policy does not give', async (t) => {
    const { server, login } = await startWithPerson(t)
    const alice = await login('alice')
    for (const path of ['days', 'people']) {
      assert.equal(codeOf(await server.ask('read', `sys/usage/${path}`, { token: alice })), 'policy_denied')
    }
  })

  test('costs a request no commit', async (t) => {
    let commits = 0
    const { server } = await startWithPerson(t, {
      wrap: (store) =>
        chaosStore(store, () => {
          commits++
          return 'none'
        }),
    })
    const before = commits
    for (let i = 0; i < 100; i++) await server.ask('read', 'kv/a')
    assert.equal(commits, before)
    const [today] = await daysOf(server)
    assert.equal(today && ofMount(today, 'kv/').failed, 100)
  })

  test('has no row that names a secret, in clear or not', async (t) => {
    const { server, login } = await startWithPerson(t)
    const alice = await login('alice')
    await server.ask('write', 'kv/very/telling', { token: alice, fields: { v: 1 } })
    await server.node.tend()
    const { rows } = await server.store.scan(daysPrefix)
    assert.ok(rows.length > 0)
    for (const { key, value } of rows) {
      assert.doesNotMatch(`${key} ${Buffer.from(value).toString('latin1')}`, /telling|alice/)
    }
    const shown = await Promise.all(
      ['days', 'people'].map(async (path) => dataOf(await server.ask('read', `sys/usage/${path}`))),
    )
    assert.doesNotMatch(JSON.stringify(shown), /telling/)
  })
})

describe('an administrator with sudo on sys/*, who has the policy default too', () => {
  test('is shown the usage of all, and everybody their own', async (t) => {
    const { server, login } = await startWithPerson(t)
    const policy = 'path "sys/*" { capabilities = ["read", "sudo"] }'
    await server.ask('write', 'sys/policies/acl/admin', { fields: { policy } })
    const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['admin'] } })
    const person = await login('alice')
    const ask = async (path: string, token: string) => codeOf(await server.ask('read', path, { token }))
    for (const path of ['sys/usage/days', 'sys/usage/months', 'sys/usage/people']) {
      assert.equal(await ask(path, tokenOf(made)), undefined, path)
      assert.equal(await ask(path, person), 'policy_denied', path)
    }
    for (const path of ['mine', 'recent', 'kv/a', 'unused/kv', 'unused/kv/dir']) {
      assert.equal(await ask(`sys/usage/${path}`, person), undefined, path)
    }
  })
})

describe('sys/usage/months', () => {
  test('adds up days, of which old ones become part of their month, and each person is one', async (t) => {
    const { server, login } = await startWithPerson(t)
    const days = async () => (await server.store.list(daysPrefix)).names
    const month = async () => {
      const { months } = dataOf(await server.ask('read', 'sys/usage/months')) as unknown as {
        months: Shown[]
      }
      const one = months.find(({ month }) => month === '2030-01')
      const { requests, people } = one === undefined ? {} : ofMount(one, 'kv/')
      return [one?.people, requests, people]
    }
    const use = async () => {
      // Tokens of a login live for less than the days that pass here.
      const alice = await login('alice')
      await server.ask('write', 'kv/a', { token: alice, fields: { v: 1 } })
    }
    await use()
    server.clock.advance(day)
    await use()
    assert.deepEqual(await month(), [1, 2, 1])
    await server.node.tend()
    assert.deepEqual(await month(), [1, 2, 1])
    assert.deepEqual(await days(), ['2030-01-01/', '2030-01-02/'])
    server.clock.advance((singleDays - 1) * day)
    await server.node.tend()
    assert.deepEqual((await days()).includes('2030-01-01/'), false)
    assert.deepEqual((await days()).includes('2030-01-02/'), true)
    assert.deepEqual(await month(), [1, 2, 1])
    server.clock.advance(day)
    await server.node.tend()
    assert.deepEqual((await days()).includes('2030-01-02/'), false)
    assert.deepEqual(await month(), [1, 2, 1])
    const fields = { start: '2030-01-01', end: '2030-01-02' }
    const reply = await server.ask('read', 'sys/usage/days', { fields })
    assert.deepEqual(dataOf(reply).days, [])
    assert.match(String((reply as Reply).warnings), /no longer kept one by one/)
  })

  test('needs sudo, and is bounded', async (t) => {
    const { server, login } = await startWithPerson(t)
    const token = await login('alice')
    assert.equal(codeOf(await server.ask('read', 'sys/usage/months', { token })), 'policy_denied')
    const fields = { months: 25 }
    assert.equal(codeOf(await server.ask('read', 'sys/usage/months', { fields })), 'invalid_request')
  })
})

describe('sys/internal/counters', () => {
  const read = async (server: TestNode, name: string) =>
    dataOf(await server.ask('read', `sys/internal/counters/${name}`))

  test('tells clients of this month and of twelve, each once, and by auth mount', async (t) => {
    const { server, login } = await startWithPerson(t)
    const use = async (name: string) => {
      const token = await login(name)
      await server.ask('list', 'kv/', { token })
    }
    await use('alice')
    await use('bob')
    server.clock.advance(40 * day)
    await use('alice')
    const counts = (people: number) => ({
      distinct_entities: people,
      entity_clients: people,
      non_entity_tokens: 0,
      non_entity_clients: 0,
      clients: people,
    })
    const spaces = (people: number) => [
      {
        namespace_id: 'root',
        namespace_path: '',
        counts: counts(people),
        mounts: [{ mount_path: 'auth/userpass/', counts: counts(people) }],
      },
    ]
    assert.deepEqual(await read(server, 'activity'), {
      start_time: '2029-03-01T00:00:00Z',
      end_time: '2030-02-10T00:00:00Z',
      by_namespace: spaces(2),
      total: counts(2),
    })
    assert.deepEqual(await read(server, 'activity/monthly'), { by_namespace: spaces(1), ...counts(1) })
    const { warnings } = (await server.ask('read', 'sys/internal/counters/activity')) as Reply
    assert.deepEqual(warnings, ['only clients that have an entity are counted'])
  })

  test('tells requests by month', async (t) => {
    const { server } = await startWithPerson(t)
    const { counters } = await read(server, 'requests')
    // The mounts and the policy that the test made.
    assert.deepEqual(counters, [{ start_time: '2030-01-01T00:00:00Z', total: 3 }])
    server.clock.advance(31 * day)
    const { counters: next } = await read(server, 'requests')
    assert.deepEqual(next, [{ start_time: '2030-01-01T00:00:00Z', total: 4 }])
  })

  test('needs sudo', async (t) => {
    const { server } = await startWithPerson(t)
    const rules = 'path "sys/*" { capabilities = ["read"] }'
    await server.ask('write', 'sys/policies/acl/sys', { fields: { policy: rules } })
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['sys'] } }))
    for (const name of ['activity', 'activity/monthly', 'requests']) {
      const reply = await server.ask('read', `sys/internal/counters/${name}`, { token })
      assert.equal(codeOf(reply), 'policy_denied', name)
    }
  })
})

describe('sys/usage/people', () => {
  test('tells how often each person asked and when they last read and wrote, by pages', async (t) => {
    const { server, login } = await startWithPerson(t)
    const alice = await login('alice')
    const bob = await login('bob')
    await server.ask('write', 'kv/a', { token: alice, fields: { v: 1 } })
    server.clock.advance(day)
    await server.ask('read', 'kv/a', { token: alice })
    await server.ask('read', 'kv/a', { token: bob })
    const { people, next } = dataOf(await server.ask('read', 'sys/usage/people'))
    const found = people as JsonObject[]
    assert.equal(next, null)
    const entityOf = async (token: string) =>
      dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id
    const id = await entityOf(alice)
    const { name, ...rest } = found.find((one) => one.entity_id === id) ?? {}
    assert.match(String(name), /^entity_/)
    assert.deepEqual(rest, {
      entity_id: id,
      requests: 2,
      reads: 1,
      writes: 1,
      failed: 0,
      last_read: '2030-01-02T00:00:00.000Z',
      last_write: '2030-01-01T00:00:00.000Z',
    })
    const ids: unknown[] = []
    for (let after: unknown = '0'; typeof after === 'string'; ) {
      const page = dataOf(await server.ask('read', 'sys/usage/people', { fields: { after, limit: 1 } }))
      ids.push(...(page.people as JsonObject[]).map((one) => one.entity_id))
      after = page.next
    }
    assert.deepEqual(
      ids,
      found.map((one) => one.entity_id),
    )
    assert.equal(ids.length, 2)
    const one = dataOf(await server.ask('read', 'sys/usage/people', { fields: { entity_id: id ?? '' } }))
    assert.deepEqual(
      (one.people as JsonObject[]).map((shown) => [shown.entity_id, shown.last_read]),
      [[id, rest.last_read]],
    )
    assert.equal(one.next, null)
  })
})

describe('sys/usage/mine', () => {
  test('tells everybody of themselves alone', async (t) => {
    const { server, login } = await startWithPerson(t)
    const alice = await login('alice')
    const bob = await login('bob')
    await server.ask('write', 'kv/a', { token: alice, fields: { v: 1 } })
    await server.ask('read', 'kv/a', { token: bob })
    const mine = dataOf(await server.ask('read', 'sys/usage/mine', { token: alice }))
    assert.deepEqual(
      [mine.requests, mine.reads, mine.writes, mine.last_read, mine.last_write],
      [1, 0, 1, null, '2030-01-01T00:00:00.000Z'],
    )
    const [today] = mine.days as Shown[]
    assert.deepEqual(today && ofMount(today, 'kv/'), {
      path: 'kv/',
      type: 'kv',
      requests: 1,
      reads: 0,
      writes: 1,
      failed: 0,
    })
  })

  test('tells a locker nothing of its maker', async (t) => {
    const provider = await startProvider({ port: 0 })
    t.after(() => provider.stop())
    const server = await startTestNode({
      spaces: [settingsFor(provider.issuer)],
    })
    t.after(() => server.stop())
    const alice = await logIn(server, provider, 'alice')
    const fields = { policies: ['default'] }
    const locker = tokenOf(await server.ask('write', 'auth/token/create', { token: alice, fields }))
    assert.equal(codeOf(await server.ask('read', 'sys/usage/mine', { token: alice })), undefined)
    assert.equal(codeOf(await server.ask('read', 'sys/usage/mine', { token: locker })), 'invalid_request')
  })

  test('refuses a token without an entity', async (t) => {
    const { server } = await startWithPerson(t)
    assert.equal(codeOf(await server.ask('read', 'sys/usage/mine')), 'invalid_request')
  })
})
