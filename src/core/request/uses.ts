import { type TokenHash, usesKey, usesRecords } from '../../token/record.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'

/**
 * Takes one use of a token that has a limited number of them, in a commit of its own, so that neither a
 * repeated handler nor a refusal takes two or none. Takers of one token queue up: competing commits on one
 * row would only make each other start again.
 */
export type UseCounter = {
  /** @returns the uses left after this one, or undefined when there was none */
  take(hash: TokenHash): Promise<number | undefined>
}

export function createUseCounter(ground: () => Ground): UseCounter {
  const queues = new Map<TokenHash, Promise<unknown>>()

  const takeOne = (hash: TokenHash) =>
    transact(ground, async (tx) => {
      const uses = await tx.get(usesRecords, usesKey(hash))
      if (uses === undefined || uses.left <= 0) return undefined
      const left = uses.left - 1
      tx.put(usesRecords, usesKey(hash), { left })
      return left
    })

  return {
    async take(hash) {
      const before = queues.get(hash) ?? Promise.resolve()
      const mine = before.then(() => takeOne(hash))
      const settled = mine.catch(() => undefined)
      queues.set(hash, settled)
      try {
        return await mine
      } finally {
        if (queues.get(hash) === settled) queues.delete(hash)
      }
    },
  }
}
