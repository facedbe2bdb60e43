import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dataOf, startTestNode, type TestNode } from '../../../test/support/node.ts'
import { CofferError } from '../../base/errors.ts'

describe('a mount', () => {
  let server: TestNode
  before(async () => {
    server = await startTestNode()
  })
  after(() => server.stop())

  const mount = (path: string, fields: Parameters<TestNode['ask']>[2] = {}) =>
    server.ask('write', `sys/mounts/${path}`, { fields: { type: 'kv' }, ...fields })
  const refused = async (path: string, message: RegExp, fields?: Parameters<TestNode['ask']>[2]) => {
    const reply = await mount(path, fields)
    assert.ok(reply instanceof CofferError, `${path} was mounted`)
    assert.match(reply.message, message)
  }

  test('of KV is of a version that is here, or it is refused with its number', async () => {
    for (const version of ['0', '3', 'x', '']) {
      await refused('odd', new RegExp(`^there is no version ${version} of the engine kv here$`), {
        fields: { type: 'kv', options: { version } },
      })
    }
    for (const [path, type] of Object.entries({ one: 'kv', two: 'kv-v1', three: 'generic' })) {
      assert.ok(!((await mount(path, { fields: { type } })) instanceof CofferError))
    }
    const table = dataOf(await server.ask('read', 'sys/mounts'))
    assert.ok(!('odd/' in table))
  })

  test('of tokens themselves has no kind of tokens to tune', async () => {
    const fields = { token_type: 'batch' }
    for (const path of ['sys/auth/token/tune', 'sys/mounts/auth/token/tune']) {
      const reply = await server.ask('write', path, { fields })
      assert.ok(reply instanceof CofferError, path)
      assert.match(reply.message, /^'token_type' cannot be set/)
    }
  })

  test('has a path of at most 256 characters that lies in no other mount and holds none', async () => {
    await refused('x'.repeat(256), /at most 256 bytes/)
    assert.ok(!((await mount('y'.repeat(255))) instanceof CofferError))
    assert.ok(!((await mount('team/kv')) instanceof CofferError))
    for (const path of ['team', 'team/kv/inner', 'team/kv']) await refused(path, /^path is already in use at/)
    assert.ok(!((await mount('team/other')) instanceof CofferError))
    await refused('auth/x', /^cannot mount "auth\/x\/"$/)
    await refused('sys/x', /^cannot mount "sys\/x\/"$/)
  })
})
