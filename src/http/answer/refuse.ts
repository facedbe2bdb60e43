import type { Duplex } from 'node:stream'
import { pendingExchange } from '../wire.ts'

type Refusal = { readonly status: string; readonly errors: readonly string[] }

/** What is answered to bytes that are no request, by the code of the parser's error. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    errors: ['the headers are too large'],
  },
  CONNECT: { status: '405 Method Not Allowed', errors: [] },
  HPE_INVALID_METHOD: { status: '405 Method Not Allowed', errors: [] },
  HPE_INVALID_URL: {
    status: '400 Bad Request',
    errors: ['the path holds bytes that must be percent-encoded'],
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    errors: ['the request took too long to arrive'],
  },
}
const malformed: Refusal = { status: '400 Bad Request', errors: ['the request is no HTTP'] }

/**
 * Ends a connection whose bytes are no HTTP, or come too slowly. Where an answer is under way, it is finished
 * first and the connection ends with it, so that nothing is written into the middle of it.
 *
 * @param doomed connections that end with their next answer
 */
export function refuseConnection(error: Error, socket: Duplex, doomed: WeakSet<Duplex>): void {
  const code = 'code' in error ? String(error.code) : ''
  const pending = pendingExchange(socket)
  if (pending?.request.complete === true && socket.writable) {
    // What was asked in full is answered; only what followed it is refused.
    if (pending.response.headersSent) pending.response.once('finish', () => socket.destroy())
    else doomed.add(socket)
    return
  }
  if (!socket.writable || code === 'ECONNRESET' || pending?.response.headersSent === true) {
    socket.destroy()
    return
  }
  const { status, errors } = refusals[code] ?? malformed
  const body = `${JSON.stringify({ errors })}\n`
  socket.end(
    `HTTP/1.1 ${status}\r\nCache-Control: no-store\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}
