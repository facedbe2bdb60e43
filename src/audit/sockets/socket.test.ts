import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { realTimer, type Timer } from '../device/timer.ts'
import { openSocket } from './socket.ts'
import { facilityOf, syslogFrame } from './syslog.ts'

const bytes = (...lines: string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''))
const big = Buffer.alloc(64 * 1024 * 1024, 'x')

/** A collector that does nothing with its connections but count them. */
async function collector(t: TestContext, take: (socket: Socket) => void = () => {}) {
  const connections: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    connections.push(socket)
    take(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of connections) socket.destroy()
    server.close()
  })
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo
  return { server, connections, address: { transport: 'tcp', host: '127.0.0.1', port } as const }
}

/** Reads a connection until it has so many bytes. */
async function received(socket: Socket, size: number): Promise<string> {
  let text = ''
  for await (const part of socket.setEncoding('utf8')) {
    text += part
    if (text.length >= size) break
  }
  return text
}

/** A timer that goes off when the test says so. */
function manualTimer() {
  let due: (() => void) | undefined
  const timer: Timer = (_, run) => {
    due = run
    return () => {
      due = undefined
    }
  }
  return { timer, fire: () => due?.() }
}

describe('a connection to a collector', () => {
  it('carries lines as they are', async (t) => {
    const { server, address } = await collector(t)
    const connection = once(server, 'connection')
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    await sink.write(bytes('a', 'b'))
    const [socket] = await connection
    assert.equal(await received(socket, 4), 'a\nb\n')
    await sink.close()
  })

  it('is made anew by the next write when the other end has closed it', async (t) => {
    const { server, address, connections } = await collector(t)
    const first = once(server, 'connection')
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    t.after(() => sink.close())
    const [socket] = await first
    socket.end()
    await once(socket.resume(), 'close')
    const second = once(server, 'connection')
    await sink.write(bytes('again'))
    const [next] = await second
    assert.equal(await received(next, 6), 'again\n')
    assert.equal(connections.length, 2)
  })

  it('fails a write that is not taken in time, and takes the next one on a new connection', async (t) => {
    const { server, address, connections } = await collector(t, (socket) => socket.pause())
    const first = once(server, 'connection')
    const { timer, fire } = manualTimer()
    const sink = await openSocket({ address, timeout: 2000 }, timer)
    t.after(() => sink.close())
    await first
    const write = sink.write(big)
    assert.ok(write instanceof Promise)
    fire()
    await assert.rejects(write, /did not answer within 2 s/)
    await sink.write(bytes('small'))
    assert.equal(connections.length, 2)
  })

  it('fails a write in whose middle the other end goes away', async (t) => {
    const { address, connections } = await collector(t, (socket) =>
      socket.once('data', () => socket.destroy()),
    )
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    t.after(() => sink.close())
    const write = sink.write(big)
    assert.ok(write instanceof Promise)
    await assert.rejects(write)
    assert.equal(connections.length, 1)
  })

  it('is refused where nobody listens, and where the collector went away for good', async (t) => {
    const { server, address, connections } = await collector(t)
    const connection = once(server, 'connection')
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    t.after(() => sink.close())
    const [socket] = await connection
    socket.end()
    await once(socket.resume(), 'close')
    server.close()
    await once(server, 'close')
    const write = sink.write(bytes('a'))
    assert.ok(write instanceof Promise)
    await assert.rejects(write, /ECONNREFUSED/)
    await assert.rejects(openSocket({ address, timeout: 2000 }, realTimer), /ECONNREFUSED/)
    assert.equal(connections.length, 1)
  })

  it('on a socket of this machine needs one that takes streams', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'coffer-socket-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 's')
    const address = { transport: 'unix', path } as const
    await assert.rejects(openSocket({ address, timeout: 2000 }, realTimer), /ENOENT/)
    const server = createServer().listen(path)
    await once(server, 'listening')
    t.after(() => server.close())
    const connection = once(server, 'connection')
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    const [socket] = await connection
    await sink.write(bytes('a'))
    assert.equal(await received(socket, 2), 'a\n')
    await sink.close()
  })
})

describe('datagrams to a collector', () => {
  async function listen(t: TestContext) {
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const address = { transport: 'udp', host: 'localhost', port: socket.address().port } as const
    return { socket, address: { ...address, host: '127.0.0.1' } }
  }

  it('hold one line each', async (t) => {
    const { socket, address } = await listen(t)
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    const got: string[] = []
    const both = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        if (got.push(message.toString()) === 2) resolve()
      })
    })
    await sink.write(bytes('a', 'b'))
    await both
    assert.deepEqual(got, ['a', 'b'])
    await sink.close()
  })

  it('do not take a line that is longer than one', async (t) => {
    const { address } = await listen(t)
    const sink = await openSocket({ address, timeout: 2000 }, realTimer)
    const write = sink.write(bytes('x'.repeat(70_000)))
    assert.ok(write instanceof Promise)
    await assert.rejects(write, /EMSGSIZE/)
    await sink.close()
  })
})

describe('a line of the system log', () => {
  const now = () => Date.UTC(2030, 10, 6, 9, 5, 1, 20)
  const framed = (transport: 'unix' | 'tcp' | 'udp') =>
    syslogFrame(facilityOf('local0') ?? -1, 'coffer', transport, now)(bytes('{"a":"é"}')).toString()

  it('is RFC 3164 on a socket of this machine', () => {
    assert.equal(framed('unix'), `<134>Nov  6 09:05:01 coffer[${process.pid}]: {"a":"é"}\n`)
  })

  it('is RFC 5424 over the network, with its octets counted on a connection', () => {
    const line = new RegExp(
      `^<134>1 2030-11-06T09:05:01\\.020Z [!-~]+ coffer ${process.pid} - - \\{"a":"é"\\}$`,
    )
    assert.match(framed('udp'), line)
    const [, octets = '', rest = ''] = /^(\d+) (.*)$/s.exec(framed('tcp')) ?? []
    assert.match(rest, line)
    assert.equal(Number(octets), Buffer.byteLength(rest))
  })

  it('knows the facilities', () => {
    assert.deepEqual(['kern', 'AUTH', 'authpriv', 'LOCAL7', 'nope', ''].map(facilityOf), [
      0,
      4,
      10,
      23,
      undefined,
      undefined,
    ])
  })
})
