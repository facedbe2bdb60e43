import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, type TestNode } from '../../support/node.ts'

async function start(...args: Parameters<typeof startWithKv>) {
  const server = await startWithKv(...args)
  for (const name of ['app/db-main', 'app/key', 'other/DB', 'hidden/db']) {
    await server.ask('write', `kv/${name}`, { fields: { v: 1 } })
    await server.ask('write', `v2/data/${name}`, { fields: { data: { v: 1 } } })
  }
  for (const name of ['app/key', 'hidden/db', 'other/DB']) {
    await server.ask('write', `v2/metadata/${name}`, {
      fields: { custom_metadata: { owner: 'alice', env: name } },
    })
  }
  return server
}

const search = async (server: TestNode, fields: JsonObject, token = server.root) =>
  dataOf(await server.ask('write', 'sys/kv/search', { fields, token })) as { keys: string[]; after?: string }
const keys = async (...args: Parameters<typeof search>) => (await search(...args)).keys

describe('sys/kv/search', () => {
  it('finds by a part of the name, in one folder or in all mounts', async (t) => {
    const server = await start(t)
    assert.deepEqual(await keys(server, { path: 'kv', name: 'db' }), [
      'kv/app/db-main',
      'kv/hidden/db',
      'kv/other/DB',
    ])
    assert.deepEqual(await keys(server, { path: 'v2/app/', name: '*-m*' }), ['v2/app/db-main'])
    assert.deepEqual(await keys(server, { name: 'd?' }), [
      'kv/hidden/db',
      'kv/other/DB',
      'v2/hidden/db',
      'v2/other/DB',
    ])
    assert.deepEqual(await keys(server, { path: 'kv', name: 'nothing' }), [])
    const read = await server.ask('read', 'sys/kv/search', { fields: { path: 'kv', name: 'key' } })
    assert.deepEqual(dataOf(read).keys, ['kv/app/key'])
  })

  it('finds by custom metadata', async (t) => {
    const server = await start(t)
    const all = ['v2/app/key', 'v2/hidden/db', 'v2/other/DB']
    assert.deepEqual(await keys(server, { metadata: { owner: 'alice' } }), all)
    assert.deepEqual(await keys(server, { metadata: ['owner=alice', 'env=app/key'] }), ['v2/app/key'])
    assert.deepEqual(await keys(server, { metadata: { owner: 'alice' }, name: 'db' }), all.slice(1))
    assert.deepEqual(await keys(server, { metadata: { constructor: 'x' } }), [])
  })

  it('looks at what the caller may list and read, and passes silently over the rest', async (t) => {
    const server = await start(t)
    const token = await tokenWith(
      server,
      `path "kv/*" { capabilities = ["list", "read"] }
       path "kv/hidden/*" { capabilities = ["deny"] }
       path "v2/metadata/*" { capabilities = ["list"] }
       path "v2/metadata/app/*" { capabilities = ["read", "list"] }`,
    )
    assert.deepEqual(await keys(server, { path: 'kv', name: 'db' }, token), ['kv/app/db-main', 'kv/other/DB'])
    assert.deepEqual(await keys(server, { metadata: { owner: 'alice' } }, token), ['v2/app/key'])
    const none = await tokenWith(server, 'path "x" { capabilities = ["read"] }')
    assert.deepEqual(await keys(server, { name: 'db' }, none), [])
    for (const path of ['kv', 'nowhere', 'sys']) {
      const refused = await server.ask('write', 'sys/kv/search', {
        fields: { path, name: 'db' },
        token: none,
      })
      assert.equal(codeOf(refused), 'policy_denied')
    }
  })

  it('answers in pages', async (t) => {
    const server = await start(t)
    const found: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await search(server, { name: 'db', limit: 2, ...(after === undefined ? {} : { after }) })
      found.push(...page.keys)
      assert.ok(page.keys.length <= 2)
      if (page.after === undefined) break
      after = page.after
    }
    assert.deepEqual(found, await keys(server, { name: 'db' }))
    const wrong = { path: 'kv', name: 'db', after: 'v2/x' }
    assert.equal(codeOf(await server.ask('write', 'sys/kv/search', { fields: wrong })), 'invalid_request')
  })

  it('does a bounded piece of work, and goes on where it stopped', async (t) => {
    const server = await startWithKv(t)
    const names = Array.from({ length: 2500 }, (_, i) => `n${String(i).padStart(4, '0')}`)
    for (let at = 0; at < names.length; at += 500) {
      const requests = names
        .slice(at, at + 500)
        .map((name) => ({ operation: 'write', path: `v2/data/${name}`, data: { data: { v: 1 } } }))
      await server.ask('write', 'sys/kv/batch', { fields: { requests, atomic: true } })
    }
    await server.ask('write', 'v2/metadata/n2400', { fields: { custom_metadata: { a: 'b' } } })
    const first = await search(server, { metadata: { a: 'b' } })
    assert.deepEqual(first.keys, [])
    assert.ok(first.after)
    const second = await search(server, { metadata: { a: 'b' }, after: first.after })
    assert.deepEqual(second, { keys: ['v2/n2400'] })
  })

  it('bounds the work of long patterns on long paths too', async (t) => {
    const server = await startWithKv(t)
    const folder = `${'a'.repeat(500)}/`.repeat(3)
    const names = Array.from({ length: 600 }, (_, i) => `${'a'.repeat(300)}${i}`)
    const requests = [...names, `${'a'.repeat(300)}b`].map((name) => ({
      operation: 'write',
      path: `kv/${folder}${name}`,
      data: { v: 1 },
    }))
    await server.ask('write', 'sys/kv/batch', { fields: { requests, atomic: true } })
    const wanted = { name: `*/${'a'.repeat(200)}*${'a'.repeat(280)}b` }
    const first = await search(server, wanted)
    assert.deepEqual(first.keys, [])
    assert.ok(first.after)
    const second = await search(server, { ...wanted, after: first.after })
    assert.deepEqual(second, { keys: [`kv/${folder}${names[0]?.slice(0, 300)}b`] })
  })

  it('is told what to look for', async (t) => {
    const server = await startWithKv(t)
    for (const fields of [
      {},
      { name: '' },
      { path: 'kv' },
      { path: 'kv/../x', name: 'a' },
      { name: 'x'.repeat(513) },
    ]) {
      const refused = codeOf(await server.ask('write', 'sys/kv/search', { fields }))
      assert.ok(refused === 'invalid_request' || refused === 'invalid_path', JSON.stringify(fields))
    }
  })
})
