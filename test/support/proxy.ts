import { connect, createServer, type Socket } from 'node:net'

/** From the client to the server, or back. */
export type Direction = 'request' | 'answer'

/** What becomes of bytes on their way. */
export type Treatment =
  | 'pass'
  /** Kept until it passes again. */
  | 'hold'
  /** Thrown away, while the connection stays: as a network that is cut without anybody being told. */
  | 'drop'
  /** Resets the connection instead. */
  | 'cut'

/** A TCP proxy that does to connections what networks do. */
export type TcpProxy = {
  readonly port: number
  /** The port that it stands in front of. */
  readonly target: number
  /** Connections that are open. */
  readonly connections: number
  /** Bytes that are held. */
  readonly held: number
  /** Treats what comes from now on in a direction, or in both, so. What was held passes on with `pass`. */
  treat(treatment: Treatment, direction?: Direction): void
  /** Lets each piece of both directions wait. Milliseconds; 0 for none. */
  delay(milliseconds: number): void
  /** Treats what comes next in a direction so, and only that. Resolves when it came. */
  next(treatment: 'drop' | 'cut', direction: Direction): Promise<void>
  /** Resets all connections. */
  cut(): void
  /** Resets all connections and every new one at once, until `accept`. */
  refuse(): void
  accept(): void
  close(): Promise<void>
}

type Lane = {
  treatment: Treatment
  once: { readonly treatment: 'drop' | 'cut'; readonly came: () => void } | undefined
}

/** Starts a proxy on a free port of 127.0.0.1 in front of another port. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const lanes: Record<Direction, Lane> = {
    request: { treatment: 'pass', once: undefined },
    answer: { treatment: 'pass', once: undefined },
  }
  /** Ends of connections that pass on what they held. */
  const waiting: Record<Direction, Set<() => void>> = { request: new Set(), answer: new Set() }
  const sockets = new Set<Socket>()
  let milliseconds = 0
  let refusing = false
  let heldBytes = 0

  function pipe(from: Socket, to: Socket, direction: Direction): void {
    const lane = lanes[direction]
    const held: Buffer[] = []
    const release = () => {
      for (const part of held.splice(0)) {
        heldBytes -= part.length
        to.write(part)
      }
    }
    waiting[direction].add(release)
    from.on('close', () => waiting[direction].delete(release))
    const forward = (part: Buffer): void => {
      const { once } = lane
      lane.once = undefined
      once?.came()
      switch (once?.treatment ?? lane.treatment) {
        case 'pass':
          release()
          to.write(part)
          return
        case 'hold':
          held.push(part)
          heldBytes += part.length
          return
        case 'drop':
          return
        case 'cut':
          reset()
      }
    }
    const reset = () => {
      for (const socket of [from, to]) socket.resetAndDestroy()
    }
    from.on('data', (part: Buffer) => {
      if (milliseconds === 0) forward(part)
      else setTimeout(forward, milliseconds, part)
    })
    from.on('end', () => to.end())
    from.on('close', () => to.destroy())
    from.on('error', () => to.destroy())
  }

  const server = createServer((client) => {
    if (refusing) {
      client.on('error', () => undefined)
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    pipe(client, upstream, 'request')
    pipe(upstream, client, 'answer')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const cut = () => {
    for (const socket of [...sockets]) socket.resetAndDestroy()
  }

  return {
    port: address.port,
    target,
    get connections() {
      return sockets.size / 2
    },
    get held() {
      return heldBytes
    },
    treat(treatment, direction) {
      for (const one of direction === undefined ? (['request', 'answer'] as const) : [direction]) {
        lanes[one].treatment = treatment
        if (treatment === 'pass') for (const release of waiting[one]) release()
      }
    },
    delay(span) {
      milliseconds = span
    },
    next: (treatment, direction) =>
      new Promise((resolve) => {
        lanes[direction].once = { treatment, came: resolve }
      }),
    cut,
    refuse() {
      refusing = true
      cut()
    },
    accept() {
      refusing = false
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
