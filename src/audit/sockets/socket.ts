import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fail } from '../../base/errors.ts'
import type { Sink } from '../device/file.ts'
import type { Timer } from '../device/timer.ts'

/** Where lines are sent to. */
export type Address =
  | { readonly transport: 'unix'; readonly path: string }
  | { readonly transport: 'tcp' | 'udp'; readonly host: string; readonly port: number }

export type SocketRules = {
  readonly address: Address
  /** How long connecting, or taking a write, may take, milliseconds. */
  readonly timeout: number
  /** Wraps a line, which ends in a line feed, for the other end; lines go as they are without it. */
  readonly frame?: ((line: Buffer) => Buffer) | undefined
}

const lineFeed = 10

/** @throws what is in the way of a connection */
export const openSocket = (rules: SocketRules, timer: Timer): Promise<Sink> =>
  rules.address.transport === 'udp' ? openDatagrams(rules, rules.address, timer) : openStream(rules, timer)

/** What is the same for all of them: there is no file that could be looked at, or lose its name. */
const noFile = {
  sync: async () => {},
  isRemoved: () => false,
  check: () => 'fine',
  tail: undefined,
} as const satisfies Partial<Sink>

/**
 * A connection that lines are written to. One that the other end has closed is made anew with the next write,
 * so that a collector may start again; a write that fails, or that is not taken in time, ends it.
 */
async function openStream({ address, timeout, frame }: SocketRules, timer: Timer): Promise<Sink> {
  let isClosed = false
  let socket = await dial()

  async function dial(): Promise<Socket> {
    const made = address.transport === 'unix' ? connect(address.path) : connect(address.port, address.host)
    // Its faults are seen by whoever connects or writes.
    made.on('error', () => {})
    // What the other end says is not looked at, but that it ends is.
    made.resume()
    const connected = once(made, 'connect')
    await within(timer, timeout, connected, () => made.destroy()).catch((error: unknown) => {
      made.destroy()
      throw explained(error, address)
    })
    return made
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (isClosed) fail('storage_failed', 'the connection is closed')
    if (socket.destroyed || !socket.writable || socket.readableEnded) socket = await dial()
    const current = socket
    const whole = frame === undefined ? bytes : Buffer.concat(linesOf(bytes).map(frame))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    current.write(whole, (error) => (error == null ? resolve() : reject(error)))
    current.once('close', closed)
    function closed(): void {
      reject(new Error('the other end closed the connection'))
    }
    try {
      await within(timer, timeout, promise, () => current.destroy())
    } catch (error) {
      current.destroy()
      throw error
    } finally {
      current.off('close', closed)
    }
  }

  return {
    ...noFile,
    write,
    identity: identityOf(address),
    async close() {
      isClosed = true
      if (socket.destroyed) return
      const closed = once(socket, 'close')
      socket.end()
      await within(timer, timeout, closed, () => socket.destroy()).catch(() => {})
    },
  }
}

/** Datagrams of one line each. Whether they arrive nobody hears. */
async function openDatagrams(
  { timeout, frame }: SocketRules,
  address: Extract<Address, { host: string }>,
  timer: Timer,
): Promise<Sink> {
  const { address: host, family } = await within(timer, timeout, lookup(address.host), () => {})
  const socket: Datagrams = createSocket(family === 6 ? 'udp6' : 'udp4')
  let fault: Error | undefined
  let isClosed = false
  socket.on('error', (error) => {
    fault = error
  })
  socket.connect(address.port, host)
  await within(timer, timeout, once(socket, 'connect'), () => {}).catch((error: unknown) => {
    socket.close()
    throw error
  })

  const sent = (line: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      socket.send(line, (error) => (error == null ? resolve() : reject(error)))
    })

  return {
    ...noFile,
    async write(bytes) {
      if (isClosed) fail('storage_failed', 'the socket is closed')
      if (fault !== undefined) throw fault
      const lines = linesOf(bytes).map((line) => frame?.(line) ?? line.subarray(0, -1))
      await within(timer, timeout, Promise.all(lines.map(sent)), () => {})
    },
    identity: identityOf(address),
    async close() {
      if (isClosed) return
      isClosed = true
      socket.close()
    },
  }
}

const identityOf = (address: Address) =>
  address.transport === 'unix'
    ? `unix:${address.path}`
    : `${address.transport}:${address.host}:${address.port}`

/** The lines of a write, each with its line feed. */
function linesOf(bytes: Uint8Array): Buffer[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const lines: Buffer[] = []
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf(lineFeed, at)
    const next = end < 0 ? all.length : end + 1
    lines.push(all.subarray(at, next))
    at = next
  }
  return lines
}

function explained(error: unknown, address: Address): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (address.transport === 'unix' && code === 'EPROTOTYPE') {
    return new Error(
      `${address.path} takes datagrams, and only streams can be written to: name another address`,
    )
  }
  return error
}

/** Waits for at most so long. @param late gives up what was begun */
async function within<T>(timer: Timer, milliseconds: number, work: Promise<T>, late: () => void): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = timer(milliseconds, () => {
    late()
    reject(new Error(`it did not answer within ${milliseconds / 1000} s`))
  })
  try {
    return await Promise.race([work, promise])
  } finally {
    cancel()
    // It may still fail when nobody waits any more.
    work.catch(() => {})
  }
}
