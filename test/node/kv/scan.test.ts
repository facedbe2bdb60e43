import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Verb } from '../../../src/backend/message.ts'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { auditTo } from '../../support/audit.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, type TestNode } from '../../support/node.ts'

const names = ['a', 'a-b', 'a/x', 'a/y/z', 'a0', 'b/c/d/e', 'é/ü']

/** Asks in one way after the other for the secrets below a folder. */
const ways: readonly { name: string; ask: (mount: string, folder: string) => [Verb, string] }[] = [
  { name: 'SCAN', ask: (mount, folder) => ['scan', `${mount === 'v2' ? 'v2/metadata' : mount}/${folder}`] },
  { name: 'a list of sys/kv/scan', ask: (mount, folder) => ['list', `sys/kv/scan/${mount}/${folder}`] },
  {
    name: 'a read of sys/kv/scan',
    ask: (mount, folder) => ['read', `sys/kv/scan/${mount}/${folder.slice(0, -1)}`],
  },
]

async function fill(server: TestNode, mounts = ['kv', 'v2/data', 'cubbyhole']) {
  for (const mount of mounts) {
    for (const name of names) {
      const fields = mount === 'v2/data' ? { data: { v: 1 } } : { v: 1 }
      assert.equal(codeOf(await server.ask('write', `${mount}/${name}`, { fields })), undefined)
    }
  }
}

for (const { name, ask } of ways) {
  describe(name, () => {
    it('shows everything below a folder, in order and in pages', async (t) => {
      const server = await startWithKv(t)
      await fill(server)
      for (const mount of ['kv', 'v2', 'cubbyhole']) {
        const [verb, path] = ask(mount, '')
        const scan = async (fields: JsonObject) =>
          dataOf(await server.ask(verb, path, { fields })).keys as string[]
        assert.deepEqual(await scan({}), names, mount)
        const [, inner] = ask(mount, 'a/')
        assert.deepEqual(dataOf(await server.ask(verb, inner)).keys, ['x', 'y/z'])
        const [, none] = ask(mount, 'none/')
        assert.equal(codeOf(await server.ask(verb, none)), 'not_found')
        const paged: string[] = []
        for (let after: string | undefined; paged.length < names.length; after = paged.at(-1)) {
          const page = await scan({ limit: '2', ...(after === undefined ? {} : { after }) })
          assert.ok(page.length > 0 && page.length <= 2)
          paged.push(...page)
        }
        assert.deepEqual(paged, names)
        for (const [i, after] of names.entries()) {
          if (i < names.length - 1) assert.deepEqual(await scan({ after }), names.slice(i + 1))
        }
        assert.deepEqual(await scan({ after: 'a/' }), names.slice(2))
      }
    })

    it('shows only what the caller may reach', async (t) => {
      const server = await startWithKv(t)
      await fill(server)
      const both = '["list", "scan", "read"]'
      const token = await tokenWith(
        server,
        `path "kv/+" { capabilities = ["list", "scan"] }
         path "kv/a/*" { capabilities = ${both} }
         path "kv/a/y/*" { capabilities = ["deny"] }
         path "kv/" { capabilities = ["list", "scan"] }
         path "kv/b/c/*" { capabilities = ["deny"] }`,
      )
      const [verb, path] = ask('kv', 'a/')
      assert.deepEqual(dataOf(await server.ask(verb, path, { token })).keys, ['x'])
      const other = await tokenWith(server, 'path "kv/a/*" { capabilities = ["read"] }')
      assert.equal(codeOf(await server.ask(verb, path, { token: other })), 'policy_denied')
      const [, nowhere] = ask('nowhere', '')
      assert.equal(codeOf(await server.ask(verb, nowhere, { token: other })), 'policy_denied')
      assert.equal(codeOf(await server.ask(verb, nowhere)), 'no_handler')
    })
  })
}

describe('SCAN', () => {
  it('needs the capability scan, which a list does not give', async (t) => {
    const server = await startWithKv(t)
    await fill(server, ['kv'])
    const token = await tokenWith(server, 'path "kv/*" { capabilities = ["list", "read"] }')
    assert.equal(codeOf(await server.ask('scan', 'kv/', { token })), 'policy_denied')
    assert.equal(codeOf(await server.ask('scan', 'kv', { token })), 'policy_denied')
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/kv/', { token })).keys, names)
  })

  it('tells where the names of version 2 are scanned', async (t) => {
    const server = await startWithKv(t)
    const reply = await server.ask('scan', 'v2/')
    assert.ok('status' in reply && reply.status === 404)
    assert.match(reply.warnings?.join() ?? '', /metadata/)
  })
})

describe('sys/kv/scan', () => {
  it('leaves the lines of the plain lists in the audit log', async (t) => {
    const server = await startWithKv(t)
    await fill(server, ['kv'])
    const { linesOf } = await auditTo(t, server)
    const token = await tokenWith(
      server,
      'path "kv/*" { capabilities = ["list"] } path "kv/b/*" { capabilities = ["deny"] }',
    )
    const lines = await linesOf(() => server.ask('list', 'sys/kv/scan/kv/', { token }))
    const lists = lines.filter(({ type, request }) => type === 'request' && request?.path.startsWith('kv/'))
    assert.deepEqual(
      lists.map(({ request }) => `${request?.operation} ${request?.path}`),
      ['list kv/', 'list kv/a/', 'list kv/a/y/', 'list kv/é/'],
    )
  })

  it('does a bounded piece of work, and goes on where it stopped', async (t) => {
    const server = await startWithKv(t)
    const all = Array.from({ length: 2100 }, (_, i) => `d${String(i).padStart(4, '0')}/x`)
    for (let at = 0; at < all.length; at += 700) {
      const requests = all
        .slice(at, at + 700)
        .map((name) => ({ operation: 'write', path: `kv/${name}`, data: { v: 1 } }))
      await server.ask('write', 'sys/kv/batch', { fields: { requests, atomic: true } })
    }
    const found: string[] = []
    let pages = 0
    for (let after = ''; ; ) {
      const page = dataOf(await server.ask('read', 'sys/kv/scan/kv', { fields: { limit: 10_000, after } }))
      found.push(...(page.keys as string[]))
      pages++
      if (page.after === undefined) break
      after = String(page.after)
    }
    assert.deepEqual(found, all)
    assert.equal(pages, 2)
  })

  it('takes no place to go on that is deeper than any path', async (t) => {
    const server = await startWithKv(t)
    const code = async (path: string, fields: JsonObject) =>
      codeOf(await server.ask('read', path, { fields }))
    const after = 'a/'.repeat(50_000)
    assert.equal(await code('sys/kv/scan/kv', { after }), 'invalid_request')
    assert.equal(
      codeOf(await server.ask('list', 'sys/kv/scan/kv/', { fields: { after } })),
      'invalid_request',
    )
    const search = { path: 'kv', name: 'x', after: `kv/${after}` }
    assert.equal(await code('sys/kv/search', search), 'invalid_request')
    assert.equal(await code('sys/kv/search', { ...search, after: `kv/${'a/'.repeat(990)}` }), undefined)
  })
})
