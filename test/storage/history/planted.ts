import type { ReadResult, StorageKey, Store } from '../../../src/storage/store.ts'

/** Stores that do wrong now and then, as `chaos.ts` has them that are difficult: a checker must find each out. */
export type Plant = (store: Store, now: () => boolean) => Store

/** Answers a read with the row that it answered when it was asked for that key first. */
export const staleReads: Plant = (store, now) => {
  const first = new Map<StorageKey, ReadResult>()
  return {
    ...store,
    async read(keys) {
      const rows = await store.read(keys)
      const stale = now()
      return rows.map((row, i) => {
        const key = keys[i] as StorageKey
        if (!first.has(key)) first.set(key, row)
        return stale ? first.get(key) : row
      })
    },
  }
}

/** Answers a list with what it answered for that page first. */
export const staleLists: Plant = (store, now) => {
  const first = new Map<string, Awaited<ReturnType<Store['list']>>>()
  return {
    ...store,
    async list(prefix, options) {
      const page = JSON.stringify([prefix, options])
      const found = await store.list(prefix, options)
      if (!first.has(page)) first.set(page, found)
      return now() ? (first.get(page) ?? found) : found
    },
  }
}

/** Acknowledges a commit that it does not write. */
export const lostWrites: Plant = (store, now) => ({
  ...store,
  commit: (commit) => store.commit(now() ? { expect: commit.expect ?? [] } : commit),
})

/** Writes over what another has written meanwhile. */
export const lostUpdates: Plant = (store, now) => ({
  ...store,
  commit: (commit) => store.commit(now() ? { ...commit, expect: [] } : commit),
})

/** Writes a part of a commit. */
export const halfTransactions: Plant = (store, now) => ({
  ...store,
  commit: (commit) => store.commit(now() ? { ...commit, put: commit.put?.slice(1) ?? [] } : commit),
})

/** Applies a commit again after it has landed. */
export const doubleApplies: Plant = (store, now) => ({
  ...store,
  async commit(commit) {
    const result = await store.commit(commit)
    if (result.ok && now()) await store.commit({ ...commit, expect: [], expectEmpty: [] })
    return result
  },
})
