import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import { countingStore, groundOf, keysOf } from '../../../test/support/rows.ts'
import { headName, heads } from '../../backend/kv/record.ts'
import type { Reply } from '../../backend/message.ts'
import { mountKey } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'
import type { Store } from '../../storage/store.ts'
import { transact } from '../../transaction/transaction.ts'
import { mostVersions, newMetadata } from './model.ts'

async function start(t: TestContext, options = { version: '2' }, wrap?: (store: Store) => Store) {
  const server = await startTestNode(wrap === undefined ? {} : { wrap })
  t.after(() => server.stop())
  const { ask } = server
  await ask('write', 'sys/mounts/kv', { fields: { type: 'kv', options } })
  const read = async (path: string, fields: JsonObject = {}) =>
    plain(await ask('read', `kv/${path}`, { fields }))
  return {
    ...server,
    read,
    put: (path: string, data: Json, options?: JsonObject) =>
      ask('write', `kv/data/${path}`, { fields: { data, ...(options && { options }) } }),
    post: (path: string, fields: JsonObject) => ask('write', `kv/${path}`, { fields }),
    patch: (path: string, fields: JsonObject) => ask('patch', `kv/${path}`, { fields }),
    secret: async (path: string, version?: number) => {
      const { data } = await read(`data/${path}`, version === undefined ? {} : { version })
      return data?.data ?? undefined
    },
  }
}

/** What an answer holds, as it is on the wire. */
function plain(reply: unknown): { status?: number; data?: JsonObject; code?: string; text?: string } {
  const code = codeOf(reply as Reply)
  if (code !== undefined) return { code, text: String(reply) }
  const { status, data } = JSON.parse(JSON.stringify(reply)) as { status?: number; data?: JsonObject }
  return { ...(status !== undefined && { status }), ...(data && { data }) }
}

const metadataOf = (data: JsonObject | undefined): JsonObject => {
  const metadata = data?.metadata ?? null
  return isJsonObject(metadata) ? metadata : assert.fail('no metadata')
}

describe('KV v2', () => {
  it('leaves no row behind when the metadata of a secret is deleted', async (t) => {
    const { put, post, patch, ask, store, secret } = await start(t)
    const before = await keysOf(store)
    for (let i = 0; i < 12; i++) await put('a/b', { i })
    await post('destroy/a/b', { versions: [5] })
    await patch('data/a/b', { data: { more: true } })
    assert.deepEqual(await secret('a/b'), { i: 11, more: true })
    await ask('delete', 'kv/metadata/a/b')
    assert.deepEqual(await keysOf(store), before)
    assert.equal(await secret('a/b', 13), undefined)
  })

  it('keeps the data of a destroyed version and of one that became too old nowhere', async (t) => {
    const { put, post, store } = await start(t)
    await post('config', { max_versions: 2 })
    for (let i = 1; i <= 4; i++) await put('a', { i })
    await post('destroy/a', { versions: '3' })
    const rows = (await keysOf(store)).filter((key) => key.includes('/version/a/'))
    assert.deepEqual(
      rows.map((key) => key.split('/').at(-1)),
      ['4'],
    )
  })

  it('drops versions that a lowered max_versions leaves out at the next write', async (t) => {
    const { put, post, read, secret } = await start(t)
    for (let i = 1; i <= 6; i++) await put('a', { i })
    await post('metadata/a', { max_versions: 2 })
    assert.deepEqual(await secret('a', 1), { i: 1 })
    await put('a', { i: 7 })
    assert.equal((await read('data/a', { version: 5 })).code, 'not_found')
    const { data } = await read('metadata/a')
    assert.equal(data?.oldest_version, 6)
    assert.deepEqual(Object.keys(data?.versions ?? {}), ['6', '7'])
  })

  it('keeps at most 5,000 versions, and says so to who asks for more', async (t) => {
    const { post } = await start(t)
    const reply = await post('config', { max_versions: 10_000 })
    assert.ok('warnings' in reply)
    assert.match(String(reply.warnings), /at most 5000 are kept/)
    assert.equal(codeOf(await post('metadata/a', { max_versions: -1 })), 'invalid_request')
  })

  it('lets exactly one of two writers win that name the same version', async (t) => {
    const { put, secret } = await start(t)
    for (let round = 0; round < 20; round++) {
      const replies = await Promise.all([1, 2, 3].map((by) => put('a', { round, by }, { cas: round })))
      const won = replies.flatMap((reply, i) => (codeOf(reply) === undefined ? [i + 1] : []))
      assert.equal(won.length, 1)
      assert.deepEqual(await secret('a'), { round, by: won[0] })
    }
  })

  it('asks for cas where the secret says so, also in a patch', async (t) => {
    const { put, post, patch } = await start(t)
    await put('a', { v: 1 })
    await post('metadata/a', { cas_required: true })
    assert.match(String(await put('a', { v: 2 })), /check-and-set parameter required/)
    assert.match(String(await patch('data/a', { data: { v: 2 } })), /check-and-set parameter required/)
    assert.equal(codeOf(await put('a', { v: 2 }, { cas: 1 })), undefined)
    for (const cas of [1.5, true, [2], { n: 2 }, '', '2x']) {
      assert.match(String(await put('a', { v: 3 }, { cas })), /error parsing check-and-set/, String(cas))
    }
  })

  it('deletes by itself after the span of mount or secret, unless the mount switched that off', async (t) => {
    const { put, post, clock, secret, read } = await start(t)
    await post('config', { delete_version_after: '1h' })
    await put('a', { v: 1 })
    clock.advance(3_600_000 - 1)
    assert.deepEqual(await secret('a'), { v: 1 })
    clock.advance(1)
    assert.equal((await read('data/a')).status, 404)
    await post('undelete/a', { versions: [1] })
    assert.deepEqual(await secret('a'), { v: 1 })
    clock.advance(3_600_000)
    assert.equal(await secret('a'), undefined)
    await post('config', { delete_version_after: '-1s' })
    await post('metadata/a', { delete_version_after: '1s' })
    await put('a', { v: 2 })
    clock.advance(3_600_000)
    assert.deepEqual(await secret('a'), { v: 2 })
    assert.equal((await read('config')).data?.delete_version_after, '-1s')
    assert.equal(codeOf(await post('metadata/a', { delete_version_after: '-1s' })), 'invalid_request')
  })

  it('merges a patch of the metadata, where null takes a setting back', async (t) => {
    const { post, patch, read } = await start(t)
    await post('metadata/a', { max_versions: 3, cas_required: true, custom_metadata: { a: '1', b: '2' } })
    await patch('metadata/a', { max_versions: null, custom_metadata: { a: null, c: 3 } })
    const { data } = await read('metadata/a')
    assert.equal(data?.max_versions, 0)
    assert.equal(data?.cas_required, true)
    assert.deepEqual(data?.custom_metadata, { b: '2', c: '3' })
    await patch('metadata/a', { custom_metadata: null, cas_required: null })
    assert.equal((await read('metadata/a')).data?.custom_metadata, null)
    assert.equal((await read('metadata/a')).data?.cas_required, false)
  })

  it('shows the names of fields without their values, to the depth asked for', async (t) => {
    const { put, read } = await start(t)
    await put('a', { s: 'x', l: [1], e: {}, o: { p: { q: 1 } } })
    const subkeys = async (fields: JsonObject) => (await read('subkeys/a', fields)).data?.subkeys
    assert.deepEqual(await subkeys({}), { s: null, l: null, e: null, o: { p: { q: null } } })
    assert.deepEqual(await subkeys({ depth: 1 }), { s: null, l: null, e: null, o: null })
    assert.deepEqual(await subkeys({ depth: 2 }), { s: null, l: null, e: null, o: { p: null } })
  })

  it('tells creating from updating for data and metadata', async (t) => {
    const { ask } = await start(t)
    const policy = 'path "kv/*" { capabilities = ["create"] }'
    await ask('write', 'sys/policies/acl/p', { fields: { policy } })
    const token = tokenOf(await ask('write', 'auth/token/create', { fields: { policies: ['p'] } }))
    const write = async (path: string, fields: JsonObject) =>
      codeOf(await ask('write', path, { token, fields }))
    assert.equal(await write('kv/data/a', { data: {} }), undefined)
    assert.equal(await write('kv/data/a', { data: {} }), 'policy_denied')
    assert.equal(await write('kv/metadata/a', {}), 'policy_denied')
    assert.equal(await write('kv/metadata/b', {}), undefined)
  })

  it('shows in lists the names whose data or metadata the caller may reach, and details of the latter', async (t) => {
    const { ask, put } = await start(t)
    for (const path of ['a', 'b', 'c', 'dir/x']) await put(path, { v: 1 })
    const policy = `path "kv/data/a" { capabilities = ["read"] }
      path "kv/metadata/*" { capabilities = ["list"] } path "kv/detailed-metadata/*" { capabilities = ["list"] }
      path "kv/metadata/b" { capabilities = ["read"] } path "kv/metadata/c" { capabilities = ["deny"] }`
    await ask('write', 'sys/policies/acl/p', { fields: { policy } })
    const token = tokenOf(await ask('write', 'auth/token/create', { fields: { policies: ['p'] } }))
    const { keys, key_info: info } = dataOf(await ask('list', 'kv/detailed-metadata/', { token }))
    assert.ok(!(keys as string[]).includes('c'))
    assert.ok((keys as string[]).includes('a'))
    const details = info as Record<string, JsonObject>
    assert.deepEqual(details.a, {})
    assert.equal(details.b?.current_version, 1)
    const all = dataOf(await ask('list', 'kv/detailed-metadata/'))
    assert.deepEqual(all.keys, ['a', 'b', 'c', 'dir/'])
    assert.deepEqual((all.key_info as Record<string, JsonObject>)['dir/'], {})
  })

  it('reads in one round trip when warm, however many versions there are', async (t) => {
    let count = { asked: 0, got: 0 }
    const { put, secret } = await start(t, { version: '2' }, (inner) => {
      const counting = countingStore(inner)
      count = counting.count
      return counting.store
    })
    for (let i = 0; i < 30; i++) await put('a', { i })
    await secret('a')
    const before = count.asked
    assert.deepEqual(await secret('a'), { i: 29 })
    assert.equal(count.asked - before, 1)
  })

  it('counts reads of data as reads of the secret, and those of its metadata as none', async (t) => {
    const { ask, put, post, secret, read } = await start(t)
    await put('a', { v: 1 })
    await secret('a')
    await read('metadata/a')
    await read('subkeys/a')
    await post('delete/a', { versions: [1] })
    await secret('a')
    const usage = dataOf(await ask('read', 'sys/usage/kv/data/a'))
    assert.equal(usage.reads, 1)
    assert.equal(usage.writes, 2)
  })

  it('says what is wrong with a path that has data/ not at all or twice', async (t) => {
    const { ask, put, read } = await start(t)
    await put('app/db', { v: 1 })
    for (const verb of ['read', 'write', 'delete', 'patch', 'list'] as const) {
      const reply = await ask(verb, 'kv/app/db')
      assert.ok('status' in reply && reply.status === 404, verb)
      assert.match(
        String(reply.warnings),
        /^Invalid path for a versioned K\/V secrets engine.*(data|metadata)\/app\/db/,
      )
    }
    const twice = await read('data/data/app/db')
    assert.equal(twice.code, 'not_found')
    assert.match(twice.text ?? '', /"data\/" twice: the secret "app\/db" is at "kv\/data\/app\/db"/)
    assert.match((await read('metadata/metadata/app/db')).text ?? '', /twice/)
    await put('data/app', { v: 2 })
    assert.equal((await read('data/data/app')).status, undefined)
  })

  it('refuses what has the wrong type, and stores nothing of it', async (t) => {
    const { post, patch, put, read, store } = await start(t)
    await put('a', { v: 1 })
    const before = await keysOf(store)
    const odd: Json[] = ['text', 5, true, [1], { a: 1 }]
    for (const value of odd) {
      const label = JSON.stringify(value)
      if (!isJsonObject(value)) {
        for (const fields of [{ data: value }, { data: {}, options: value }]) {
          assert.equal(codeOf(await post('data/n', fields)), 'invalid_request', label)
          assert.equal(codeOf(await patch('data/a', fields)), 'invalid_request', label)
        }
        assert.equal(codeOf(await post('metadata/n', { custom_metadata: value })), 'invalid_request', label)
      }
      for (const part of ['delete', 'undelete', 'destroy']) {
        if (value === 5) continue
        if (Array.isArray(value)) continue
        assert.equal(codeOf(await post(`${part}/a`, { versions: value })), 'invalid_request', label)
      }
    }
    for (const versions of [[-1], ['1.5'], '1,x', [[1]], [], '', ['9'.repeat(400)]]) {
      assert.equal(codeOf(await post('destroy/a', { versions })), 'invalid_request', JSON.stringify(versions))
    }
    assert.equal(codeOf(await post('destroy/a', {})), 'invalid_request')
    const many = Array.from({ length: 200_000 }, (_, i) => i + 2)
    assert.equal(codeOf(await post('destroy/a', { versions: many })), undefined)
    for (const version of ['x', '1.5', '1e3', [1]]) {
      assert.equal((await read('data/a', { version })).code, 'invalid_request', String(version))
    }
    assert.equal((await read('data/a', { version: '-7' })).status, undefined)
    assert.deepEqual((await read('data/a')).data?.data, { v: 1 })
    assert.deepEqual(await keysOf(store), before)
  })

  it('keeps numbers as they are spelled, null as data, and fields of any name', async (t) => {
    const { ask, put, patch, secret } = await start(t)
    const data = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as JsonObject
    await put('a', data)
    await patch('data/a', { data: JSON.parse('{"__proto__":{"b":2}}') as JsonObject })
    const found = (await secret('a')) as JsonObject
    assert.equal(JSON.stringify(found), '{"__proto__":{"a":1,"b":2},"constructor":2}')
    await put('a', null)
    assert.equal(metadataOf(dataOf(await ask('read', 'kv/data/a'))).version, 3)
    assert.equal(await secret('a'), undefined)
  })
})

describe('a mount of KV v1 that begins to keep versions', () => {
  it('has all its secrets as first versions at once, and writes no row for it', async (t) => {
    const { ask, store, clock, secret, read, put, post } = await start(t, { version: '1' })
    for (const path of ['a', 'dir/b', 'c']) await ask('write', `kv/${path}`, { fields: { path } })
    const before = await keysOf(store)
    clock.advance(1000)
    const since = new Date(clock.now()).toISOString()
    await ask('write', 'sys/mounts/kv/tune', { fields: { options: { version: '2' } } })
    assert.deepEqual(await keysOf(store), before)
    assert.deepEqual(dataOf(await ask('list', 'kv/metadata/')).keys, ['a', 'c', 'dir/'])
    const { data } = await read('data/dir/b')
    assert.deepEqual(data?.data, { path: 'dir/b' })
    assert.equal(metadataOf(data).created_time, since)
    assert.equal(metadataOf(data).version, 1)
    await put('a', { now: 2 }, { cas: 1 })
    assert.deepEqual(await secret('a', 1), { path: 'a' })
    assert.deepEqual(await secret('a'), { now: 2 })
    await post('destroy/c', { versions: [1] })
    assert.equal((await read('data/c')).status, 404)
    assert.ok((await keysOf(store)).every((key) => !key.includes('/version/c/')))
    await post('metadata/dir/b', { custom_metadata: { owner: 'alice' } })
    assert.deepEqual(await secret('dir/b'), { path: 'dir/b' })
    await ask('delete', 'kv/metadata/dir/b')
    assert.equal((await read('data/dir/b')).code, 'not_found')
  })

  it('serves while it is done: each request is answered by one version or the other, and none is lost', async (t) => {
    const { ask, secret } = await start(t, { version: '1' })
    const names = Array.from({ length: 40 }, (_, i) => `s${i}`)
    const writes = names.map((name) => ask('write', `kv/${name}`, { fields: { name } }))
    const tune = ask('write', 'sys/mounts/kv/tune', { fields: { options: { version: '2' } } })
    const later = names.map((name) => ask('write', `kv/${name}`, { fields: { name } }))
    const replies = await Promise.all([...writes, ...later])
    await tune
    for (const [i, name] of names.entries()) {
      const done = [replies[i], replies[i + names.length]].some((reply) => reply && !('status' in reply))
      assert.deepEqual(await secret(name), done ? { name } : undefined)
    }
  })

  it('is seen at once by another node that had read the mount and the secret before', async (t) => {
    const { ask, another, put, secret } = await start(t, { version: '1' })
    await ask('write', 'kv/a', { fields: { v: 1 } })
    const other = await another()
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { v: 1 })
    await ask('write', 'sys/mounts/kv/tune', { fields: { options: { version: '2' } } })
    await put('a', { v: 2 })
    const stale = await other.ask('read', 'kv/a')
    assert.ok('status' in stale && stale.status === 404)
    assert.deepEqual(plain(await other.ask('read', 'kv/data/a')).data?.data, { v: 2 })
    assert.deepEqual(await secret('a', 1), { v: 1 })
  })

  it('never goes back, and takes no version that there is not', async (t) => {
    const { ask } = await start(t)
    const tune = (version: string) => ask('write', 'sys/mounts/kv/tune', { fields: { options: { version } } })
    assert.match(String(await tune('1')), /cannot downgrade mount from version 2/)
    assert.equal(codeOf(await tune('3')), 'invalid_request')
    assert.equal(codeOf(await tune('2')), undefined)
  })
})

describe('who wrote a version', () => {
  const by = (actor: string) => ({ actor, client_id: '' })
  async function startWithTokens(t: TestContext) {
    const server = await start(t)
    const policy = 'path "kv/*" { capabilities = ["create", "read", "update", "patch", "delete", "list"] }'
    await server.ask('write', 'sys/policies/acl/kv', { fields: { policy } })
    const named = async (display_name: string) =>
      tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['kv'], display_name } }))
    const people = async (path: string) => {
      const { data } = await server.read(`metadata/${path}`)
      const versions = Object.entries((data?.versions ?? {}) as Record<string, JsonObject>)
      return Object.fromEntries(
        versions.map(([n, { created_by, deleted_by }]) => [n, [created_by, deleted_by]]),
      )
    }
    return { ...server, people, alice: await named('alice'), bob: await named('bob') }
  }

  it('is kept with it, and who deleted it until it is brought back', async (t) => {
    const { ask, alice, bob, people, read } = await startWithTokens(t)
    const data = (v: number) => ({ data: { v } })
    await ask('write', 'kv/data/a', { token: alice, fields: data(1) })
    await ask('patch', 'kv/data/a', { token: bob, fields: data(2) })
    await ask('write', 'kv/data/a', { token: alice, fields: data(3) })
    await ask('write', 'kv/delete/a', { token: bob, fields: { versions: [1, 2] } })
    await ask('delete', 'kv/data/a', { token: alice })
    assert.deepEqual(await people('a'), {
      1: [by('token-alice'), by('token-bob')],
      2: [by('token-bob'), by('token-bob')],
      3: [by('token-alice'), by('token-alice')],
    })
    await ask('write', 'kv/undelete/a', { token: bob, fields: { versions: [2, 3] } })
    await ask('write', 'kv/destroy/a', { token: bob, fields: { versions: [3] } })
    assert.deepEqual(await people('a'), {
      1: [by('token-alice'), by('token-bob')],
      2: [by('token-bob'), undefined],
      3: [by('token-alice'), undefined],
    })
    // Who may read the data alone is told of the version alone.
    const { data: shown } = await read('data/a', { version: 2 })
    assert.deepEqual(Object.keys(metadataOf(shown)).sort(), [
      'created_time',
      'custom_metadata',
      'deletion_time',
      'destroyed',
      'version',
    ])
  })

  it('is not known of what ended by itself, or was written before a mount kept versions', async (t) => {
    const { ask, alice, people, clock } = await startWithTokens(t)
    await ask('write', 'kv/metadata/soon', { fields: { delete_version_after: '60s' } })
    await ask('write', 'kv/data/soon', { token: alice, fields: { data: { v: 1 } } })
    clock.advance(120_000)
    assert.deepEqual(await people('soon'), { 1: [by('token-alice'), undefined] })
    await ask('write', 'sys/mounts/old', { fields: { type: 'kv' } })
    await ask('write', 'old/a', { fields: { v: 1 } })
    await ask('write', 'sys/mounts/old/tune', { fields: { options: { version: '2' } } })
    await ask('write', 'old/data/a', { fields: { data: { v: 2 } } })
    const { versions } = dataOf(await ask('read', 'old/metadata/a'))
    const writers = Object.values(versions as Record<string, JsonObject>).map(({ created_by }) => created_by)
    assert.deepEqual(writers, [undefined, by('root')])
  })

  it('takes the room of one name, however many versions are theirs', () => {
    const person = { displayName: 'x'.repeat(256), entityId: 'e'.repeat(36) }
    const other = { displayName: 'bob', entityId: '' }
    const version = (n: number) => ({
      created: n,
      deletion: n,
      destroyed: false,
      createdBy: n % 2 === 0 ? person : other,
      deletedBy: other,
    })
    const metadata = {
      ...newMetadata(1),
      current: 1000,
      versions: Array.from({ length: 1000 }, (_, n) => version(n)),
    }
    const bytes = heads.encode({ metadata })
    assert.ok(bytes.length < 40_000, `${bytes.length} bytes`)
    assert.deepEqual(heads.parse(bytes), { metadata })
  })

  it('is forgotten of the oldest versions where it is too many, and cut where it is long', () => {
    const version = (n: number) => ({
      created: n,
      deletion: 0,
      destroyed: false,
      createdBy: { displayName: `${n} ${'x'.repeat(1000)}`, entityId: '' },
    })
    const versions = Array.from({ length: 501 }, (_, n) => version(n))
    const head = heads.parse(heads.encode({ metadata: { ...newMetadata(1), current: 501, versions } }))
    const writers = 'metadata' in head ? head.metadata.versions.map(({ createdBy }) => createdBy) : []
    assert.equal(writers[0], undefined)
    assert.deepEqual(
      [writers[1], writers[500]].map((one) => one?.displayName),
      ['1', '500'].map((n) => `${n} ${'x'.repeat(1000)}`.slice(0, 256)),
    )
  })
})

describe('the detailed list of a folder', () => {
  it('reads no more versions than an answer may hold', async (t) => {
    const server = await start(t)
    const version = { created: 1, deletion: 0, destroyed: false }
    const metadata = {
      ...newMetadata(1),
      current: mostVersions,
      versions: Array.from({ length: mostVersions }, () => version),
    }
    await transact(
      () => groundOf(server),
      async (tx) => {
        const { mounts } = await readMounts(tx)
        const mount = mounts.find(({ path }) => path === 'kv/') ?? assert.fail('no mount')
        for (let i = 10; i < 31; i++) tx.put(heads, mountKey(mount, headName(`full/${i}`)), { metadata })
      },
    )
    const list = (fields: JsonObject) => server.ask('list', 'kv/detailed-metadata/full/', { fields })
    assert.match(plain(await list({})).text ?? '', /more than 100000 versions; page with/)
    const { key_info: info } = dataOf(await list({ limit: 20 }))
    assert.equal(Object.keys(info as JsonObject).length, 20)
    assert.equal(codeOf(await list({ after: '29' })), undefined)
  })
})
