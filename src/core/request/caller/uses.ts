import { type TokenHash, usesKey, usesRecords } from '../../../token/record.ts'
import { type Ground, transact } from '../../../transaction/transaction.ts'

/**
 * Takes one use of a token that has a limited number of them, in a commit of its own, so that neither a
 * repeated handler nor a refusal takes two or none. Takers of one token queue up: competing commits on one
 * row would only make each other start again.
 */
export type UseCounter = {
  /**
   * Who got a use gives it back by {@link release} when the request is over.
   *
   * @returns the uses left after this one, or undefined when there was none
   */
  take(hash: TokenHash): Promise<number | undefined>
  /**
   * @returns whether the token is used up and no request of this process is under way with it: it can be
   * revoked without taking the ground from under somebody who has paid
   */
  release(hash: TokenHash): boolean
}

/**
 * Counts for one process; the rows of the store count for all.
 *
 * @param ground asked at each use, since a node that is sealed has none
 */
export function createUseCounter(ground: () => Ground): UseCounter {
  const queues = new Map<TokenHash, Promise<unknown>>()
  const underWay = new Map<TokenHash, { requests: number; usedUp: boolean }>()

  const takeOne = (hash: TokenHash) =>
    transact(ground, async (tx) => {
      const uses = await tx.get(usesRecords, usesKey(hash))
      if (uses === undefined || uses.left <= 0) return undefined
      const left = uses.left - 1
      tx.put(usesRecords, usesKey(hash), { left })
      return left
    })

  function enter(hash: TokenHash, left: number): void {
    const state = underWay.get(hash) ?? { requests: 0, usedUp: false }
    underWay.set(hash, { requests: state.requests + 1, usedUp: state.usedUp || left === 0 })
  }

  return {
    release(hash) {
      const state = underWay.get(hash)
      if (state === undefined) return false
      if (state.requests > 1) {
        underWay.set(hash, { ...state, requests: state.requests - 1 })
        return false
      }
      underWay.delete(hash)
      return state.usedUp
    },
    async take(hash) {
      const before = queues.get(hash) ?? Promise.resolve()
      const mine = before.then(() => takeOne(hash))
      const settled = mine.catch(() => undefined)
      queues.set(hash, settled)
      try {
        const left = await mine
        if (left !== undefined) enter(hash, left)
        return left
      } finally {
        if (queues.get(hash) === settled) queues.delete(hash)
      }
    },
  }
}
