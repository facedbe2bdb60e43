import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../../test/support/node.ts'
import { countingStore, keysOf } from '../../../test/support/rows.ts'
import { type JsonObject, parseOwnJson } from '../../base/json/json.ts'
import { client, serve } from '../../http/testing/client.ts'
import type { StorageKey, Store } from '../../storage/store.ts'

async function start(t: TestContext, wrap?: (store: Store) => Store): Promise<TestNode> {
  const server = await startTestNode(wrap === undefined ? {} : { wrap })
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  return server
}

/** The same over HTTP, where texts are what counts. */
async function startHttp(t: TestContext, bodyBytes = 4 * 1024 * 1024) {
  const server = await start(t)
  const { url } = await serve(t, server.node.handler, { limits: { bodyBytes } })
  const call = client(t, url)
  const headers = { 'x-vault-token': server.root }
  return {
    server,
    put: async (path: string, body: string | Buffer) =>
      (await call(`/v1/kv/${path}`, { method: 'PUT', headers, body })).status,
    get: (path: string) => call(`/v1/kv/${path}`, { headers }),
    list: (path: string) => call(`/v1/kv/${path}`, { method: 'LIST', headers }),
  }
}

describe('KV v1', () => {
  it('keeps an object at a path until it is deleted; a write replaces the whole object', async (t) => {
    const { ask, store } = await start(t)
    const before = await keysOf(store)
    assert.equal(codeOf(await ask('read', 'kv/a/b')), 'not_found')
    await ask('write', 'kv/a/b', { fields: { x: 1, y: 2 } })
    await ask('write', 'kv/a/b', { fields: { z: 3 } })
    assert.deepEqual(dataOf(await ask('read', 'kv/a/b')), { z: 3 })
    for (let i = 0; i < 2; i++) assert.equal(codeOf(await ask('delete', 'kv/a/b')), undefined)
    assert.equal(codeOf(await ask('read', 'kv/a/b')), 'not_found')
    assert.deepEqual(await keysOf(store), before)
  })

  it('refuses an object without fields, and a path that is a folder', async (t) => {
    const { ask } = await start(t)
    const reply = await ask('write', 'kv/a')
    assert.equal(codeOf(reply), 'invalid_request')
    assert.match(String(reply), /missing data fields/)
    for (const path of ['kv/a/', 'kv/']) {
      assert.equal(codeOf(await ask('write', path, { fields: { v: 1 } })), 'invalid_request', path)
      assert.equal(codeOf(await ask('read', path)), 'not_found', path)
    }
  })

  it('lets a path be an object and a folder at once', async (t) => {
    const { ask } = await start(t)
    await ask('write', 'kv/a', { fields: { v: 1 } })
    await ask('write', 'kv/a/b', { fields: { v: 2 } })
    assert.deepEqual(dataOf(await ask('list', 'kv/')).keys, ['a', 'a/'])
    assert.deepEqual(dataOf(await ask('list', 'kv/a')).keys, ['b'])
    await ask('delete', 'kv/a')
    assert.deepEqual(dataOf(await ask('list', 'kv/')).keys, ['a/'])
    assert.equal(codeOf(await ask('list', 'kv/none')), 'not_found')
  })

  it('tells writes that make something from writes that change it', async (t) => {
    const { ask } = await start(t)
    const policy = 'path "kv/new" { capabilities = ["create"] } path "kv/old" { capabilities = ["update"] }'
    await ask('write', 'sys/policies/acl/p', { fields: { policy } })
    const token = tokenOf(await ask('write', 'auth/token/create', { fields: { policies: ['p'] } }))
    const write = async (path: string) => codeOf(await ask('write', path, { token, fields: { v: 1 } }))
    assert.equal(await write('kv/new'), undefined)
    assert.equal(await write('kv/new'), 'policy_denied')
    assert.equal(await write('kv/old'), 'policy_denied')
    await ask('write', 'kv/old', { fields: { v: 0 } })
    assert.equal(await write('kv/old'), undefined)
  })

  it('keeps the objects of two mounts apart', async (t) => {
    const { ask } = await start(t)
    await ask('write', 'sys/mounts/other', { fields: { type: 'kv' } })
    await ask('write', 'kv/a', { fields: { v: 1 } })
    assert.equal(codeOf(await ask('read', 'other/a')), 'not_found')
  })

  it('says how long an object may be used: what it says itself in ttl or lease, else the default of the mount', async (t) => {
    const { ask } = await start(t)
    const duration = async (fields: Parameters<typeof ask>[2]) => {
      await ask('write', 'kv/a', fields)
      const reply = await ask('read', 'kv/a')
      assert.ok('leaseDuration' in reply)
      return reply.leaseDuration
    }
    assert.equal(await duration({ fields: { v: 1 } }), 2_764_800)
    assert.equal(await duration({ fields: { ttl: '1h30m' } }), 5400)
    assert.equal(await duration({ fields: { ttl: 90 } }), 90)
    assert.equal(await duration({ fields: { ttl: '90' } }), 90)
    assert.equal(await duration({ fields: { lease: '2m' } }), 120)
    assert.equal(await duration({ fields: { ttl: '1m', lease: '2m' } }), 60)
    for (const ttl of [
      'soon',
      -5,
      '-1h',
      '-1ns',
      0,
      '0',
      '0s',
      '',
      true,
      null,
      ['1h'],
      { a: 1 },
      '999999999999h',
    ]) {
      assert.equal(await duration({ fields: { ttl } }), 2_764_800, JSON.stringify(ttl))
    }
    assert.equal(await duration({ fields: { deep: { ttl: '1h' } } }), 2_764_800)
    await ask('write', 'sys/mounts/kv/tune', { fields: { default_lease_ttl: '30s' } })
    assert.equal(await duration({ fields: { v: 1 } }), 30)
  })
})

describe('an object of KV v1', () => {
  /** JSON text without blanks, of any shape; names that JavaScript would move to the front are left out. */
  const { object } = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('null', 'true', 'false', '0', '-0', '1.50', '1E400', '1e-7', '12345678901234567890123'),
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
      fc.bigInt().map(String),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => JSON.stringify(number)),
      fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join()}]`),
      tie('object'),
    ),
    object: fc
      .dictionary(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom('', '__proto__', 'constructor', 'ttl', '"\\'),
        ),
        tie('value'),
        { maxKeys: 4 },
      )
      .map((members) =>
        Object.entries(members)
          .filter(([name]) => !/^\d+$/.test(name))
          .map(([name, value]) => `${JSON.stringify(name)}:${value}`),
      )
      .map((members) => `{${members.join()}}`),
  }))

  /** What a text says, numbers as they are spelled. */
  const reading = (text: string) => parseOwnJson(text) as JsonObject

  it('comes back as it was, whatever JSON it is, and its numbers as they were spelled', async (t) => {
    const { put, get } = await startHttp(t)
    await fc.assert(
      fc.asyncProperty(object, async (text) => {
        fc.pre(text !== '{}')
        assert.equal(await put('any', text), 204)
        assert.deepEqual(reading((await get('any')).body).data, reading(text))
      }),
      { numRuns: 200 },
    )
  })

  it('may be 512 kB and more, up to the limit; beyond it is refused and nothing of it is stored', async (t) => {
    const { put, get, server } = await startHttp(t, 1024 * 1024)
    const ofBytes = (bytes: number) => JSON.stringify({ v: 'x'.repeat(bytes - 8) })
    for (const bytes of [512 * 1024, 1024 * 1024]) {
      assert.equal(await put('large', ofBytes(bytes)), 204)
      assert.ok((await get('large')).body.includes(ofBytes(bytes)))
    }
    const before = await keysOf(server.store)
    assert.equal(await put('larger', ofBytes(1024 * 1024 + 1)), 413)
    assert.equal(await put('large', ofBytes(1024 * 1024 + 1)), 413)
    assert.equal((await get('larger')).status, 404)
    assert.ok((await get('large')).body.includes(ofBytes(1024 * 1024)), 'what was there before is untouched')
    assert.deepEqual(await keysOf(server.store), before)
  })

  it('may be nested 1,000 levels deep, and no deeper', async (t) => {
    const { put, get } = await startHttp(t)
    const nested = (levels: number) => `{"v":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    assert.equal(await put('deep', nested(1000)), 204)
    assert.ok((await get('deep')).body.includes(nested(1000)))
    assert.equal(await put('deeper', nested(1001)), 400)
    assert.equal((await get('deeper')).status, 404)
  })

  it('may have a name of any script, and lie deep in folders of such names', async (t) => {
    const { put, get, list } = await startHttp(t)
    for (const name of ['größe', '方針', 'a b', 'ü/ö/方', '😀', 'a\'b"c', 'x'.repeat(400), '%']) {
      const path = name.split('/').map(encodeURIComponent).join('/')
      assert.equal(await put(path, '{"v":1}'), 204, name)
      assert.equal((await get(path)).status, 200, name)
      const { body } = await list('')
      const first = name.split('/')[0] ?? ''
      const shown = name.includes('/') ? `${first}/` : first
      assert.ok(JSON.parse(body).data.keys.includes(shown), name)
    }
  })
})

describe('a folder of KV v1 with 100,000 names', () => {
  it('is listed page by page, in order, at a cost of what is shown', async (t) => {
    let count = { asked: 0, got: 0 }
    const { ask, store } = await start(t, (inner) => {
      const counting = countingStore(inner)
      count = counting.count
      return counting.store
    })
    const { uuid } = dataOf(await ask('read', 'sys/mounts/kv'))
    const names = Array.from({ length: 100_000 }, (_, i) => `k${String(i).padStart(6, '0')}`)
    const value = Buffer.alloc(8)
    for (let at = 0; at < names.length; at += 5000) {
      const put = names
        .slice(at, at + 5000)
        .map((name) => ({ key: `ns/root/mount/${uuid}/data/big/${name}` as StorageKey, value }))
      assert.equal((await store.commit({ put })).ok, true)
    }
    const page = async (fields: { after?: string; limit?: number }) => {
      const before = count.got
      const keys = dataOf(await ask('list', 'kv/big/', { fields })).keys as string[]
      return { keys, cost: count.got - before }
    }
    const shown: string[] = []
    for (let after = ''; shown.length < names.length; after = shown.at(-1) ?? '') {
      const { keys, cost } = await page({ after, limit: 20_000 })
      assert.ok(cost < 20_100, `${cost} names read for 20,000`)
      shown.push(...keys)
    }
    assert.deepEqual(shown, names)
    assert.equal(codeOf(await ask('list', 'kv/big/', { fields: { after: 'k099999' } })), 'not_found')
    const one = await page({ after: 'k050000', limit: 1 })
    assert.deepEqual(one.keys, ['k050001'])
    assert.ok(one.cost < 100, `${one.cost} names read for one`)
    assert.equal((await page({})).keys.length, 100_000)
    for (const limit of [0, -1])
      assert.equal(codeOf(await ask('list', 'kv/big/', { fields: { limit } })), 'invalid_request')
  })
})
