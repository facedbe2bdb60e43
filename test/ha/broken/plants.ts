import type { Commit, Reader, ReadResult, Row, StorageKey, Store } from '../../../src/storage/store.ts'

/** Stores that do wrong one time in so many: in what tenants keep, so that a server still starts on them. */
export type Plant = (store: Store, now: () => boolean) => Store

export const plants = { 'stale-reads': staleReads, 'lost-writes': lostWrites, none: (store: Store) => store }

const isPlanted = (key: StorageKey): boolean => key.startsWith('ns/root/')
const isSecret = (key: StorageKey): boolean => key.startsWith('ns/root/mount/')

/** Answers a read with the row as it was before it changed last. */
function staleReads(store: Store, now: () => boolean): Store {
  const rows = new Map<StorageKey, { newest: Row; before: Row | undefined }>()

  function spoil(key: StorageKey, row: ReadResult): ReadResult {
    const seen = rows.get(key)
    if (row !== undefined && row !== 'unchanged' && seen?.newest.version !== row.version)
      rows.set(key, { newest: row, before: seen?.newest })
    const stale = rows.get(key)?.before
    return stale !== undefined && isPlanted(key) && now() ? stale : row
  }
  const reader = <R extends Reader>(from: R): R => ({
    ...from,
    read(keys, known) {
      const found = from.read(keys, known)
      const spoilAll = (all: readonly ReadResult[]) => all.map((row, i) => spoil(keys[i] as StorageKey, row))
      return found instanceof Promise ? found.then(spoilAll) : spoilAll(found)
    },
  })
  return { ...reader(store), snapshot: () => reader(store.snapshot()) }
}

/** Acknowledges a commit of secrets that it does not write. */
function lostWrites(store: Store, now: () => boolean): Store {
  const without = ({ expect = [] }: Commit): Commit => ({ expect })
  return {
    ...store,
    commit: (commit) =>
      store.commit(commit.put?.some(({ key }) => isSecret(key)) && now() ? without(commit) : commit),
  }
}
