import { barrierBench, watchedStore } from '../barrier/barrier-for-tests.ts'
import type { manualClock } from '../base/clock.ts'
import type { Commit } from '../storage/store.ts'
import { createRecordCache } from '../transaction/cache.ts'
import { begin, type Ground, type Transaction, transact } from '../transaction/transaction.ts'
import { blankToken, type CreatedToken, createToken, type TokenSpec, type TokenTools } from './create.ts'
import { tokenKeys } from './keys.ts'
import { hashToken } from './record.ts'
import { resolveToken } from './resolve.ts'
import { revokeOrphan, revokeToken } from './revoke.ts'
import type { TokenView } from './view.ts'

/** What a token of these tests is unless they say otherwise. */
export const plain: TokenSpec = {
  ...blankToken,
  policies: ['default'],
  path: 'auth/token/create',
  ttl: 3600,
  renewable: true,
}

export type TokenBench = {
  readonly ground: Ground
  readonly tools: TokenTools
  readonly clock: ReturnType<typeof manualClock>
  /** The commits that were made since the barrier was opened, in order. */
  readonly commits: Commit[]
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  create(spec?: Partial<TokenSpec>): Promise<CreatedToken>
  /** A child of a token that must be alive. */
  childOf(parent: string, spec?: Partial<TokenSpec>): Promise<CreatedToken>
  find(id: string): Promise<TokenView | undefined>
  revoke(id: string): Promise<void>
  /** Revokes it without its children. */
  revokeAlone(id: string): Promise<void>
  /** Round trips that finding a token takes when nothing is kept in memory. */
  tripsTo(id: string): Promise<number>
}

/** The store of tokens by itself, over a real store and barrier in memory. */
export async function tokenBench(t: { after(work: () => Promise<void>): void }): Promise<TokenBench> {
  const { store, clock, random, open } = await barrierBench(t)
  const commits: Commit[] = []
  const watched = watchedStore(store, (commit) => {
    commits.push(commit)
  })
  const barrier = await open({ store: watched })
  commits.length = 0
  const ground: Ground = { store: watched, barrier, cache: createRecordCache(1024 * 1024) }
  const tools: TokenTools = { clock, random, keys: tokenKeys(barrier) }
  const run = <T>(work: (tx: Transaction) => Promise<T>) => transact(() => ground, work)
  const hash = (id: string) => hashToken(tools.keys.id, id)
  return {
    ground,
    tools,
    clock,
    commits,
    run,
    create: (spec = {}) => run((tx) => createToken(tx, tools, { ...plain, ...spec })),
    childOf: (parent, spec = {}) =>
      run(async (tx) => {
        const view = await resolveToken(tx, tools, parent)
        if (view === undefined) throw new Error('the parent is not alive')
        return createToken(tx, tools, { ...plain, ...spec, parent: view })
      }),
    find: (id) => run((tx) => resolveToken(tx, tools, id)),
    revoke: (id) => run((tx) => revokeToken(tx, hash(id))),
    revokeAlone: (id) => run((tx) => revokeOrphan(tx, hash(id))),
    async tripsTo(id) {
      const tx = begin({ ...ground, cache: createRecordCache(1024 * 1024) })
      await resolveToken(tx, tools, id)
      tx.release()
      return tx.rounds
    },
  }
}
