import type { Clock } from '../../base/clock.ts'
import type { RateLimit } from './table.ts'

/** Where a client stands. Spans in whole seconds, rounded up. */
export type Admission = {
  readonly allowed: boolean
  /** Requests in an interval. */
  readonly limit: number
  readonly remaining: number
  /** Until the next interval, or until a refused client may come again. */
  readonly reset: number
}

export type Limiter = {
  /**
   * Counts a request of a client.
   *
   * @param processes that share the limit: each allows its part, and one request at least
   */
  take(limit: RateLimit, address: string, processes?: number): Admission
  /** Clients that are remembered. */
  readonly size: number
}

/** Clients that are remembered at once; beyond that, the one whose interval began first is forgotten. */
export const maxClients = 50_000

type Count = { ends: number; used: number; blocked: boolean }

/**
 * Counts the requests of a process against rate limits: so many in an interval that begins with the first of
 * them. An address of IPv6 counts with all of its /64, since whoever has one has them all.
 */
export function createLimiter(clock: Pick<Clock, 'monotonic'>): Limiter {
  const counts = new Map<string, Count>()

  function begin(key: string, ends: number): Count {
    // Behind all others again, so that the first one is the oldest.
    counts.delete(key)
    if (counts.size >= maxClients) {
      const [oldest = ''] = counts.keys()
      counts.delete(oldest)
    }
    const count = { ends, used: 0, blocked: false }
    counts.set(key, count)
    return count
  }

  return {
    get size() {
      return counts.size
    },
    take(limit, address, processes = 1) {
      const now = clock.monotonic()
      const key = limit.groupBy === 'none' ? limit.id : `${limit.id} ${networkOf(address)}`
      // All together allow no more than one would by itself.
      const most = Math.max(1, Math.floor(Math.round(limit.rate) / processes))
      let count = counts.get(key)
      if (count === undefined || count.ends <= now) count = begin(key, now + limit.interval * 1000)
      const allowed = !count.blocked && count.used < most
      if (allowed) count.used++
      else if (!count.blocked && limit.blockInterval > 0) {
        count.blocked = true
        count.ends = now + limit.blockInterval * 1000
      }
      const reset = Math.max(1, Math.ceil((count.ends - now) / 1000))
      return { allowed, limit: most, remaining: count.blocked ? 0 : most - count.used, reset }
    },
  }
}

/** @param address in its one spelling (RFC 5952) */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [front = '', back] = address.split('::')
  const first = front === '' ? [] : front.split(':')
  const last = back === undefined || back === '' ? [] : back.split(':')
  const gap = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  return [...first, ...gap, ...last].slice(0, 4).join(':')
}
