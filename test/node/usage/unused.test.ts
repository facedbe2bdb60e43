import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'

const start = Date.UTC(2030, 0, 1)
const day = 24 * 3600_000

async function startWithSecrets(t: TestContext, paths: readonly string[], version = '1') {
  const server = await startTestNode({ time: start })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv', options: { version } } })
  for (const path of paths) {
    const fields = version === '1' ? { v: 1 } : { data: { v: 1 } }
    const at = version === '1' ? `kv/${path}` : `kv/data/${path}`
    assert.equal(codeOf(await server.ask('write', at, { fields })), undefined)
  }
  return server
}

const unused = async (server: TestNode, fields: JsonObject = {}, path = 'kv', token = server.root) =>
  dataOf(await server.ask('read', `sys/usage/unused/${path}`, { fields, token }))

const pathsOf = ({ secrets }: JsonObject) => (secrets as JsonObject[]).map(({ path }) => path)

const tokenWith = async (server: TestNode, rules: string) => {
  await server.ask('write', 'sys/policies/acl/some', { fields: { policy: rules } })
  return tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['some'] } }))
}

describe('sys/usage/unused', () => {
  test('shows secrets below a folder never read, or not for so many days', async (t) => {
    const server = await startWithSecrets(t, ['a', 'b', 'dir/c', 'dir/sub/d', 'dir-e'])
    for (const path of ['a', 'dir/c']) await server.ask('read', `kv/${path}`)
    server.clock.advance(5 * day)
    await server.ask('read', 'kv/dir/c')
    await server.ask('read', 'kv/dir-e')
    assert.deepEqual(pathsOf(await unused(server, { days: 5 })), ['kv/a', 'kv/b', 'kv/dir/sub/d'])
    assert.deepEqual(pathsOf(await unused(server, { days: 6 })), ['kv/b', 'kv/dir/sub/d'])
    assert.deepEqual(await unused(server, { days: 5 }, 'kv/dir'), {
      path: 'kv/dir',
      days: 5,
      secrets: [{ path: 'kv/dir/sub/d', last_read: null, last_write: '2030-01-01T00:00:00.000Z' }],
      next: null,
    })
    const [first] = (await unused(server, { days: 5 })).secrets as JsonObject[]
    assert.equal(first?.last_read, '2030-01-01T00:00:00.000Z')
  })

  test('is the same for secrets with versions', async (t) => {
    const server = await startWithSecrets(t, ['a', 'dir/b', 'dir/c'], '2')
    await server.ask('read', 'kv/data/dir/b')
    await server.ask('read', 'kv/metadata/a')
    assert.deepEqual(pathsOf(await unused(server)), ['kv/data/a', 'kv/data/dir/c'])
  })

  test('goes on where the page before ended, whatever its size, and looks at a bounded number', async (t) => {
    const paths = ['a', 'a/b', 'a/c/d', 'a/c/e', 'a-b', 'f/g', 'h', 'i/j/k']
    const server = await startWithSecrets(t, paths)
    const all = pathsOf(await unused(server))
    assert.deepEqual([...all].sort(), paths.map((path) => `kv/${path}`).sort())
    for (const limit of [1, 2, 3, 5]) {
      const found: unknown[] = []
      let after: unknown
      do {
        const page = await unused(server, typeof after === 'string' ? { after, limit } : { limit })
        assert.ok(pathsOf(page).length <= limit)
        found.push(...pathsOf(page))
        after = page.next
      } while (after !== null)
      assert.deepEqual(found, all)
    }
    for (let i = 0; i < 600; i++) {
      await server.ask('write', `kv/many/${i}`, { fields: { v: 1 } })
      await server.ask('read', `kv/many/${i}`)
    }
    const page = await unused(server, {}, 'kv/many')
    assert.deepEqual(page.secrets, [])
    assert.equal(typeof page.next, 'string')
    assert.equal((await unused(server, { after: page.next ?? '' }, 'kv/many')).next, null)
  })

  test('shows what the caller may list and reach, and nothing of the rest, its names as cursors neither', async (t) => {
    const server = await startWithSecrets(t, ['open/a', 'open/hidden', 'shut/b', 'open/zoo/c'])
    const token = await tokenWith(
      server,
      `path "kv/*" { capabilities = ["list"] } path "kv/open/hidden" { capabilities = ["deny"] }
       path "kv/shut/*" { capabilities = ["deny"] }`,
    )
    assert.deepEqual(pathsOf(await unused(server, {}, 'kv', token)), ['kv/open/a', 'kv/open/zoo/c'])
    for (const limit of [1, 2, 3]) {
      assert.doesNotMatch(JSON.stringify(await unused(server, { limit }, 'kv', token)), /hidden|shut/)
    }
    const ask = async (path: string) =>
      codeOf(await server.ask('read', `sys/usage/unused/${path}`, { token }))
    assert.equal(await ask('kv/shut'), 'policy_denied')
    assert.equal(await ask('nowhere/a'), 'policy_denied')
  })

  test('refuses what it cannot tell', async (t) => {
    const server = await startWithSecrets(t, [])
    const ask = async (path: string, fields: JsonObject = {}) =>
      codeOf(await server.ask('read', `sys/usage/unused/${path}`, { fields }))
    assert.equal(await ask('kv', { days: 36_501 }), 'invalid_request')
    assert.equal(await ask('kv', { days: 0 }), 'invalid_request')
    assert.equal(await ask('kv', { after: 'a/'.repeat(50_000) }), 'invalid_request')
    assert.equal(await ask('kv', { after: 'a/'.repeat(1000) }), undefined)
    assert.equal(await ask('nowhere'), 'no_handler')
    assert.equal(await ask('sys'), 'unsupported_path')
    await server.ask('write', 'sys/mounts/tr', { fields: { type: 'transit' } })
    const token = await tokenWith(server, 'path "kv/*" { capabilities = ["list"] }')
    const other = await server.ask('read', 'sys/usage/unused/tr/keys', { token })
    assert.equal(codeOf(other), 'policy_denied', 'tells that there is another mount')
    assert.deepEqual((await unused(server)).secrets, [])
  })
})
