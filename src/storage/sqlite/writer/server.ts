import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, lstatSync, mkdtempSync, rmdirSync, rmSync, type Stats, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Owner, Source } from './owner.ts'
import { split } from './protocol/codec.ts'
import { frameKinds, maxFrame, readFrames, sendJson } from './protocol/frames.ts'
import { type Answers, type Hello, protocol } from './protocol/messages.ts'

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
/** Milliseconds for the first message, and the bytes that it may have. */
const helloTime = 5000
const maxHello = 512
/** Characters of the name by which a process goes. */
const maxProcessName = 64

type Connections = {
  readonly owner: Owner
  readonly token: string
  /** The connection of each process that has said who it is. */
  readonly byProcess: Map<string, Socket>
}

/** @param path of the store's file, free of links */
export async function startCommitServer(path: string, owner: Owner): Promise<CommitServer> {
  const token = randomBytes(16).toString('base64url')
  const sockets = new Set<Socket>()
  const connections: Connections = { owner, token, byProcess: new Map() }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Whoever was cut off connects again; there is nobody to tell.
    socket.on('error', () => {})
    serve(socket, connections)
  })
  server.maxConnections = maxConnections
  const address = await listenSomewhere(server, path)
  return {
    address,
    token,
    stop() {
      server.close()
      forgetAddress(path, address)
    },
    release() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/**
 * In a folder that nobody else may enter, beside the file or, where that path is too long or the file system
 * has no sockets, among the temporary ones.
 */
async function listenSomewhere(server: Server, path: string): Promise<string> {
  if (Buffer.byteLength(addressIn(folderOf(path, dirname(path), 'XXXXXX'))) <= maxAddressBytes) {
    try {
      return await listen(server, path, dirname(path))
    } catch {
      // Tried elsewhere.
    }
  }
  return listen(server, path, tmpdir())
}

async function listen(server: Server, path: string, parent: string): Promise<string> {
  const folder = mkdtempSync(folderOf(path, parent, ''))
  try {
    const address = addressIn(folder)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => {
        server.off('error', reject)
        resolve()
      })
    })
    chmodSync(address, 0o600)
    return address
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** Named after the store, so that a copy of its file does not take the original's socket for its own. */
function folderOf(path: string, parent: string, end: string): string {
  return join(parent, `coffer-${createHash('sha256').update(path).digest('hex').slice(0, 8)}-${end}`)
}

const addressIn = (folder: string): string => join(folder, 'socket')

/**
 * Removes the socket of an owner of this file, this one or one that died. The address stands in the file in
 * clear, where anybody may have written who can write there: nothing goes but a socket of this user in a folder
 * as {@link listen} makes it, and the folder once it is empty.
 */
export function forgetAddress(path: string, address: string): void {
  const folder = dirname(address)
  if (address !== addressIn(folder) || !basename(folder).startsWith(basename(folderOf(path, '/', '')))) return
  try {
    const about = lstatSync(folder)
    if (!about.isDirectory() || !isOurs(about) || (about.mode & 0o077) !== 0) return
    const socket = lstatSync(address, { throwIfNoEntry: false })
    if (socket !== undefined) {
      if (!socket.isSocket() || !isOurs(socket)) return
      unlinkSync(address)
    }
    rmdirSync(folder)
  } catch {
    // What cannot be removed harms nobody: the next owner has a folder of its own.
  }
}

const isOurs = ({ uid }: Stats) => uid === process.geteuid?.()

function serve(socket: Socket, { owner, token, byProcess }: Connections): void {
  let source: Source | undefined
  const timer = setTimeout(() => socket.destroy(), helloTime)
  timer.unref()
  socket.on('close', () => {
    clearTimeout(timer)
    if (source !== undefined && byProcess.get(source.process) === socket) byProcess.delete(source.process)
  })
  readFrames(socket, take, () => (source === undefined ? maxHello : maxFrame))

  function take(kind: number, body: Buffer<ArrayBuffer>): void {
    if (source !== undefined) {
      if (kind !== frameKinds.commits) throw new Error('an unexpected frame')
      owner.submit(source, split(body.subarray(8)), body.readDoubleLE(0))
      return
    }
    const process = greet(kind, body, token)
    source = { process, answer }
    clearTimeout(timer)
    // What is still on the way there comes again here, and was perhaps answered when that is read.
    byProcess.get(process)?.destroy()
    byProcess.set(process, socket)
    sendJson(socket, frameKinds.welcome, { lineage: owner.lineage })
  }

  function answer(answers: Answers): void {
    if (!socket.destroyed) sendJson(socket, frameKinds.answers, answers)
  }
}

/** @returns the name of the process that asks; throws when it may not */
function greet(kind: number, body: Buffer, token: string): string {
  const hello: Partial<Hello> = kind === frameKinds.hello ? JSON.parse(body.toString()) : {}
  if (hello.protocol !== protocol || !isSame(hello.token, token) || !isName(hello.process)) {
    throw new Error('a stranger')
  }
  return hello.process
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const isSame = (given: unknown, token: string): boolean =>
  typeof given === 'string' && timingSafeEqual(digest(given), digest(token))
const isName = (given: unknown): given is string =>
  typeof given === 'string' && given !== '' && given.length <= maxProcessName
