import type { IncomingMessage } from 'node:http'
import { CofferError } from '../base/errors.ts'

/** How much of request bodies is held in memory, over all connections. */
export type BodyBudget = { used: number; readonly total: number }

const empty = Buffer.alloc(0)
/** Bytes for a body that does not come in one piece. */
const firstSize = 4096
/** A client that sends on after it was refused is heard out up to this many times the limit. */
const patience = 16

/** Whether a request announces a body (RFC 9112 §6.3). */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** Whether a request announces more than `limit` bytes. */
export function announcesMore({ headers }: IncomingMessage, limit: number): boolean {
  return Number(headers['content-length'] ?? 0) > limit
}

/**
 * Reads a request's body to its end. What lies beyond the limit is thrown away, so that the client can finish
 * sending and read the refusal; one that never finishes is cut off.
 *
 * @returns undefined when the client went away
 * @throws too_large, overloaded
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let gathered: Buffer = empty
    let size = 0
    let held = 0
    let refused = false
    const release = () => {
      budget.used -= held
      held = 0
      gathered = empty
    }
    /** Appends to one buffer, so that a body costs its bytes, in however many pieces it comes. */
    const gather = (part: Buffer, before: number) => {
      if (before === 0) gathered = part
      else if (before + part.length > gathered.length) {
        const larger = Buffer.allocUnsafeSlow(
          Math.min(limit, Math.max(firstSize, 2 * (before + part.length))),
        )
        gathered.copy(larger, 0, 0, before)
        gathered = larger
      }
      if (before > 0) part.copy(gathered, before)
    }
    const refuse = (code: 'too_large' | 'overloaded') => {
      refused = true
      release()
      reject(new CofferError(code))
    }
    request.on('data', (part: Buffer) => {
      size += part.length
      if (refused) {
        if (size > limit * patience) request.socket.destroy()
        return
      }
      if (size > limit) return refuse('too_large')
      gather(part, size - part.length)
      const more = gathered.length - held
      if (budget.used + more > budget.total) return refuse('overloaded')
      budget.used += more
      held += more
    })
    request.on('end', () => {
      const whole = gathered.subarray(0, size)
      release()
      if (!refused) resolve(whole)
    })
    request.on('close', () => {
      release()
      resolve(undefined)
    })
    if (announcesMore(request, limit)) refuse('too_large')
  })
}
