import type { IncomingMessage } from 'node:http'
import { CofferError } from '../../base/errors.ts'

/** How much memory request bodies take, over all connections, however small the pieces are in which they come. */
export type BodyBudget = { used: number; readonly total: number }

const empty = Buffer.alloc(0)
/** A client that sends on after it was refused is heard out up to this many times the limit. */
const patience = 16
/** What the memory for a body begins with, unless its length is announced and smaller. */
const firstCapacity = 4096

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
    let refused = false
    const hold = (bytes: Buffer) => {
      budget.used += bytes.length - gathered.length
      gathered = bytes
    }
    const refuse = (code: 'too_large' | 'overloaded') => {
      refused = true
      hold(empty)
      reject(new CofferError(code))
    }
    request.on('data', (part: Buffer) => {
      const before = size
      size += part.length
      if (refused) {
        if (size > limit * patience) request.socket.destroy()
        return
      }
      if (size > limit) return refuse('too_large')
      if (size > gathered.length) {
        const capacity = capacityFor(request, size, gathered.length, limit)
        // Both are held while one is copied.
        if (budget.used + capacity > budget.total) return refuse('overloaded')
        const larger = Buffer.allocUnsafeSlow(capacity)
        gathered.copy(larger, 0, 0, before)
        hold(larger)
      }
      part.copy(gathered, before)
    })
    request.on('end', () => {
      const whole = gathered.subarray(0, size)
      hold(empty)
      if (!refused) resolve(whole)
    })
    request.on('close', () => {
      hold(empty)
      resolve(undefined)
    })
    if (announcesMore(request, limit)) refuse('too_large')
  })
}

/** Twice what was there, so that a body is copied about once, or what is announced if that is little. */
function capacityFor(request: IncomingMessage, size: number, before: number, limit: number): number {
  const announced = Number(request.headers['content-length'] ?? limit)
  const wanted = Math.max(size, Math.min(before * 2 || firstCapacity, announced))
  return Math.min(wanted, limit)
}
