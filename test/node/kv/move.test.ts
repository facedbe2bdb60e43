import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { auditTo } from '../../support/audit.ts'
import { startWithKv, tokenWith } from '../../support/kv.ts'
import { type Ask, codeOf, dataOf, type TestNode } from '../../support/node.ts'
import { keysOf } from '../../support/rows.ts'

const move = (server: TestNode, from: string, to: string, options: Ask & { overwrite?: boolean } = {}) => {
  const { overwrite, ...ask } = options
  return server.ask('write', 'sys/kv/move', {
    ...ask,
    fields: { from, to, ...(overwrite ? { overwrite } : {}) },
  })
}
const read = async (server: TestNode, path: string) => {
  const reply = await server.ask('read', path)
  return codeOf(reply) === 'not_found' ? undefined : dataOf(reply)
}
const write = async (server: TestNode, path: string, v: unknown = 1) => {
  const fields = path.startsWith('v2/') ? { data: { v: String(v) } } : { v: String(v) }
  assert.equal(codeOf(await server.ask('write', path, { fields })), undefined)
}

describe('sys/kv/move', () => {
  it('renames a secret, and takes its versions and metadata along', async (t) => {
    const server = await startWithKv(t)
    await server.ask('write', 'sys/mounts/other', { fields: { type: 'kv', options: { version: '2' } } })
    await write(server, 'kv/a')
    assert.deepEqual(dataOf(await move(server, 'kv/a', 'kv/b/c')), {
      atomic: true,
      from: 'kv/a',
      to: 'kv/b/c',
      moved: 1,
    })
    assert.deepEqual([await read(server, 'kv/a'), await read(server, 'kv/b/c')], [undefined, { v: '1' }])
    for (const v of [1, 2, 3]) await write(server, 'v2/data/a', v)
    await server.ask('write', 'v2/delete/a', { fields: { versions: [2] } })
    await server.ask('write', 'v2/metadata/a', { fields: { custom_metadata: { k: 'v' }, max_versions: 7 } })
    const before = await read(server, 'v2/metadata/a')
    const rows = (await keysOf(server.store)).length
    assert.equal(codeOf(await move(server, 'v2/a', 'other/x/y')), undefined)
    assert.deepEqual(await read(server, 'other/metadata/x/y'), before)
    assert.equal(await read(server, 'v2/metadata/a'), undefined)
    const first = dataOf(await server.ask('read', 'other/data/x/y', { fields: { version: 1 } }))
    assert.deepEqual(first.data, { v: '1' })
    assert.equal((await keysOf(server.store)).length, rows)
  })

  it('moves a whole folder, and from version 1 to 2 but not back', async (t) => {
    const server = await startWithKv(t)
    for (const name of ['d/a', 'd/e/b', 'd', 'dd']) await write(server, `kv/${name}`, name)
    assert.equal(dataOf(await move(server, 'kv/d/', 'v2/n/')).moved, 2)
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/kv/')).keys, ['d', 'dd'])
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/v2/')).keys, ['n/a', 'n/e/b'])
    assert.deepEqual((await read(server, 'v2/data/n/e/b'))?.data, { v: 'd/e/b' })
    const back = await move(server, 'v2/n/', 'kv/n/')
    assert.equal(codeOf(back), 'invalid_request')
    assert.match(String(back), /keeps versions/)
    assert.equal(dataOf(await move(server, 'kv/', 'v2/all/')).moved, 2)
  })

  it('replaces nothing unless it is told to, and then all of it', async (t) => {
    const server = await startWithKv(t)
    for (const name of ['a', 'b', 'f/x', 'g/x', 'f/y']) await write(server, `kv/${name}`, name)
    for (const v of [1, 2]) await write(server, 'v2/data/a', v)
    await write(server, 'v2/data/b', 'b')
    assert.equal(codeOf(await move(server, 'kv/a', 'kv/b')), 'invalid_request')
    assert.equal(codeOf(await move(server, 'kv/f/', 'kv/g/')), 'invalid_request')
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/kv/')).keys, [
      'a',
      'b',
      'f/x',
      'f/y',
      'g/x',
    ])
    assert.equal(codeOf(await move(server, 'kv/a', 'kv/b', { overwrite: true })), undefined)
    assert.deepEqual(await read(server, 'kv/b'), { v: 'a' })
    assert.equal(codeOf(await move(server, 'v2/b', 'v2/a', { overwrite: true })), undefined)
    const found = await read(server, 'v2/metadata/a')
    assert.deepEqual([found?.current_version, Object.keys(found?.versions ?? {})], [1, ['1']])
  })

  it('refuses what makes no sense, and changes nothing', async (t) => {
    const server = await startWithKv(t)
    for (const name of ['a', 'd/x']) await write(server, `kv/${name}`)
    const before = await keysOf(server.store)
    const bad: [string, string, string][] = [
      ['', '', 'invalid_path'],
      ['kv/a', '', 'invalid_path'],
      ['kv/a', 'kv/d/', 'invalid_request'],
      ['kv/d/', 'kv/n', 'invalid_request'],
      ['kv/a', 'kv/a', 'invalid_request'],
      ['kv/d/', 'kv/d/e/', 'invalid_request'],
      ['kv/', 'kv/d/', 'invalid_request'],
      ['kv/none', 'kv/b', 'not_found'],
      ['kv/none/', 'kv/b/', 'not_found'],
      ['kv/../sys/x', 'kv/b', 'invalid_path'],
      ['kv/a', 'kv//b', 'invalid_path'],
      ['nowhere/a', 'kv/b', 'no_handler'],
      ['kv/a', 'nowhere/b', 'no_handler'],
      ['sys/mounts', 'kv/b', 'invalid_request'],
      ['kv/a', 'cubbyhole/b', 'invalid_request'],
      ['cubbyhole/', 'kv/b/', 'invalid_request'],
      ['kv/a', `kv/${'x'.repeat(600)}`, 'invalid_path'],
    ]
    for (const [from, to, code] of bad)
      assert.equal(codeOf(await move(server, from, to)), code, `${from} ${to}`)
    assert.deepEqual(await keysOf(server.store), before)
  })

  it('needs delete at the source and create or update at the target', async (t) => {
    const server = await startWithKv(t)
    const all = `path "kv/from/*" { capabilities = ["delete", "read"] }
      path "kv/to/*" { capabilities = ["create"] }
      path "v2/metadata/from/*" { capabilities = ["delete"] }
      path "v2/data/from/*" { capabilities = ["read"] }
      path "v2/data/to/*" { capabilities = ["create", "update"] }`
    const cases: [string, string, string, string | undefined][] = [
      ['kv/from/a', 'kv/to/a', all, undefined],
      ['kv/from/a', 'kv/to/a', all.replace('"delete", "read"', '"read", "update"'), 'policy_denied'],
      ['kv/from/a', 'kv/to/a', all.replace('["create"]', '["read", "delete", "update"]'), 'policy_denied'],
      ['v2/from/a', 'v2/to/a', all, undefined],
      ['v2/from/a', 'v2/to/a', all.replace('v2/metadata/from', 'v2/metadata/other'), 'policy_denied'],
      ['v2/from/a', 'v2/to/a', all.replace('v2/data/to', 'v2/data/other'), 'policy_denied'],
      ['kv/from/a', 'kv/to/a', `${all} path "kv/to/a" { capabilities = ["deny"] }`, 'policy_denied'],
      [
        'kv/from/a',
        'kv/to/a',
        all.replace('["create"]', '["create"] denied_parameters = { "v" = [] }'),
        'policy_denied',
      ],
    ]
    for (const [from, to, rules, code] of cases) {
      const at = from.startsWith('v2/') ? ['v2/data/from/a', 'v2/data/to/a'] : [from, to]
      await write(server, at[0] ?? '')
      const token = await tokenWith(server, rules)
      assert.equal(codeOf(await move(server, from, to, { token })), code, rules)
      assert.equal((await read(server, at[0] ?? '')) === undefined, code === undefined)
      assert.equal((await read(server, at[1] ?? '')) === undefined, code !== undefined)
      const whole = from.startsWith('v2/') ? 'v2/metadata/to/a' : to
      await server.ask('delete', whole)
    }
  })

  it('lets nobody read by moving it what they may not read where it is', async (t) => {
    const server = await startWithKv(t)
    await write(server, 'kv/from/a')
    const rules = (target: string) =>
      `path "kv/from/*" { capabilities = ["delete"] } path "kv/to/*" { capabilities = ${target} }`
    const reader = await tokenWith(server, rules('["create", "read"]'))
    assert.equal(codeOf(await move(server, 'kv/from/a', 'kv/to/a', { token: reader })), 'policy_denied')
    const mover = await tokenWith(server, rules('["create"]'))
    assert.equal(codeOf(await move(server, 'kv/from/a', 'kv/to/a', { token: mover })), undefined)
  })

  it('ends the versions of what it replaces only for who may do that', async (t) => {
    const server = await startWithKv(t)
    const rules = `path "v2/metadata/a" { capabilities = ["delete"] } path "v2/data/*" { capabilities = ["read", "update"] }`
    for (const name of ['a', 'b']) await write(server, `v2/data/${name}`)
    const token = await tokenWith(server, rules)
    assert.equal(codeOf(await move(server, 'v2/a', 'v2/b', { token, overwrite: true })), 'policy_denied')
    const other = await tokenWith(server, `${rules} path "v2/metadata/b" { capabilities = ["delete"] }`)
    assert.equal(codeOf(await move(server, 'v2/a', 'v2/b', { token: other, overwrite: true })), undefined)
  })

  it('of a folder leaves alone what the caller cannot reach, and tells nothing of it', async (t) => {
    const server = await startWithKv(t)
    for (const name of ['d/a', 'd/hidden/x', 'd/kept']) await write(server, `kv/${name}`)
    const rules = `path "kv/d/*" { capabilities = ["delete", "read", "list"] }
      path "kv/n/*" { capabilities = ["create", "read"] }
      path "kv/d/hidden/*" { capabilities = ["deny"] }`
    const some = await tokenWith(server, `${rules} path "kv/d/kept" { capabilities = ["read"] }`)
    const refused = await move(server, 'kv/d/', 'kv/n/', { token: some })
    assert.equal(codeOf(refused), 'policy_denied')
    assert.ok(!JSON.stringify(refused).includes('hidden'))
    const token = await tokenWith(server, rules)
    assert.equal(dataOf(await move(server, 'kv/d/', 'kv/n/', { token })).moved, 2)
    assert.deepEqual(dataOf(await server.ask('list', 'sys/kv/scan/kv/')).keys, [
      'd/hidden/x',
      'n/a',
      'n/kept',
    ])
  })

  it('leaves the lines of the plain calls in the audit log, once', async (t) => {
    let conflicts = 0
    const server = await startWithKv(t, {
      wrap: (store) => ({
        ...store,
        commit: async (commit) => {
          const moves = commit.put?.some(({ key }) => key.endsWith('/data/b')) === true
          return moves && conflicts-- > 0
            ? { ok: false, conflicts: [commit.expect?.[0]?.key ?? ''] }
            : store.commit(commit)
        },
      }),
    })
    await write(server, 'kv/a')
    const { linesOf } = await auditTo(t, server)
    const lines = await linesOf(() => {
      conflicts = 3
      return move(server, 'kv/a', 'v2/b')
    })
    assert.ok(conflicts <= 0, 'it collided')
    const seen = lines.map(({ type, request }) => `${type} ${request?.operation} ${request?.path}`).sort()
    assert.deepEqual(seen, [
      'request create v2/data/b',
      'request delete kv/a',
      'request update sys/kv/move',
      'response create v2/data/b',
      'response delete kv/a',
      'response update sys/kv/move',
    ])
  })
})
