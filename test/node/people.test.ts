import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { JsonObject } from '../../src/base/json/json.ts'
import { examplePeople } from '../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../src/demo/provider/provider.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { logIn, movableClock, settingsFor } from '../support/spaces.ts'

const path = 'sys/internal/ui/people'

describe('sys/internal/ui/people', () => {
  let provider: DemoProvider
  let server: TestNode
  const tokens = new Map<string, string>()
  const ids = new Map<string, string>()
  const idOf = (name: string) => ids.get(name) ?? ''
  const tokenFor = (name: string) => tokens.get(name) ?? ''
  const write = async (at: string, fields: JsonObject, token = server.root) => {
    const reply = await server.ask('write', at, { fields, token })
    assert.equal(codeOf(reply), undefined, at)
    return reply
  }
  const namesFor = async (token: string, of: readonly string[]) =>
    dataOf(await server.ask('read', path, { token, fields: { ids: of.join(',') } })).names

  before(async () => {
    const stranger = {
      name: 'carol',
      fullName: 'Carol Elsewhere',
      email: 'carol@example.org',
      vopersonId: `${'ca201'.padEnd(64, '0')}@example.org`,
      entitlements: [],
    }
    provider = await startProvider({ port: 0, people: [...examplePeople, stranger] })
    server = await startTestNode({ spaces: [settingsFor(provider.issuer)], clock: movableClock() })
    for (const name of ['alice', 'bob', 'carol']) {
      const token = await logIn(server, provider, name)
      tokens.set(name, token)
      const id = String(dataOf(await server.ask('read', 'auth/token/lookup-self', { token })).entity_id)
      ids.set(name, id)
      await write(`identity/entity/id/${id}`, { metadata: { name: `${name} called` } })
    }
  })
  after(async () => {
    await server?.stop()
    await provider?.stop()
  })

  test('tells members of one virtual organisation what the others are called', async () => {
    const all = [...ids.values()]
    assert.deepEqual(await namesFor(tokenFor('alice'), all), {
      [idOf('alice')]: 'alice called',
      [idOf('bob')]: 'bob called',
    })
    assert.deepEqual(await namesFor(tokenFor('bob'), all), {
      [idOf('alice')]: 'alice called',
      [idOf('bob')]: 'bob called',
    })
  })

  test('tells others nothing but their own, and nothing of who is not there', async () => {
    const all = [...ids.values(), '00000000-0000-0000-0000-000000000000', '../x']
    assert.deepEqual(await namesFor(tokenFor('carol'), all), { [idOf('carol')]: 'carol called' })
    const { data } = { data: await namesFor(tokenFor('carol'), [idOf('alice')]) }
    assert.deepEqual(data, await namesFor(tokenFor('carol'), ['none']))
  })

  test('counts no group but those of the spaces', async () => {
    for (const type of ['internal', 'external']) {
      const members = type === 'internal' ? { member_entity_ids: [idOf('alice'), idOf('carol')] } : {}
      await write('identity/group', { name: `everybody-${type}`, type, ...members })
    }
    assert.deepEqual(await namesFor(tokenFor('carol'), [idOf('alice')]), {})
  })

  test('tells whoever may read the entity, and nobody whose token has no person', async () => {
    assert.deepEqual(await namesFor(server.root, [idOf('carol')]), { [idOf('carol')]: 'carol called' })
    await write('sys/policies/acl/reader', {
      policy: `path "identity/entity/id/${idOf('carol')}" { capabilities = ["read"] }`,
    })
    const fields = { policies: ['reader'] }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    assert.deepEqual(await namesFor(token, [...ids.values()]), { [idOf('carol')]: 'carol called' })
  })

  test('tells a locker nothing', async () => {
    const made = await server.ask('write', 'auth/token/create', {
      token: tokenFor('alice'),
      fields: { policies: ['default'], num_uses: 5 },
    })
    assert.deepEqual(await namesFor(tokenOf(made), [idOf('alice'), idOf('bob')]), {})
  })

  test('takes back what it told when somebody leaves', async () => {
    provider.change('bob', { entitlements: [] })
    tokens.set('bob', await logIn(server, provider, 'bob'))
    assert.deepEqual(await namesFor(tokenFor('alice'), [idOf('bob')]), {})
    assert.deepEqual(await namesFor(tokenFor('bob'), [idOf('alice')]), {})
  })

  test('refuses without a token, and more than a hundred at once', async () => {
    const ask = (token: string, count: number) =>
      server.ask('read', path, {
        token,
        fields: { ids: Array.from({ length: count }, (_, i) => `${i}`).join(',') },
      })
    assert.equal(codeOf(await ask('', 1)), 'permission_denied')
    assert.equal(codeOf(await ask(tokenFor('alice'), 101)), 'invalid_request')
    assert.deepEqual(await namesFor(tokenFor('alice'), []), {})
  })
})
