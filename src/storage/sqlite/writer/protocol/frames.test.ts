import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { after, describe, test } from 'node:test'
import { frameKinds, maxFrame, readFrames, sendFrame, sendJson } from './frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'coffer-frames-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A stream in the place of a socket: what is pushed into it is read, and what is written to it is kept. */
function stream() {
  const written: Buffer[] = []
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk)
      done()
    },
  })
  duplex.on('error', () => {})
  // The parts of a socket that frames use are those of every stream.
  return { socket: duplex as Socket, written: () => Buffer.concat(written) }
}

/** Resolves when a stream has ended, well or not. */
const over = (socket: Socket) =>
  new Promise((resolve) => {
    socket.on('end', resolve)
    socket.on('close', resolve)
  })

/** The frames that come of these pieces, and whether the connection is still open then. */
async function received(pieces: readonly Buffer[], most?: () => number) {
  const { socket } = stream()
  const frames: [number, string][] = []
  readFrames(socket, (kind, body) => frames.push([kind, body.toString('latin1')]), most)
  for (const piece of pieces) socket.push(piece)
  socket.push(null)
  await over(socket)
  return { frames, refused: socket.errored !== null }
}

function bytesOf(...frames: [kind: number, ...bodies: string[]][]): Buffer {
  const { socket, written } = stream()
  for (const [kind, ...bodies] of frames) {
    sendFrame(socket, kind as 1, ...bodies.map((body) => Buffer.from(body, 'latin1')))
  }
  return written()
}

describe('the frames of the socket', () => {
  test('have these bytes', () => {
    assert.equal(bytesOf([3, 'ab', 'c']).toString('hex'), '0400000003616263')
    const { socket, written } = stream()
    sendJson(socket, frameKinds.welcome, { a: 1 })
    assert.equal(written().toString('latin1'), '\x08\0\0\0\x02{"a":1}')
  })

  test('are put together wherever the stream is split', async () => {
    const whole = bytesOf([1, 'first'], [2], [3, 'x'.repeat(300), 'y'], [4, 'last'])
    const expected = [
      [1, 'first'],
      [2, ''],
      [3, `${'x'.repeat(300)}y`],
      [4, 'last'],
    ]
    for (let at = 0; at <= whole.length; at++) {
      const { frames } = await received([whole.subarray(0, at), whole.subarray(at)])
      assert.deepEqual(frames, expected, `split at ${at}`)
    }
    const single = Array.from(whole, (byte) => Buffer.of(byte))
    assert.deepEqual(await received(single), { frames: expected, refused: false })
  })

  test('that are cut off are not handed on', async () => {
    const whole = bytesOf([1, 'first'], [2, 'second'])
    for (let length = 10; length < whole.length; length++) {
      assert.deepEqual((await received([whole.subarray(0, length)])).frames, [[1, 'first']])
    }
  })

  test('of a bad length end the connection before memory is taken for them', async () => {
    const head = (length: number) => {
      const bytes = Buffer.alloc(9, 'x')
      bytes.writeUInt32LE(length)
      return bytes
    }
    for (const length of [0, maxFrame + 2, 0x7fffffff, 0xffffffff]) {
      assert.deepEqual(await received([head(length)]), { frames: [], refused: true })
    }
    assert.deepEqual(await received([head(6)], () => 4), { frames: [], refused: true })
    assert.equal((await received([head(5)], () => 4)).frames.length, 1)
  })

  test('behind one that is refused are not looked at', async () => {
    const { socket } = stream()
    let taken = 0
    readFrames(socket, () => {
      taken++
      throw new Error('not this one')
    })
    socket.push(bytesOf([1, 'a'], [2, 'b']))
    socket.push(bytesOf([3, 'c']))
    await over(socket)
    assert.equal(taken, 1)
  })

  test('of any size go through a real socket', async () => {
    const address = join(folder, 'socket')
    const server = createServer((socket) =>
      readFrames(socket, (kind, body) => sendFrame(socket, kind as 1, body)),
    )
    server.listen(address)
    await once(server, 'listening')
    const socket = createConnection(address)
    const sizes = [0, 1, 70_000, 3_000_000]
    const back: number[] = []
    const done = new Promise<void>((resolve) =>
      readFrames(socket, (_, body) => {
        back.push(body.length)
        if (back.length === sizes.length) resolve()
      }),
    )
    for (const size of sizes) sendFrame(socket, frameKinds.commits, Buffer.alloc(size, 7))
    await done
    assert.deepEqual(back, sizes)
    socket.destroy()
    server.close()
  })
})
