import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { auditTo, scriptedDevice } from '../../support/audit.ts'
import { codeOf, startTestNode, type TestNode } from '../../support/node.ts'

async function start(t: TestContext, options: Record<string, string> = {}) {
  const server = await startTestNode()
  t.after(() => server.stop())
  return { server, ...(await auditTo(t, server, options)) }
}

describe('the routes that answer without a token', () => {
  const otp = 'x'.repeat(28)
  const asks: readonly (readonly [
    Parameters<TestNode['ask']>[0],
    string,
    Record<string, string | number>?,
  ])[] = [
    ['read', 'sys/init'],
    ['write', 'sys/init', { secret_shares: 1, secret_threshold: 1 }],
    ['write', 'sys/unseal', { key: 'c2hhcmUtb2Ytc29tZWJvZHk=' }],
    ['read', 'sys/rekey/init'],
    ['write', 'sys/rekey/init', { secret_shares: 1, secret_threshold: 1 }],
    ['write', 'sys/rekey/update', { key: 'c2hhcmUtb2Ytc29tZWJvZHk=', nonce: 'n' }],
    ['delete', 'sys/rekey/init'],
    ['read', 'sys/rekey/verify'],
    ['read', 'sys/generate-root/attempt'],
    ['write', 'sys/generate-root/attempt', { otp }],
    ['write', 'sys/generate-root/update', { key: 'c2hhcmUtb2Ytc29tZWJvZHk=', nonce: 'n' }],
    ['delete', 'sys/generate-root/attempt'],
    ['write', 'sys/decode-token', { encoded_token: 'AAAA', otp: 'abc' }],
    ['patch', 'sys/rekey/init'],
  ]

  it('leave two lines each while the node is unsealed', async (t) => {
    const { server, linesOf } = await start(t)
    for (const [verb, path, fields = {}] of asks) {
      const lines = await linesOf(() => server.ask(verb, path, { token: '', fields }))
      assert.deepEqual(
        lines.map(({ type, request }) => [type, request?.path]),
        [
          ['request', path],
          ['response', path],
        ],
        `${verb} ${path}`,
      )
    }
  })

  it('that only tell where the node stands leave none', async (t) => {
    const { server, linesOf } = await start(t)
    for (const path of ['sys/health', 'sys/seal-status', 'sys/leader']) {
      assert.deepEqual(await linesOf(() => server.ask('read', path, { token: '' })), [])
    }
  })

  it('put no share, password or token into the log, whatever is in clear there', async (t) => {
    for (const log_raw of ['true', 'false']) {
      const { server, text, linesOf } = await start(t, { log_raw })
      const bare = async (path: string, fields: Record<string, string | number>) => {
        const reply = await server.ask('write', path, { token: 'hvs.sent-along', fields })
        assert.ok('bare' in reply, path)
        return reply.bare as Record<string, string & string[]>
      }
      const { nonce = '', otp: made = '' } = await bare('sys/generate-root/attempt', {})
      const [line] = await linesOf(() => bare('sys/generate-root/update', { key: server.unsealKey, nonce }))
      assert.deepEqual(Object.keys(line?.request?.data ?? {}), ['nonce'])
      const rekey = await bare('sys/rekey/init', { secret_shares: 1, secret_threshold: 1 })
      const done = await bare('sys/rekey/update', { key: server.unsealKey, nonce: rekey.nonce ?? '' })
      const secrets = [made, server.unsealKey, done.keys?.[0], done.keys_base64?.[0], 'hvs.sent-along']
      for (const secret of secrets) {
        assert.ok(secret)
        assert.ok(!text().includes(secret))
      }
      await server.stop()
    }
  })

  it('show in the log how an attempt went', async (t) => {
    const { server, linesOf } = await start(t)
    const lines = await linesOf(async () => {
      await server.ask('write', 'sys/rekey/init', { fields: { secret_shares: 3, secret_threshold: 2 } })
      await server.ask('write', 'sys/rekey/init', { fields: { secret_shares: 3, secret_threshold: 2 } })
    })
    assert.deepEqual(lines[0]?.request?.data, { secret_shares: 3, secret_threshold: 2 })
    assert.equal(lines[1]?.response?.data?.started, true)
    assert.match(lines[3]?.error ?? '', /rekey already in progress/)
  })

  it('do nothing when no device takes their line', async (t) => {
    const { device, auditParts } = scriptedDevice()
    const server = await startTestNode({ auditParts })
    t.after(() => server.stop())
    await server.ask('write', 'sys/audit/file', {
      fields: { type: 'file', options: { file_path: join(tmpdir(), 'not-opened.log') } },
    })
    device.doing = () => 'fail'
    const refused = await server.ask('write', 'sys/generate-root/attempt', { token: '' })
    assert.equal(codeOf(refused), 'audit_failed')
    device.doing = () => 'take'
    const status = await server.ask('read', 'sys/generate-root/attempt', { token: '' })
    assert.equal((status as { bare: { started: boolean } }).bare.started, false)
    for (const path of ['sys/health', 'sys/seal-status']) {
      device.doing = () => 'fail'
      assert.equal(codeOf(await server.ask('read', path, { token: '' })), undefined, path)
    }
  })

  it('answer while the node is sealed, without a line', async (t) => {
    const { server, linesOf } = await start(t)
    assert.equal(codeOf(await server.ask('write', 'sys/seal')), undefined)
    const lines = await linesOf(async () => {
      assert.equal(codeOf(await server.ask('read', 'sys/seal-status', { token: '' })), undefined)
      const reply = await server.ask('write', 'sys/unseal', { token: '', fields: { key: server.unsealKey } })
      assert.equal(codeOf(reply), undefined)
    })
    assert.deepEqual(lines, [])
  })
})
