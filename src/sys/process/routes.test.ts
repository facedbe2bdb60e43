import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, dataOf, startTestNode, tokenOf } from '../../../test/support/node.ts'
import { CofferError } from '../../base/errors.ts'

async function start(t: TestContext) {
  let level = 'info'
  const log = {
    read: () => level,
    set: (next: string) => {
      level = next
    },
  }
  const server = await startTestNode({ log })
  t.after(() => server.stop())
  return { server, level: () => level }
}

describe('the log level', () => {
  it('is shown, changed at once, and taken back', async (t) => {
    const { server, level } = await start(t)
    for (const path of ['sys/loggers', 'sys/loggers/coffer']) {
      assert.deepEqual(dataOf(await server.ask('read', path)), { coffer: 'info' })
      await server.ask('write', path, { fields: { level: 'WARNING' } })
      assert.equal(level(), 'warn')
      assert.deepEqual(dataOf(await server.ask('read', path)), { coffer: 'warn' })
      await server.ask('delete', path)
      assert.equal(level(), 'info')
    }
  })

  it('stays as it is when another one is not known', async (t) => {
    const { server, level } = await start(t)
    for (const fields of [{}, { level: 'loud' }, { level: 'x'.repeat(100) }]) {
      assert.equal(codeOf(await server.ask('write', 'sys/loggers', { fields })), 'invalid_request')
    }
    const other = await server.ask('write', 'sys/loggers/core', { fields: { level: 'error' } })
    assert.equal(codeOf(other), 'not_found')
    assert.equal(level(), 'info')
  })

  it('is not for everybody to change', async (t) => {
    const { server, level } = await start(t)
    const made = await server.ask('write', 'auth/token/create', { fields: { policies: ['default'] } })
    const refused = await server.ask('write', 'sys/loggers', {
      token: tokenOf(made),
      fields: { level: 'error' },
    })
    assert.equal(codeOf(refused), 'policy_denied')
    assert.equal(level(), 'info')
  })
})

describe('the requests in flight', () => {
  it('are those that are not answered yet, for whoever has sudo', async (t) => {
    const { server } = await start(t)
    const shown = async () => {
      const reply = await server.ask('read', 'sys/in-flight-req', { address: '2001:db8::1' })
      assert.ok(!(reply instanceof CofferError))
      return Object.values(reply.bare as Record<string, Record<string, string>>)
    }
    await server.ask('read', 'sys/mounts')
    await server.ask('read', 'none/a')
    const [only, ...others] = await shown()
    assert.deepEqual(others, [])
    assert.deepEqual(only, {
      start_time: new Date(server.clock.now()).toISOString(),
      client_remote_address: '[2001:db8::1]:40000',
      request_path: '/v1/sys/in-flight-req',
      request_method: 'GET',
    })
    const policy = 'path "sys/*" { capabilities = ["read"] }'
    await server.ask('write', 'sys/policies/acl/reader', { fields: { policy } })
    const fields = { policies: ['reader'] }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    assert.equal(codeOf(await server.ask('read', 'sys/in-flight-req', { token })), 'policy_denied')
  })
})

describe('the host', () => {
  it('is shown as the operating system sees it', async (t) => {
    const { server } = await start(t)
    const { cpu, memory, host, timestamp } = dataOf(await server.ask('read', 'sys/host-info'))
    assert.ok(Array.isArray(cpu) && cpu.length > 0)
    const { total, used } = memory as { total: number; used: number }
    assert.ok(total > used && used > 0)
    assert.equal((host as { os: string }).os, process.platform)
    assert.equal(timestamp, new Date(server.clock.now()).toISOString())
  })
})
