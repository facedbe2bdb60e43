import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { example } from '../../../src/demo/provider/people.ts'
import { type DemoProvider, startProvider } from '../../../src/demo/provider/provider.ts'
import { auditTo } from '../../support/audit.ts'
import { codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../../support/node.ts'
import { idOf, logIn, movableClock, settingsFor } from '../../support/spaces.ts'

const alice = idOf('alice')
const inClear = {
  audit_non_hmac_request_keys: ['jwt', 'token', 'password'],
  audit_non_hmac_response_keys: ['id', 'password'],
}

describe('the audit log of a server with spaces', () => {
  let provider: DemoProvider
  before(async () => {
    provider = await startProvider({ port: 0 })
  })
  after(() => provider.stop())

  async function start(t: TestContext, spaces = [settingsFor(provider.issuer)]) {
    const server = await startTestNode({ spaces, clock: movableClock() })
    t.after(() => server.stop())
    return server
  }

  /** Alice logs in, uses her space, and does with her token what people do. @returns what must not be seen */
  async function work(server: TestNode): Promise<string[]> {
    const jwt = await provider.mintAccessToken('alice')
    const token = tokenOf(
      await server.ask('write', 'auth/jwt/login', { token: '', fields: { role: '', jwt } }),
    )
    const path = `secrets/users/${alice}/db`
    await server.ask('write', path, { token, fields: { password: 'of alice' } })
    assert.equal(codeOf(await server.ask('read', path, { token })), undefined)
    await server.ask('read', 'auth/token/lookup-self', { token })
    await server.ask('write', 'auth/token/lookup', { token, fields: { token } })
    const wrapped = await server.ask('read', path, { token, wrapTtl: 60 })
    assert.ok('wrap' in wrapped)
    const wrapping = wrapped.wrap?.token ?? ''
    await server.ask('write', 'sys/wrapping/unwrap', { token: '', fields: { token: wrapping } })
    return [jwt, token, 'of alice', wrapping]
  }

  it('cannot be made to show values of spaces, tokens or logins', async (t) => {
    const server = await start(t)
    for (const mount of ['secrets', 'auth/jwt', 'auth/token', 'sys', 'identity']) {
      for (const [name, keys] of Object.entries(inClear)) {
        const tuned = await server.ask('write', `sys/mounts/${mount}/tune`, { fields: { [name]: keys } })
        assert.equal(codeOf(tuned), 'invalid_request', `${mount} ${name}`)
      }
      const none = { audit_non_hmac_request_keys: [], description: 'still tuned' }
      assert.equal(codeOf(await server.ask('write', `sys/mounts/${mount}/tune`, { fields: none })), undefined)
    }
    const mine = { type: 'jwt', config: inClear }
    assert.equal(codeOf(await server.ask('write', 'sys/auth/mine', { fields: mine })), 'invalid_request')
    const raw = { type: 'file', options: { file_path: 'stdout', log_raw: 'true' } }
    assert.equal(codeOf(await server.ask('write', 'sys/audit/raw', { fields: raw })), 'invalid_request')
  })

  it('shows fields of an operator’s own engine that its settings name', async (t) => {
    const server = await start(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv', config: inClear } })
    const { linesOf } = await auditTo(t, server)
    const [line] = await linesOf(() => server.ask('write', 'kv/a', { fields: { password: 'x', other: 'y' } }))
    assert.equal(line?.request?.data?.password, 'x')
    assert.match(String(line?.request?.data?.other), /^hmac-/)
  })

  it('shows nothing by settings from before the first space', async (t) => {
    const server = await start(t, [])
    for (const mount of ['auth/token', 'sys']) {
      const tuned = await server.ask('write', `sys/mounts/${mount}/tune`, { fields: inClear })
      assert.equal(codeOf(tuned), undefined)
    }
    const { text } = await auditTo(t, server, { log_raw: 'true' })
    await server.ask('write', 'cubbyhole/a', { fields: { password: 'in clear' } })
    assert.match(text(), /in clear/)
    await server.restart([settingsFor(provider.issuer)])
    assert.ok(server.reports.includes('audit device file/: log_raw has no effect while there are spaces'))
    const secrets = await work(server)
    for (const secret of secrets) assert.equal(text().includes(secret), false, secret)
    assert.match(text(), /sys\/wrapping\/unwrap/)
  })

  it('shows operators through the API nothing of what spaces and cubbyholes hold, and confirms no guess', async (t) => {
    const server = await start(t)
    await auditTo(t, server)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    const token = await logIn(server, provider, 'alice')
    const fields = { hiddenname: 70_707, secret: 'of alice', until: '2031-02-03T04:05:06Z' }
    const path = `secrets/users/${alice}/db`
    await server.ask('write', path, { token, fields })
    assert.equal(codeOf(await server.ask('read', path, { token })), undefined)
    await server.ask('write', 'cubbyhole/mine', { token, fields })
    const requests = [{ operation: 'write', path, data: fields }]
    await server.ask('write', 'sys/kv/batch', { token, fields: { requests } })
    await server.ask('write', 'sys/wrapping/wrap', { token, fields, wrapTtl: 60 })
    await server.ask('write', path, { token: '', fields })
    await server.ask('write', `secrets/vos/${example.vo}/db`, { token, fields: { shared: 'of alice' } })
    await server.ask('write', 'kv/a', { fields: { other: 'of alice', number: 5 } })
    const { hash } = dataOf(
      await server.ask('write', 'sys/audit-hash/file', { fields: { input: 'of alice' } }),
    )
    const lines = async (asked: JsonObject) =>
      dataOf(await server.ask('read', 'sys/audit-log/file', { fields: { limit: 200, ...asked } })).lines as {
        line: string
      }[]
    const all = (await lines({})).map(({ line }) => line)
    const about = (part: string) => all.filter((line) => line.includes(`"path":"${part}"`))
    for (const part of [path, 'cubbyhole/mine', 'sys/kv/batch', 'sys/wrapping/wrap']) {
      assert.ok(about(part).length > 0, part)
      for (const line of about(part)) assert.doesNotMatch(line, /hiddenname|70707|2031-02|"data":/, part)
    }
    assert.match(about(path)[0] ?? '', /"data_hidden":true/)
    const found = (await lines({ text: String(hash), type: 'request' })).map(
      ({ line }) => (JSON.parse(line) as { request: { path: string } }).request.path,
    )
    assert.deepEqual(found.sort(), ['kv/a', `secrets/vos/${example.vo}/db`, 'sys/audit-hash/file'])
  })
})
