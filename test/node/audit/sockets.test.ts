import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { verifyLogs } from '../../../src/audit/chain/verify.ts'
import { auditTo } from '../../support/audit.ts'
import { codeOf, dataOf, startTestNode, type TestNode } from '../../support/node.ts'

/** A collector of lines: all that it was sent, over all connections. */
async function collector(t: TestContext, where: number | string = 0) {
  const sockets = new Set<Socket>()
  let text = ''
  let heard = () => {}
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
      heard()
    })
  })
  if (typeof where === 'string') server.listen(where)
  else server.listen(where, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
  t.after(stop)
  return {
    address: () => `127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: () => (server.address() as AddressInfo).port,
    /** All of it, once it matches. */
    async until(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        await new Promise<void>((resolve) => {
          heard = resolve
        })
      }
      return text
    },
    stop,
  }
}

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  const enable = (options: Record<string, string>, type = 'socket') =>
    server.ask('write', 'sys/audit/net', { fields: { type, options } })
  return { server, enable }
}

const devices = async (server: TestNode) => Object.keys(dataOf(await server.ask('read', 'sys/audit')))

describe('an audit device on a socket', () => {
  it('sends both lines of each request, in one chain over all of them', async (t) => {
    const { server, enable } = await start(t)
    const { file } = await auditTo(t, server)
    const { address, until } = await collector(t)
    assert.equal(codeOf(await enable({ address: address() })), undefined)
    await server.ask('write', 'kv/a', { fields: { k: 'v' } })
    await server.ask('delete', 'sys/audit/net')
    await server.ask('read', 'kv/a')
    // The last line of a device that is closed is signed.
    const text = await until(/"path":"kv\/a"[\s\S]*"sig":"[^"]*"\}\}\n$/)
    const received = `${file}.received.log`
    writeFileSync(received, text)
    const publicKey = createPublicKey(readFileSync(`${file}.pub`))
    const { findings } = await verifyLogs([received], { publicKey })
    assert.deepEqual(findings, [])
    assert.match(text, /"type":"response"/)
    assert.doesNotMatch(text, /"k":"v"/)
  })

  it('that nobody listens for is not enabled', async (t) => {
    const { server, enable } = await start(t)
    const { address, stop } = await collector(t)
    const gone = address()
    await stop()
    const reply = await enable({ address: gone })
    assert.equal(codeOf(reply), 'invalid_request')
    assert.match(String(reply), /failed test message/)
    assert.deepEqual(await devices(server), [])
  })

  it('that is gone refuses requests, carries nothing out, and works again when it is back', async (t) => {
    const { server, enable } = await start(t)
    const { address, port, stop } = await collector(t)
    await enable({ address: address() })
    const where = port()
    await stop()
    const write = async (k: string) => codeOf(await server.ask('write', 'kv/a', { fields: { k } }))
    // What the operating system took before it knew that nobody is there any more is not refused.
    let code: string | undefined
    let tries = 0
    while (code === undefined && tries++ < 100) code = await write('before')
    assert.equal(code, 'audit_failed')
    assert.equal(codeOf(await server.ask('write', 'kv/lost', { fields: { k: 'v' } })), 'audit_failed')
    const back = await collector(t, where)
    server.clock.advance(10_000)
    assert.equal(await write('after'), undefined)
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'after' })
    assert.equal(codeOf(await server.ask('read', 'kv/lost')), 'not_found')
    await back.until(/"type":"request"/)
  })

  it('of this machine lies below the folder of logs, unless the configuration names it', async (t) => {
    const { server, enable } = await start(t)
    const folder = mkdtempSync(join(tmpdir(), 'coffer-socket-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 's')
    const { until } = await collector(t, path)
    const refused = await enable({ address: '/run/other.sock', socket_type: 'unix' })
    assert.equal(codeOf(refused), 'invalid_request')
    assert.match(String(refused), /must lie below/)
    assert.equal(codeOf(await enable({ address: path, socket_type: 'unix' })), undefined)
    await server.ask('read', 'kv/a')
    await until(/"path":"kv\/a"/)
  })

  it('is refused with options that it does not have', async (t) => {
    const { server, enable } = await start(t)
    const wrong: [Record<string, string>, RegExp][] = [
      [{}, /address is required/],
      [{ address: '127.0.0.1' }, /HOST:PORT/],
      [{ address: '127.0.0.1:0' }, /HOST:PORT/],
      [{ address: '127.0.0.1:99999' }, /HOST:PORT/],
      [{ address: 'a b:1' }, /HOST:PORT/],
      [{ address: '::1:9' }, /HOST:PORT/],
      [{ address: '127.0.0.1:9', socket_type: 'unixgram' }, /unknown socket_type/],
      [{ address: '/a/../b', socket_type: 'unix' }, /absolute path/],
      [{ address: `/${'a'.repeat(120)}`, socket_type: 'unix' }, /absolute path/],
      [{ address: '127.0.0.1:9', write_timeout: '1h' }, /write_timeout/],
      [{ address: '127.0.0.1:9', file_path: '/a' }, /unknown options for a socket/],
    ]
    for (const [options, text] of wrong) {
      const reply = await enable(options)
      assert.equal(codeOf(reply), 'invalid_request', JSON.stringify(options))
      assert.match(String(reply), text)
    }
    for (const options of [{ facility: 'NOPE' }, { tag: 'a b' }, { tag: '' }]) {
      assert.equal(codeOf(await enable(options, 'syslog')), 'invalid_request')
    }
    assert.deepEqual(await devices(server), [])
  })
})

describe('an audit device on a system log', () => {
  it('sends its lines as messages of the facility', async (t) => {
    const { server, enable } = await start(t)
    const { address, until } = await collector(t)
    const options = { address: address(), socket_type: 'tcp', facility: 'LOCAL1', tag: 'vault' }
    assert.equal(codeOf(await enable(options, 'syslog')), undefined)
    await server.ask('read', 'kv/a')
    await until(/^\d+ <142>1 \S+ \S+ vault \d+ - - \{"time":/)
  })
})
