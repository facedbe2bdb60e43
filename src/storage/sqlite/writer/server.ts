import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { split } from './codec.ts'
import { frameKinds, readFrames, sendJson } from './frames.ts'
import { type Answers, type Hello, protocol } from './messages.ts'
import type { Owner, Source } from './owner.ts'

/** The socket on which the owner takes the commits of other processes. */
export type CommitServer = {
  readonly address: string
  /** What a process must say first; it stands in the file, so only who may read that can know it. */
  readonly token: string
  /** Takes no more connections; the open ones end with {@link release}. */
  stop(): void
  release(): void
}

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux, with a NUL at the end. */
const maxAddressBytes = 103
const maxConnections = 256
/** Milliseconds for the first message. */
const helloTime = 5000
const folderPrefix = 'coffer-socket-'

export async function startCommitServer(path: string, owner: Owner): Promise<CommitServer> {
  const token = randomBytes(16).toString('base64url')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Whoever was cut off connects again; there is nobody to tell.
    socket.on('error', () => {})
    serve(socket, owner, token)
  })
  server.maxConnections = maxConnections
  const address = await listenSomewhere(server, path)
  return {
    address,
    token,
    stop() {
      server.close()
      forgetAddress(address)
    },
    release() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Beside the file; where the path is too long or the file system has no sockets, in a folder of its own. */
async function listenSomewhere(server: Server, path: string): Promise<string> {
  const beside = `${path}.sock`
  if (Buffer.byteLength(beside) <= maxAddressBytes) {
    try {
      return await listen(server, beside)
    } catch {
      // Tried elsewhere.
    }
  }
  return listen(server, join(mkdtempSync(join(tmpdir(), folderPrefix)), 'socket'))
}

async function listen(server: Server, address: string): Promise<string> {
  rmSync(address, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(address, 0o600)
  return address
}

/** Removes a socket of this owner or of one that died. */
export function forgetAddress(address: string): void {
  if (address === '') return
  rmSync(address, { force: true })
  if (basename(dirname(address)).startsWith(folderPrefix))
    rmSync(dirname(address), { recursive: true, force: true })
}

function serve(socket: Socket, owner: Owner, token: string): void {
  let source: Source | undefined
  const timer = setTimeout(() => socket.destroy(), helloTime)
  timer.unref()
  socket.on('close', () => clearTimeout(timer))
  readFrames(socket, (kind, body) => {
    if (source === undefined) {
      source = { process: greet(kind, body, token), answer }
      clearTimeout(timer)
      sendJson(socket, frameKinds.welcome, { lineage: owner.lineage })
      return
    }
    if (kind !== frameKinds.commits) throw new Error('an unexpected frame')
    owner.submit(source, split(body.subarray(8)), body.readDoubleLE(0))
  })

  function answer(answers: Answers): void {
    if (!socket.destroyed) sendJson(socket, frameKinds.answers, answers)
  }
}

/** @returns the name of the process that asks; throws when it may not */
function greet(kind: number, body: Buffer, token: string): string {
  const hello: Partial<Hello> = kind === frameKinds.hello ? JSON.parse(body.toString()) : {}
  if (hello.protocol !== protocol || hello.token !== token || typeof hello.process !== 'string') {
    throw new Error('a stranger')
  }
  return hello.process
}
