import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTlsServer } from '../support/server.ts'
import { expectOk } from '../support/vault.ts'

describe('the log of a server', { timeout: 60_000 }, () => {
  it('tells of its start, what it waits for, its seal, SIGHUP and its stop, in lines for people', async (t) => {
    const server = await startTlsServer({ initialise: false })
    t.after(() => server.stop())
    await server.heard(/Z info {2}Coffer starts version=\S+ process=\d+$/m)
    await server.heard(/Z info {2}listening url=https:\/\/127\.0\.0\.1:\d+$/m)
    await server.heard(/Z warn {2}not initialised; initialise it with: coffer operator init$/m)
    const init = await expectOk(server, 'PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })
    const [key] = init.keys_base64
    await expectOk(server, 'PUT', 'sys/unseal', { key })
    await server.heard(/Z info {2}unsealed$/m)
    await expectOk({ ...server, token: init.root_token }, 'PUT', 'sys/seal')
    await server.heard(/Z info {2}sealed$/m)
    server.signal('SIGHUP')
    await server.heard(/Z info {2}SIGHUP: the audit logs, /m)
    await server.stop()
    assert.match(server.output(), /Z info {2}stopping$/m)
    for (const secret of [key, init.root_token]) assert.ok(!server.output().includes(secret))
  })

  it('is JSON where the configuration says so, and leaves out what the level does', async (t) => {
    const server = await startTlsServer({ configuration: 'log_format = "json"\nlog_level = "warn"\n' })
    t.after(() => server.stop())
    const lines = server.output().split('\n')
    const logged = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
    assert.ok(logged.some(({ level, msg }) => level === 40 && /^not initialised/.test(msg)))
    assert.doesNotMatch(server.output(), /Coffer starts|unsealed/)
  })
})
