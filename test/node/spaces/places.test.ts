import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { example } from '../../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { idOf, logIn, movableClock, settingsFor } from '../../support/spaces.ts'

const path = 'sys/internal/ui/spaces'
const folder = `secrets/vos/${example.vo}/`

describe('sys/internal/ui/spaces', () => {
  let provider: DemoProvider
  let server: TestNode
  before(async () => {
    provider = await startProvider({ port: 0 })
    server = await startTestNode({ spaces: [settingsFor(provider.issuer)], clock: movableClock() })
  })
  after(async () => {
    await server?.stop()
    await provider?.stop()
  })
  const asked = async (token: string) => dataOf(await server.ask('read', path, { token }))

  test('names the own space and the folders of the VO, though nothing is in them', async () => {
    const token = await logIn(server, provider, 'alice')
    assert.deepEqual(await asked(token), {
      own: `secrets/users/${idOf('alice')}/`,
      shared: [{ name: example.vo, path: folder, writable: true }],
    })
  })

  test('says where one may only read', async () => {
    const token = await logIn(server, provider, 'bob')
    assert.deepEqual((await asked(token)).shared, [{ name: example.vo, path: folder, writable: false }])
  })

  test('names nothing of others to tokens of nobody', async () => {
    assert.deepEqual(await asked(server.root), { own: null, shared: [] })
    const fields = { policies: ['default'] }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    assert.deepEqual(await asked(token), { own: null, shared: [] })
  })

  test('names no space to a token that its owner made for a job', async () => {
    const token = await logIn(server, provider, 'alice')
    const fields = { policies: ['default'], num_uses: 5 }
    const made = await server.ask('write', 'auth/token/create', { token, fields })
    assert.equal((await asked(tokenOf(made))).own, null)
  })

  test('says what a folder is called, to its members alone', async () => {
    const vos = [{ name: example.vo, readers: example.vo, title: 'Example of an organisation' }]
    const named = await startTestNode({
      spaces: [settingsFor(provider.issuer, { vos })],
      clock: movableClock(),
    })
    try {
      const token = await logIn(named, provider, 'bob')
      const of = async (who: string) => dataOf(await named.ask('read', path, { token: who })).shared
      assert.deepEqual(await of(token), [
        { name: example.vo, path: folder, writable: false, title: 'Example of an organisation' },
      ])
      provider.change('bob', { entitlements: [] })
      assert.deepEqual(await of(await logIn(named, provider, 'bob')), [])
    } finally {
      await named.stop()
    }
  })

  test('the provider is called before the login what the configuration calls it', async () => {
    const browser = (label?: string) => ({
      browser: { label, clientId: 'page', clientSecret: 's', scopes: [], origins: ['https://a.example'] },
    })
    const named = await startTestNode({ spaces: [settingsFor(provider.issuer, browser('The institute'))] })
    const descriptionOf = async () => {
      const { auth } = dataOf(await named.ask('read', 'sys/internal/ui/mounts', { token: '' }))
      return (auth as Record<string, { description: string }>)['jwt/']?.description
    }
    try {
      assert.equal(await descriptionOf(), 'The institute')
      await named.restart([settingsFor(provider.issuer, browser('The university'))])
      assert.equal(await descriptionOf(), 'The university')
      await named.restart([settingsFor(provider.issuer, browser())])
      assert.equal(await descriptionOf(), 'The university', 'what an operator wrote stays')
    } finally {
      await named.stop()
    }
  })

  test('refuses without a token', async () => {
    assert.equal(codeOf(await server.ask('read', path, { token: '' })), 'permission_denied')
  })
})
