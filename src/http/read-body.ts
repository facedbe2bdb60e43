import type { IncomingMessage } from 'node:http'
import { CofferError } from '../base/errors.ts'

/** How much of request bodies is held in memory, over all connections. */
export type BodyBudget = { used: number; readonly total: number }

const empty = Buffer.alloc(0)
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
    const parts: Buffer[] = []
    let size = 0
    let held = 0
    let refused = false
    const release = () => {
      budget.used -= held
      held = 0
      parts.length = 0
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
      if (budget.used + part.length > budget.total) return refuse('overloaded')
      budget.used += part.length
      held += part.length
      parts.push(part)
    })
    request.on('end', () => {
      const whole =
        parts.length === 1 ? (parts[0] as Buffer) : parts.length === 0 ? empty : Buffer.concat(parts, size)
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
