import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Where a connection is cut: at a piece that the client sends, or at one that the server answers. */
export type Cut = {
  readonly side: 'request' | 'answer'
  /** Which piece from now on, from 1. */
  readonly piece: number
  /** How much of the piece still gets through. */
  readonly pass: 'nothing' | 'half' | 'all'
}

/** Stands between a store and its database, and cuts connections at a point that a test chooses. */
export type TestProxy = {
  readonly port: number
  /** Cuts at this point, once, and calls `then`. */
  arm(cut: Cut, then?: () => void): { readonly done: boolean; disarm(): void }
  /** Takes no connections, and drops those there are, until it is opened again. */
  close(): void
  open(): void
  stop(): Promise<void>
}

export async function startProxy(targetPort: number): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  let armed: { cut: Cut; left: number; done: boolean; then?: (() => void) | undefined } | undefined
  let closed = false

  const server = createServer((client) => {
    if (closed) {
      client.destroy()
      return
    }
    const database = connect(targetPort, '127.0.0.1')
    const end = () => {
      client.destroy()
      database.destroy()
    }
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    const pass = (side: Cut['side'], to: Socket) => (piece: Buffer) => {
      if (armed === undefined || armed.done || armed.cut.side !== side || --armed.left > 0) {
        to.write(piece)
        return
      }
      armed.done = true
      const length = { nothing: 0, half: piece.length >> 1, all: piece.length }[armed.cut.pass]
      const from = to === client ? database : client
      // The other side gets what passes, and its end after it.
      to.end(piece.subarray(0, length), () => {
        from.destroy()
        armed?.then?.()
      })
    }
    client.on('data', pass('request', database))
    database.on('data', pass('answer', client))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const dropAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    arm(cut, then) {
      const mine = { cut, left: cut.piece, done: false, then }
      armed = mine
      return {
        get done() {
          return mine.done
        },
        disarm() {
          if (armed === mine) armed = undefined
        },
      }
    },
    close() {
      closed = true
      dropAll()
    },
    open() {
      closed = false
    },
    async stop() {
      dropAll()
      server.close()
      await once(server, 'close')
    },
  }
}
