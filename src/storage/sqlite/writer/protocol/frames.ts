import type { Socket } from 'node:net'

/**
 * Messages on the socket between a process and the one that writes: length u32 (of what follows) ‖ kind u8 ‖
 * body. Commits are in the form of `codec.ts` behind the number of the oldest unanswered one (f64); all else
 * is JSON.
 */
export const frameKinds = { hello: 1, welcome: 2, commits: 3, answers: 4 } as const
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]

/** A frame holds at most one batch, and no batch is larger than one commit may be with all that surrounds it. */
export const maxFrame = 256 * 1024 * 1024
const headLength = 5

export function sendFrame(socket: Socket, kind: FrameKind, ...parts: readonly Uint8Array[]): void {
  const head = Buffer.allocUnsafe(headLength)
  head.writeUInt32LE(1 + parts.reduce((sum, part) => sum + part.length, 0), 0)
  head[4] = kind
  socket.cork()
  for (const part of [head, ...parts]) socket.write(part)
  socket.uncork()
}

export const sendJson = (socket: Socket, kind: FrameKind, body: unknown): void =>
  sendFrame(socket, kind, Buffer.from(JSON.stringify(body)))

/**
 * Puts the frames of a stream together and hands each to `take`, whose body is its own memory. A frame that
 * is too long, or that `take` throws on, ends the connection.
 *
 * @param most the bytes that the body of the frame may have that begins now
 */
export function readFrames(
  socket: Socket,
  take: (kind: number, body: Buffer<ArrayBuffer>) => void,
  most: () => number = () => maxFrame,
): void {
  const head = Buffer.alloc(headLength)
  let filled = 0
  let body: Buffer<ArrayBuffer> | undefined

  function consume(chunk: Buffer): void {
    for (let at = 0; ; ) {
      if (body === undefined) {
        const part = chunk.copy(head, filled, at)
        at += part
        filled += part
        if (filled < headLength) return
        const length = head.readUInt32LE(0) - 1
        if (length < 0 || length > most()) throw new RangeError('a frame of a bad length')
        body = Buffer.allocUnsafeSlow(length)
        filled = 0
      }
      const part = chunk.copy(body, filled, at)
      at += part
      filled += part
      if (filled < body.length) return
      const whole = body
      body = undefined
      filled = 0
      take(head[4] as number, whole)
    }
  }

  socket.on('data', (chunk: Buffer) => {
    // Nothing counts that came behind what ended the connection.
    if (socket.destroyed) return
    try {
      consume(chunk)
    } catch (error) {
      socket.destroy(error as Error)
    }
  })
}
