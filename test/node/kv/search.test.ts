import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, type TestNode, tokenOf } from '../../support/node.ts'

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

  it('finds by a part of a name or a value of custom metadata, and says which it is', async (t) => {
    const server = await start(t)
    const { keys: paths, ...rest } = await search(server, { note: 'DB' })
    assert.deepEqual(paths, ['v2/hidden/db', 'v2/other/DB'])
    assert.deepEqual(rest, {
      key_info: {
        'v2/hidden/db': { custom_metadata: { env: 'hidden/db' } },
        'v2/other/DB': { custom_metadata: { env: 'other/DB' } },
      },
    })
    assert.deepEqual(await keys(server, { note: 'own', name: 'key' }), ['v2/app/key'])
    assert.deepEqual(await keys(server, { note: 'nothing' }), [])
    const token = await tokenWith(
      server,
      `path "v2/metadata/*" { capabilities = ["list"] }
       path "v2/metadata/other/*" { capabilities = ["read", "list"] }`,
    )
    assert.deepEqual(await keys(server, { note: 'alice' }, token), ['v2/other/DB'])
  })

  it('finds what ends soon or has ended, by its metadata or its newest version', async (t) => {
    const server = await start(t, { time: Date.parse('2030-01-10T12:00:00Z') })
    const note = (name: string, expires: string) =>
      server.ask('write', `v2/metadata/${name}`, { fields: { custom_metadata: { expires } } })
    await note('app/key', '2030-01-11')
    await note('hidden/db', '2030-02-01T00:00:00+01:00')
    await note('other/DB', 'soon')
    await server.ask('write', 'v2/metadata/short', { fields: { delete_version_after: '3h' } })
    await server.ask('write', 'v2/data/short', { fields: { data: { v: 1 } } })
    const within = async (expires: string) => {
      const { keys: paths, key_info: info } = (await search(server, { expires })) as JsonObject & {
        keys: string[]
      }
      return { paths, info }
    }
    assert.deepEqual(await within('2h'), { paths: [], info: undefined })
    assert.deepEqual(await within('48h'), {
      paths: ['v2/app/key', 'v2/short'],
      info: {
        'v2/app/key': { expire_time: '2030-01-11T23:59:59.999Z' },
        'v2/short': { expire_time: '2030-01-10T15:00:00.000Z' },
      },
    })
    assert.deepEqual((await within('720h')).paths, ['v2/app/key', 'v2/hidden/db', 'v2/short'])
    server.clock.advance(3 * 24 * 3600_000)
    assert.deepEqual((await within('0s')).paths, ['v2/app/key'], 'a version that is gone ends no more')
  })

  it('finds what nobody used, what the caller wrote last, and what others used', async (t) => {
    const server = await startWithKv(t)
    const rules = 'path "kv/*" { capabilities = ["create", "update", "read", "list"] }'
    await server.ask('write', 'sys/auth/userpass', { fields: { type: 'userpass' } })
    await server.ask('write', 'sys/policies/acl/kv', { fields: { policy: rules } })
    const logIn = async (name: string) => {
      const fields = { password: 'long enough', token_policies: 'kv', token_ttl: '900h' }
      await server.ask('write', `auth/userpass/users/${name}`, { fields })
      return tokenOf(await server.ask('write', `auth/userpass/login/${name}`, { token: '', fields }))
    }
    const [alice, bob] = [await logIn('alice'), await logIn('bob')]
    const use = (verb: 'read' | 'write', path: string, token: string) =>
      server.ask(verb, path, { token, ...(verb === 'write' && { fields: { v: 1 } }) })
    await use('write', 'kv/old', alice)
    await use('write', 'kv/both', alice)
    await use('write', 'kv/of-bob', bob)
    server.clock.advance(20 * 24 * 3600_000)
    await use('read', 'kv/both', bob)
    await use('write', 'kv/new', alice)
    const of = (fields: JsonObject, token = alice) => keys(server, { path: 'kv', ...fields }, token)
    assert.deepEqual(await of({ unused: 19 }), ['kv/of-bob', 'kv/old'])
    assert.deepEqual(await of({ unused: 21 }), [])
    assert.deepEqual(await of({ mine: true }), ['kv/both', 'kv/new', 'kv/old'])
    assert.deepEqual(await of({ mine: true }, bob), ['kv/of-bob'])
    assert.deepEqual(await of({ shared: true }), ['kv/both', 'kv/of-bob'])
    assert.deepEqual(await of({ mine: true, unused: 19 }), ['kv/old'])
    const lister = await tokenWith(server, 'path "kv/*" { capabilities = ["list"] }')
    assert.deepEqual(await of({ shared: true }, lister), [], 'use is told to who may read the secret')
    assert.deepEqual(await of({ mine: true }, lister), [])
  })

  it('finds what is deleted and can come back', async (t) => {
    const server = await start(t)
    await server.ask('delete', 'v2/data/app/key')
    await server.ask('delete', 'v2/data/other/DB')
    await server.ask('write', 'v2/destroy/other/DB', { fields: { versions: [1] } })
    const { keys: paths, key_info: info } = (await search(server, { deleted: true })) as JsonObject & {
      keys: string[]
    }
    assert.deepEqual(paths, ['v2/app/key'])
    const told = (info as Record<string, JsonObject>)['v2/app/key']
    assert.equal(told?.version, 1)
    assert.match(String(told?.deletion_time), /^20/)
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
      { note: 'x'.repeat(513) },
      { unused: 0 },
      { expires: -1 },
      { path: 'kv/../x', name: 'a' },
      { name: 'x'.repeat(513) },
    ]) {
      const refused = codeOf(await server.ask('write', 'sys/kv/search', { fields }))
      assert.ok(refused === 'invalid_request' || refused === 'invalid_path', JSON.stringify(fields))
    }
  })
})
