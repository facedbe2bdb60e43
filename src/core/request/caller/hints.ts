import type { TokenHash } from '../../../token/record.ts'
import type { Want } from '../../../transaction/transaction.ts'

/**
 * Which rows the last request of a token stood on, so that the next one reads them all in its first round
 * trip. A hint that is out of date costs a needless row or one more round trip, and decides nothing.
 */
export type Hints = {
  get(hash: TokenHash): readonly Want[]
  set(hash: TokenHash, wants: readonly Want[]): void
}

const maxTokens = 20_000
/** A request that read more than this (a login, a batch) is no model for the next. */
const maxWants = 150

/** Remembers at most 20,000 tokens, and forgets those first whose last request is the longest ago. */
export function createHints(): Hints {
  const byToken = new Map<TokenHash, readonly Want[]>()
  return {
    get: (hash) => byToken.get(hash) ?? [],
    set(hash, wants) {
      byToken.delete(hash)
      if (wants.length > maxWants) return
      byToken.set(hash, wants)
      if (byToken.size > maxTokens) {
        const oldest = byToken.keys().next().value
        if (oldest !== undefined) byToken.delete(oldest)
      }
    },
  }
}
