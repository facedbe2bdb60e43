import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { chaosStore, type Mischief } from '../../../src/storage/contract/chaos.ts'
import { auditTo } from '../../support/audit.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { codeOf, dataOf, type TestNode } from '../../support/node.ts'

type Item = { operation: string; path: string; data?: JsonObject }
type Result = JsonObject & { status: number; errors: string[]; data: JsonObject | null }

async function batch(
  server: TestNode,
  requests: JsonObject[],
  options: { token?: string; atomic?: boolean } = {},
) {
  const { atomic = false, ...rest } = options
  return server.ask('write', 'sys/kv/batch', { fields: { requests, atomic }, ...rest })
}
const resultsOf = (reply: Parameters<typeof dataOf>[0]) => dataOf(reply).results as unknown as Result[]
const statuses = (reply: Parameters<typeof dataOf>[0]) => resultsOf(reply).map(({ status }) => status)

const write = (path: string, data: JsonObject = { v: 1 }): Item => ({ operation: 'write', path, data })
const read = (path: string): Item => ({ operation: 'read', path })

describe('a batch', () => {
  it('answers each request as the plain call would', async (t) => {
    const server = await startWithKv(t)
    const reply = await batch(server, [
      write('kv/a'),
      write('v2/data/a', { data: { v: 1 } }),
      { operation: 'patch', path: 'v2/data/a', data: { data: { w: 2 } } },
      read('kv/a'),
      { operation: 'read', path: 'v2/data/a', data: { version: 1 } },
      { operation: 'list', path: 'kv' },
      { operation: 'delete', path: 'kv/a' },
      read('kv/a'),
      read('nowhere/a'),
    ])
    assert.deepEqual(statuses(reply), [204, 200, 200, 200, 200, 200, 204, 404, 404])
    const [, , , one, two, names] = resultsOf(reply)
    assert.deepEqual(one?.data, { v: 1 })
    assert.deepEqual(two?.data?.data, { v: 1 })
    assert.deepEqual(names?.data, { keys: ['a'] })
    assert.deepEqual(dataOf(await server.ask('read', 'v2/data/a')).data, { v: 1, w: 2 })
  })

  it('lets nothing through that the plain call would not', async (t) => {
    const server = await startWithKv(t)
    for (const path of ['kv/a/open', 'kv/a/denied', 'kv/other', 'kv/exact']) {
      await server.ask('write', path, { fields: { v: 1 } })
    }
    const rules = `
      path "kv/a/*" { capabilities = ["read", "list", "create", "update"] }
      path "kv/a/denied" { capabilities = ["deny"] }
      path "kv/form/*" { capabilities = ["create", "update"] allowed_parameters = { "v" = ["1"] } }
      path "kv/wrapped" { capabilities = ["read"] min_wrapping_ttl = "1s" }
      path "kv/exact" { capabilities = ["create"] }`
    const token = await tokenWith(server, rules)
    const items = [
      read('kv/a/open'),
      read('kv/a/denied'),
      read('kv/other'),
      read('kv/wrapped'),
      write('kv/form/x', { v: '1' }),
      write('kv/form/x', { v: '2' }),
      write('kv/form/x', { w: '1' }),
      write('kv/exact'),
      write('kv/a/denied'),
      { operation: 'delete', path: 'kv/a/open' },
      { operation: 'list', path: 'kv/a' },
      { operation: 'list', path: 'kv' },
      read('sys/mounts'),
      read('auth/token/lookup-self'),
      write('auth/token/create', {}),
      write('sys/kv/batch', { requests: [] }),
      write('sys/seal', {}),
      read('cubbyhole/x'),
    ] as const
    for (const atomic of [false, true]) {
      for (const item of items) {
        const verb = item.operation as 'read' | 'write' | 'delete' | 'list'
        const path = verb === 'list' ? `${item.path}/` : item.path
        const isSecret = /^(kv|cubbyhole)\//.test(path)
        const reply = await batch(server, [item], { token, atomic })
        const done = codeOf(reply) ?? resultsOf(reply)[0]?.status
        if (!isSecret) {
          const refused = atomic ? ['policy_denied', 'invalid_request'] : [403, 400]
          assert.ok((refused as unknown[]).includes(done), `${path}: ${done}`)
          continue
        }
        const fields = 'data' in item ? (item.data ?? {}) : {}
        const plain = await server.ask(verb, path, { token, fields })
        if (atomic) assert.equal(codeOf(reply), codeOf(plain), path)
        else assert.equal(done === 403, codeOf(plain) === 'policy_denied', `${path}: ${done}`)
      }
    }
  })

  it('answers a bad request for itself, and refuses what is no batch', async (t) => {
    const server = await startWithKv(t)
    const bad: JsonObject[] = [
      {},
      { operation: 'read' },
      { operation: 'login', path: 'kv/a' },
      { operation: 'constructor', path: 'kv/a' },
      { operation: 'read', path: 'kv/../sys/mounts' },
      { operation: 'read', path: 'kv//a' },
      { operation: 'read', path: '/kv/a' },
      { operation: 'read', path: 'kv/\u0000' },
      { operation: 'read', path: 'kv/a', data: { x: {} } },
      { operation: 'write', path: 'kv/a', data: 'x' },
      { operation: 'write', path: 'kv/a' },
      { operation: 'write', path: 'kv/a', fields: { v: 1 } },
      { operation: 'read', path: `kv/${'x'.repeat(2000)}` },
    ]
    const reply = await batch(server, [...bad, write('kv/a')])
    assert.deepEqual(statuses(reply), [...bad.map(() => 400), 204])
    for (const item of bad) {
      const code = codeOf(await batch(server, [write('kv/b'), item], { atomic: true }))
      assert.ok(code === 'invalid_request' || code === 'invalid_path', JSON.stringify(item))
    }
    assert.equal(codeOf(await server.ask('read', 'kv/b')), 'not_found')
    for (const requests of [[], 'x', { a: 1 }, Array.from({ length: 1001 }, () => read('kv/a'))]) {
      const refused = await server.ask('write', 'sys/kv/batch', { fields: { requests } })
      assert.equal(codeOf(refused), 'invalid_request')
    }
  })

  it('takes 1,000 requests, and answers no more than a bounded size', async (t) => {
    const server = await startWithKv(t)
    const names = Array.from({ length: 1000 }, (_, i) => `kv/many/${i}`)
    for (const atomic of [false, true]) {
      const reply = await batch(
        server,
        names.map((path) => write(path)),
        { atomic },
      )
      assert.deepEqual(new Set(statuses(reply)), new Set([204]))
    }
    await server.ask('write', 'kv/large', { fields: { v: 'x'.repeat(5 * 1024 * 1024) } })
    const large = Array.from({ length: 5 }, () => read('kv/large'))
    assert.deepEqual(statuses(await batch(server, large)), [200, 200, 200, 200, 413])
    assert.equal(codeOf(await batch(server, large, { atomic: true })), 'too_large')
  })

  it('lands as a whole or not at all where it is to, and says what refused it', async (t) => {
    const server = await startWithKv(t)
    const token = await tokenWith(server, 'path "kv/a/*" { capabilities = ["create", "update", "read"] }')
    const items = [write('kv/a/1'), write('kv/a/2'), write('kv/b/3'), write('kv/a/4')]
    const refused = await batch(server, items, { token, atomic: true })
    assert.equal(codeOf(refused), 'policy_denied')
    assert.ok(refused instanceof Error)
    assert.match(refused.message, /request 2: permission denied/)
    for (const name of ['1', '2', '4']) {
      assert.equal(codeOf(await server.ask('read', `kv/a/${name}`)), 'not_found')
    }
    const all = await batch(server, [...items.slice(0, 2), read('kv/a/1')], { token, atomic: true })
    assert.deepEqual(statuses(all), [204, 204, 200])
  })

  it('lands once when its commit collides, as a whole or each for itself', async (t) => {
    let mischief: Mischief = 'none'
    let at = 0
    const server = await startWithKv(t, {
      wrap: (store) => chaosStore(store, () => (mischief === 'none' || ++at % 3 === 0 ? 'none' : mischief)),
    })
    mischief = 'conflict'
    const items = [1, 2, 3].map((v) => write('v2/data/a', { data: { v } }))
    for (const atomic of [true, false]) {
      assert.deepEqual(statuses(await batch(server, items, { atomic })), [200, 200, 200])
    }
    assert.equal(dataOf(await server.ask('read', 'v2/metadata/a')).current_version, 6)
    const wrapped = await server.ask('write', 'sys/kv/batch', { fields: { requests: items }, wrapTtl: 60 })
    assert.equal(codeOf(wrapped), undefined)
    assert.equal(dataOf(await server.ask('read', 'v2/metadata/a')).current_version, 9)
  })

  it('writes the audit lines of the plain calls, once, whatever its commit met', async (t) => {
    let conflicts = 0
    const server = await startWithKv(t, {
      wrap: (store) => chaosStore(store, () => (conflicts-- > 0 ? 'conflict' : 'none')),
    })
    const { linesOf } = await auditTo(t, server)
    const shown = async (work: () => Promise<unknown>) =>
      (await linesOf(work))
        .filter(({ request }) => request?.path.startsWith('kv/') === true)
        .map(({ type, error, request, response }) => ({
          type,
          error,
          path: request?.path,
          operation: request?.operation,
          data: request?.data,
          answer: response?.data,
        }))
    const token = await tokenWith(server, 'path "kv/a" { capabilities = ["create", "update", "read"] }')
    await server.ask('write', 'kv/a', { fields: { v: 0 } })
    const items = [write('kv/a', { v: 1 }), read('kv/a')]
    const plain = await shown(async () => {
      await server.ask('write', 'kv/a', { fields: { v: 1 }, token })
      await server.ask('read', 'kv/a', { token })
    })
    assert.equal(plain.length, 4)
    const apart = await shown(() => batch(server, items, { token }))
    assert.deepEqual(apart, plain)
    conflicts = 2
    const whole = await shown(() => batch(server, items, { token, atomic: true }))
    assert.equal(conflicts <= 0, true)
    const order = (lines: typeof plain) => lines.map((line) => JSON.stringify(line)).sort()
    assert.deepEqual(order(whole), order(plain))
    const refused = await shown(() =>
      batch(server, [write('kv/a', { v: 2 }), read('kv/b')], { token, atomic: true }),
    )
    assert.deepEqual(
      refused.map(({ type, path, error }) => `${type} ${path} ${error !== undefined}`).sort(),
      ['request kv/a false', 'request kv/b true', 'response kv/a true', 'response kv/b true'],
    )
  })

  it('takes the uses that the plain calls would take', async (t) => {
    const server = await startWithKv(t)
    await server.ask('write', 'kv/a', { fields: { v: 1 } })
    const items = [read('kv/a'), read('kv/a')]
    for (const atomic of [false, true]) {
      const counted = (num_uses: number) =>
        tokenWith(server, 'path "kv/a" { capabilities = ["read", "create", "update"] }', { num_uses })
      const enough = await counted(3)
      assert.equal(codeOf(await batch(server, items, { token: enough, atomic })), undefined)
      assert.equal(codeOf(await server.ask('read', 'kv/a', { token: enough })), 'permission_denied')
      const few = await batch(server, items, { token: await counted(2), atomic })
      if (atomic) assert.equal(codeOf(few), 'permission_denied')
      else assert.deepEqual(statuses(few), [200, 403])
      const writes = [write('kv/a', { v: 2 }), write('kv/a', { v: 3 })]
      const more = await batch(server, writes, { token: await counted(4), atomic })
      assert.deepEqual(statuses(more), [204, 204])
    }
  })

  it('counts as use of the secrets in it', async (t) => {
    const server = await startWithKv(t)
    await batch(server, [write('kv/a'), read('kv/a')])
    await batch(server, [write('kv/a'), read('kv/a')], { atomic: true })
    await batch(server, [write('kv/a'), read('kv/none'), read('sys/mounts')], { atomic: true })
    const { reads, writes } = dataOf(await server.ask('read', 'sys/usage/kv/a'))
    assert.deepEqual([reads, writes], [2, 2])
  })
})
