import type { StorageKey } from '../../store.ts'

/** Where a row lies and which commit wrote it; null where there is none. */
export type Place = { readonly id: number | bigint; readonly sequence: number } | null

/**
 * What the writer remembers of rows. Every commit expects some of the same ones, and nobody else writes, so
 * most expectations need no look into the file.
 */
export type KnownPlaces = {
  get(key: StorageKey): Place | undefined
  set(key: StorageKey, place: Place): void
  clear(): void
}

/** Two generations: when the young is full it becomes the old, and what was not asked for since is dropped. */
export function createKnownPlaces(generation = 8192): KnownPlaces {
  let young = new Map<StorageKey, Place>()
  let old = new Map<StorageKey, Place>()
  const set = (key: StorageKey, place: Place): void => {
    young.set(key, place)
    if (young.size < generation) return
    old = young
    young = new Map()
  }
  return {
    get(key) {
      const place = young.get(key)
      if (place !== undefined) return place
      const found = old.get(key)
      if (found !== undefined) set(key, found)
      return found
    },
    set,
    clear() {
      young.clear()
      old.clear()
    },
  }
}
