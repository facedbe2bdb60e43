import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { verifyLogs } from '../../../src/audit/chain/verify.ts'
import { mountsKey } from '../../../src/backend/mounts/mount-table.ts'
import { fail } from '../../../src/base/errors.ts'
import { auditTo, scriptedDevice } from '../../support/audit.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/a', { fields: { k: 'v' } })
  const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } }))
  return { server, token, ...(await auditTo(t, server)) }
}

/** Changes one bit of a stored value, as a bad disk or a hostile hand does. */
async function damage({ store }: TestNode, matching: string): Promise<void> {
  const { rows } = await store.scan('ns/', { limit: 1000 })
  const row = rows.find(({ key }) => key.includes(matching))
  assert.ok(row, matching)
  const value = Buffer.from(row.value)
  value.writeUInt8(value.readUInt8(value.length - 1) ^ 1, value.length - 1)
  assert.ok((await store.commit({ put: [{ key: row.key, value }] })).ok)
}

type Parts = Awaited<ReturnType<typeof start>>

describe('a refused request leaves two lines in the audit log', () => {
  /** @param ask with a token that has no use left, if it takes one */
  const refused = (
    name: string,
    code: string,
    ask: (parts: Parts, spent: string) => ReturnType<TestNode['ask']>,
  ) =>
    it(name, async (t) => {
      const parts = await start(t)
      const { server, linesOf } = parts
      const spent = tokenOf(await server.ask('write', 'auth/token/create', { fields: { num_uses: 1 } }))
      await server.ask('read', 'auth/token/lookup-self', { token: spent })
      const lines = await linesOf(async () => assert.equal(codeOf(await ask(parts, spent)), code))
      assert.deepEqual(
        lines.map(({ type }) => type),
        ['request', 'response'],
      )
      assert.equal(lines[0]?.request?.path, lines[1]?.request?.path)
    })

  refused('without a token', 'permission_denied', ({ server }) => server.ask('read', 'kv/a', { token: '' }))
  refused('with a token that is not known', 'permission_denied', ({ server }) =>
    server.ask('read', 'kv/a', { token: 'hvs.unknown' }),
  )
  refused('whose policies do not allow it', 'policy_denied', ({ server, token }) =>
    server.ask('write', 'kv/a', { token, fields: { k: 'other' } }),
  )
  refused('to a path without a mount, by who might use it', 'no_handler', ({ server }) =>
    server.ask('read', 'nowhere/a'),
  )
  refused('to a path without a mount, by who might not', 'policy_denied', ({ server, token }) =>
    server.ask('read', 'nowhere/a', { token }),
  )
  refused('to a path that its mount does not have', 'unsupported_path', ({ server }) =>
    server.ask('read', 'sys/nothing/of/the/kind'),
  )
  refused('for what is not there', 'not_found', ({ server }) => server.ask('read', 'kv/nothing'))
  refused('with a token whose uses are taken', 'permission_denied', ({ server }, token) =>
    server.ask('read', 'kv/a', { token }),
  )

  it('and the token of one that policies refuse is named, the one that is not good is hashed', async (t) => {
    const { server, token, linesOf } = await start(t)
    const [denied] = await linesOf(() => server.ask('read', 'kv/a', { token }))
    assert.equal(denied?.auth?.display_name, 'token')
    assert.equal(denied?.auth?.policy_results?.allowed, false)
    const [unknown] = await linesOf(() => server.ask('read', 'kv/a', { token: 'hvs.unknown' }))
    assert.match(unknown?.request?.client_token ?? '', /^hmac-sha256:/)
    const [unrouted] = await linesOf(() => server.ask('read', 'nowhere/a', { token }))
    assert.equal(unrouted?.auth?.display_name, 'token')
    assert.equal(unrouted?.auth?.policy_results?.allowed, false)
  })
})

describe('a request with very many values', () => {
  const values = Array<string>(1_300_000).fill('')
  const ask = async ({ server, text }: Parts, token: string, path = 'kv/big') => {
    const before = text().length
    const code = codeOf(await server.ask('write', path, { token, fields: { a: values } }))
    return { code, added: text().length - before }
  }

  for (const [who, tokenOf, path, code] of [
    ['no token', () => '', 'kv/big', 'permission_denied'],
    ['a token that is not good', () => 'hvs.unknown', 'kv/big', 'permission_denied'],
    ['a token that may not', ({ token }: Parts) => token, 'kv/big', 'policy_denied'],
    ['no token, for a login', () => '', 'sys/wrapping/unwrap', 'permission_denied'],
    ['a good token', ({ server }: Parts) => server.root, 'kv/big', undefined],
  ] as const) {
    it(`and ${who} leaves two lines, and short ones`, async (t) => {
      const parts = await start(t)
      let result: Awaited<ReturnType<typeof ask>> | undefined
      const lines = await parts.linesOf(async () => {
        result = await ask(parts, tokenOf(parts), path)
      })
      assert.equal(result?.code, code)
      assert.deepEqual(
        lines.map(({ type }) => type),
        ['request', 'response'],
      )
      assert.ok((result?.added ?? 0) < 5000, `${result?.added}`)
      for (const { request } of lines) {
        assert.equal(request?.data, undefined)
        assert.equal(request?.data_omitted?.bytes, JSON.stringify({ a: values }).length)
      }
    })
  }

  it('that is read again leaves two short lines too', async (t) => {
    const parts = await start(t)
    await ask(parts, parts.server.root)
    const lines = await parts.linesOf(() => parts.server.ask('read', 'kv/big'))
    assert.deepEqual(
      lines.map(({ type, response }) => [type, response?.data === undefined]),
      [
        ['request', true],
        ['response', true],
      ],
    )
    assert.ok((lines[1]?.response?.data_omitted?.bytes ?? 0) > 1_000_000)
  })
})

describe('a damaged row', () => {
  for (const [what, matching, verb] of [
    ['a secret that is read', '/data/a', 'read'],
    ['a secret that is written', '/data/a', 'write'],
    ['the row of the token', '/token/id/', 'read'],
    ['the mount table', 'ns/root/mounts', 'read'],
    ['the table of audit devices', 'ns/root/audit', 'read'],
    ['a policy of the token', '/policy/default', 'read'],
  ] as const) {
    it(`of ${what} gives a clear error, two lines and no data`, async (t) => {
      const { server, token, linesOf } = await start(t)
      const policy = 'path "kv/*" { capabilities = ["read", "update", "create"] }'
      await server.ask('write', 'sys/policies/acl/default', { fields: { policy } })
      await server.ask('read', 'kv/a', { token })
      if (matching === '/token/id/')
        for (const { key } of (await server.store.scan('ns/root/token/id/')).rows) await damage(server, key)
      else await damage(server, matching)
      let code: unknown
      const lines = await linesOf(async () => {
        code = codeOf(await server.ask(verb, 'kv/a', { token, fields: verb === 'write' ? { k: 'new' } : {} }))
      })
      assert.equal(code, 'corrupt')
      assert.deepEqual(
        lines.map(({ type, request }) => [type, request?.path]),
        [
          ['request', 'kv/a'],
          ['response', 'kv/a'],
        ],
      )
      assert.match(lines[1]?.error ?? '', /damaged/)
    })
  }

  it('of a secret keeps nobody from any other, and can be taken away', async (t) => {
    const { server, linesOf } = await start(t)
    await server.ask('write', 'kv/b', { fields: { k: 'w' } })
    await damage(server, '/data/a')
    assert.deepEqual(dataOf(await server.ask('read', 'kv/b')), { k: 'w' })
    const [line] = await linesOf(() => server.ask('read', 'kv/a'))
    assert.equal(line?.auth?.display_name, 'root', 'who asked is known, and in the log')
    assert.equal(codeOf(await server.ask('delete', 'kv/a')), undefined)
    assert.equal(codeOf(await server.ask('read', 'kv/a')), 'not_found')
  })

  it('is told only to those who may read it', async (t) => {
    const { server, token } = await start(t)
    await damage(server, '/data/a')
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), 'policy_denied')
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token: '' })), 'permission_denied')
  })
})

describe('a node that was just unsealed', () => {
  it('records its first request, also when the rows that it stands on cannot be read', async (t) => {
    let broken = false
    const server = await startTestNode({
      wrap: (store) => ({
        ...store,
        read: (keys, known) =>
          broken && keys.includes(mountsKey)
            ? fail('storage_failed', 'the disk is gone')
            : store.read(keys, known),
      }),
    })
    t.after(() => server.stop())
    const { linesOf } = await auditTo(t, server)
    assert.equal(codeOf(await server.ask('write', 'sys/seal')), undefined)
    await server.node.keeper.unseal(server.unsealKey)
    broken = true
    const lines = await linesOf(() => server.ask('read', 'kv/a'))
    assert.deepEqual(
      lines.map(({ error }) => error),
      ['the disk is gone', 'the disk is gone'],
    )
    broken = false
  })
})

describe('a request and its audit device', () => {
  async function scripted(t: TestContext) {
    const { device, auditParts } = scriptedDevice()
    const server = await startTestNode({ auditParts })
    t.after(() => server.stop())
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await server.ask('write', 'kv/a', { fields: { k: 'before' } })
    const enabled = await server.ask('write', 'sys/audit/file', {
      fields: { type: 'file', options: { file_path: join(tmpdir(), 'not-opened.log') } },
    })
    assert.equal(codeOf(enabled), undefined)
    const stored = async () => {
      device.doing = () => 'take'
      // A device that failed is tried again after a moment.
      server.clock.advance(1000)
      return dataOf(await server.ask('read', 'kv/a')).k
    }
    const write = () => server.ask('write', 'kv/a', { fields: { k: 'after' } })
    return { server, device, stored, write }
  }
  const isLine = (type: string) => (text: string) => text.includes(`"type":"${type}"`)

  it('that fails: nothing is carried out and nothing answered', async (t) => {
    const { server, device, stored, write } = await scripted(t)
    device.doing = () => 'fail'
    assert.equal(codeOf(await write()), 'audit_failed')
    assert.equal(codeOf(await server.ask('delete', 'kv/a')), 'audit_failed')
    assert.equal(codeOf(await server.ask('write', 'sys/seal')), 'audit_failed')
    assert.equal(codeOf(await server.ask('read', 'kv/a')), 'audit_failed')
    assert.equal(codeOf(await server.ask('list', 'kv/')), 'audit_failed')
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token: '' })), 'audit_failed')
    assert.equal(await stored(), 'before')
  })

  it('that takes the request and not the answer: the answer is withheld and the write stands', async (t) => {
    const { server, device, stored, write } = await scripted(t)
    const isAnswer = isLine('response')
    device.doing = (text) => (isAnswer(text) ? 'fail' : 'take')
    assert.equal(codeOf(await write()), 'audit_failed')
    assert.equal(codeOf(await server.ask('read', 'kv/a')), 'audit_failed')
    assert.equal(await stored(), 'after')
  })

  it('that hangs: nothing is carried out, and the request ends when its time is over', async (t) => {
    const { server, device, write } = await scripted(t)
    device.doing = () => 'hang'
    const rowsOf = async () => (await server.store.scan('ns/root/mount/', { limit: 100 })).rows
    const before = await rowsOf()
    const hangs = device.hanging()
    const reply = write()
    await hangs
    device.timeOut()
    assert.equal(codeOf(await reply), 'audit_failed')
    assert.deepEqual(await rowsOf(), before)
    assert.equal(codeOf(await server.ask('read', 'kv/a')), 'audit_failed', 'at once, while it hangs')
  })

  it('that hangs with the answer: nothing is answered before its time is over', async (t) => {
    const { device, write } = await scripted(t)
    const isAnswer = isLine('response')
    device.doing = (text) => (isAnswer(text) ? 'hang' : 'take')
    const hangs = device.hanging()
    let answered = false
    const reply = write().then((value) => {
      answered = true
      return value
    })
    await hangs
    await new Promise(setImmediate)
    assert.equal(answered, false)
    device.timeOut()
    assert.equal(codeOf(await reply), 'audit_failed')
  })
})

describe('an audit log', () => {
  it('of a node that is sealed and opened again at once holds one chain after the other', async (t) => {
    const { server, file, text } = await start(t)
    await server.ask('read', 'kv/a')
    await server.ask('write', 'sys/seal')
    await server.node.keeper.unseal(server.unsealKey)
    await server.ask('read', 'kv/a')
    await server.node.stop()
    assert.equal(text().match(/"start":/g)?.length, 2)
    const publicKey = createPublicKey(readFileSync(`${file}.pub`))
    assert.deepEqual((await verifyLogs([file], { publicKey })).findings, [])
  })
})
