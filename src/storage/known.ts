/** What a writer remembers, bounded: `get` may have forgotten, and never answers what was not set last. */
export type Known<T> = {
  get(key: string): T | undefined
  set(key: string, value: T): void
  delete(key: string): void
  clear(): void
}

/** Two generations: when the young is full it becomes the old, and what was not asked for since is dropped. */
export function createKnown<T>(generation = 8192): Known<T> {
  let young = new Map<string, T>()
  let old = new Map<string, T>()
  function set(key: string, value: T): void {
    young.set(key, value)
    if (young.size < generation) return
    old = young
    young = new Map()
  }
  return {
    set,
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const found = old.get(key)
      if (found !== undefined) set(key, found)
      return found
    },
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
    clear() {
      young.clear()
      old.clear()
    },
  }
}
