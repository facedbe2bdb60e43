/** Values by the beginning of a path; the longest beginning that a path has decides. */
export type PrefixTable<T> = {
  readonly size: number
  /** The position of the longest key that `path` begins with, or -1. Takes logarithmic time. */
  find(path: string): number
  key(position: number): string
  value(position: number): T
}

export function createPrefixTable<T>(entries: ReadonlyMap<string, T>): PrefixTable<T> {
  const keys = [...entries.keys()].sort(byCodeUnit)
  const values = keys.map((key) => entries.get(key) as T)
  const shorter = linkShorter(keys)
  return {
    size: keys.length,
    find(path) {
      let at = lowerBound(keys, path)
      if (keys[at] !== path) at--
      while (at >= 0 && !path.startsWith(keys[at] as string)) at = shorter[at] as number
      return at
    },
    key: (position) => keys[position] as string,
    value: (position) => values[position] as T,
  }
}

/** For each key the position of the longest other key that it begins with, or -1. */
function linkShorter(keys: readonly string[]): Int32Array {
  const links = new Int32Array(keys.length)
  for (const [i, key] of keys.entries()) {
    let link = i - 1
    while (link >= 0 && !key.startsWith(keys[link] as string)) link = links[link] as number
    links[i] = link
  }
  return links
}

/** The position of the first key that does not sort before `text`; keys are sorted by code units. */
export function lowerBound(keys: readonly string[], text: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < text) low = middle + 1
    else high = middle
  }
  return low
}

export const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
