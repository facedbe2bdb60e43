import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/*
 * Vault clients use the methods LIST and SCAN, which Node's HTTP parser refuses. The bytes of a connection are
 * looked at where a request begins, and nowhere else, and `LIST ` becomes `LINK `, `SCAN ` becomes `BIND `:
 * methods of the same length that the parser knows and nobody uses. `takeAlias` tells them from real ones.
 *
 * Where a request begins is not guessed from the bytes but read off the parser: bytes are handed on in such
 * pieces that the parser's "message complete" can fall only at the end of one. So nothing inside of a body or
 * a header is ever taken for a request. A LIST sent before the answer to the request ahead of it is not
 * translated; the parser refuses it.
 */

export type Alias = 'LIST' | 'SCAN'

const spellings: readonly { alias: Alias; sent: Buffer; parsed: Buffer }[] = [
  { alias: 'LIST', sent: Buffer.from('LIST '), parsed: Buffer.from('LINK ') },
  { alias: 'SCAN', sent: Buffer.from('SCAN '), parsed: Buffer.from('BIND ') },
]
const blankLine = 0x0d0a0d0a

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; settled: boolean }

type Wire = {
  /** The bytes before the next one are whole requests, as far as the parser is concerned. */
  atStart: boolean
  /** The first bytes of a request, too few to tell its method. */
  held: Buffer | undefined
  latest: Exchange | undefined
  alias: Alias | undefined
  /** The last four bytes handed to the parser. */
  tail: number
  /** A piece that ends where its message does. */
  exact: Buffer | undefined
}

const wires = new WeakMap<Duplex, Wire>()

/**
 * Puts the translation in front of a connection's parser. Call it right after the HTTP server has taken the
 * connection (in a `connection` or `secureConnection` listener added after the server's own).
 */
export function translateMethods(socket: Duplex): void {
  const wire: Wire = {
    atStart: true,
    held: undefined,
    latest: undefined,
    alias: undefined,
    tail: 0,
    exact: undefined,
  }
  wires.set(socket, wire)
  const push = socket.push
  // A listener of our own for `data` makes Node deliver the bytes through the stream, `push` first and the
  // parser's listener before this one, instead of from the handle to the parser.
  socket.on('data', (piece: Buffer) => settle(wire, piece))
  socket.push = (chunk: Buffer | null): boolean => {
    const held = wire.held
    if (chunk === null) {
      wire.held = undefined
      if (held !== undefined) push.call(socket, held)
      return push.call(socket, null)
    }
    if (!isIdle(wire, socket)) return handOn(push, socket, wire, chunk)
    wire.held = undefined
    const bytes = held === undefined ? chunk : Buffer.concat([held, chunk])
    if (translate(wire, bytes) === 'undecided') {
      wire.held = bytes
      return true
    }
    return handOn(push, socket, wire, bytes)
  }
}

/** Tells the connection that the parser has read a request's head. Call it first of all in `request`. */
export function noteRequest(request: IncomingMessage, response: ServerResponse): Alias | undefined {
  const wire = wires.get(request.socket)
  if (wire === undefined) return undefined
  wire.latest = { request, response, settled: false }
  const alias = wire.alias
  wire.alias = undefined
  return alias
}

/** What was asked last on a connection, if it is not answered to the last byte yet. */
export function pendingExchange(
  socket: Duplex,
): { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined {
  const latest = wires.get(socket)?.latest
  return latest === undefined || latest.response.writableFinished ? undefined : latest
}

/** Whether nothing is being asked or answered on a connection, to the last byte. */
export function isUnused(socket: Duplex): boolean {
  const wire = wires.get(socket)
  return wire !== undefined && wire.held === undefined && isIdle(wire, socket) && !pendingExchange(socket)
}

function isIdle({ atStart, latest }: Wire, socket: Duplex): boolean {
  return atStart && socket.readableLength === 0 && (latest === undefined || latest.response.writableEnded)
}

/** Rewrites the method at the start of `bytes` in place. Blank lines before a request are allowed (RFC 9112 §2.2). */
function translate(wire: Wire, bytes: Buffer): 'decided' | 'undecided' {
  let start = 0
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start++
  const first = bytes[start]
  if (first !== 0x4c && first !== 0x53) return 'decided'
  const room = bytes.length - start
  for (const { alias, sent, parsed } of spellings) {
    if (room < sent.length) {
      if (sent.compare(bytes, start, bytes.length, 0, room) === 0) return 'undecided'
    } else if (sent.compare(bytes, start, start + sent.length) === 0) {
      parsed.copy(bytes, start)
      wire.alias = alias
      return 'decided'
    }
  }
  return 'decided'
}

/**
 * Gives bytes to the parser in such pieces that it is known afterwards whether a message ended with the last of
 * them. A blank line at the end tells it; so does the length that a whole head announces for the rest; else the
 * last byte goes apart.
 */
function handOn(push: Duplex['push'], socket: Duplex, wire: Wire, bytes: Buffer): boolean {
  const size = bytes.length
  if (size < 2 || endsBlank(bytes)) return push.call(socket, bytes)
  let rest = bytes
  if (wire.atStart && socket.readableLength === 0) {
    const end = bytes.indexOf('\r\n\r\n') + 4
    if (end > 3) {
      push.call(socket, bytes.subarray(0, end))
      rest = bytes.subarray(end)
      // The length is what the parser has made of the head that it was just given.
      if (
        wire.latest?.settled === false &&
        wire.latest.request.headers['content-length'] === String(rest.length)
      ) {
        wire.exact = rest
        return push.call(socket, rest)
      }
    }
  }
  if (rest.length > 1) push.call(socket, rest.subarray(0, -1))
  return push.call(socket, rest.subarray(-1))
}

const endsBlank = (bytes: Buffer) => bytes.length >= 4 && bytes.readUInt32BE(bytes.length - 4) === blankLine

/** Runs after the parser has seen `piece`. */
function settle(wire: Wire, piece: Buffer): void {
  const size = piece.length
  if (size >= 4) wire.tail = piece.readUInt32BE(size - 4)
  else for (const byte of piece) wire.tail = ((wire.tail << 8) | byte) >>> 0
  const { latest } = wire
  if (latest?.request.complete === true && !latest.settled) {
    latest.settled = true
    // A next request whose head ends in a blank line would have been noted, so nothing of one is here.
    wire.atStart = size === 1 || wire.tail === blankLine || piece === wire.exact
    wire.exact = undefined
  } else if (wire.atStart) {
    wire.atStart = piece.every((byte) => byte === 0x0d || byte === 0x0a)
  }
}
