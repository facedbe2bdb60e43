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

  test('refuses without a token', async () => {
    assert.equal(codeOf(await server.ask('read', path, { token: '' })), 'permission_denied')
  })
})
