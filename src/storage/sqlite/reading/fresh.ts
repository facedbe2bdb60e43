import type { Commit, Listing, ListOptions, StorageKey, Version } from '../../store.ts'

/**
 * What is known to be right without asking for it again. Whoever uses it first reads the file's state, in the
 * same transaction, and passes it to {@link Fresh.at}: anything that another process wrote since clears it.
 * What this process writes is taken out when it is sent, and does not come in before it is answered.
 */
export type Fresh = {
  /** Changes with everything that may change an answer; while it stays, older instants may use this too. */
  readonly epoch: number
  /** The reign of this process as owner; undefined while another one is. */
  reigns(reign: number | undefined): void
  /** Must come before the other questions, with the state at the instant that they are about. */
  at(state: FileState): void
  /** The version of a row, null where there is none, undefined where it is not known. */
  version(key: StorageKey): Version | null | undefined
  learn(key: StorageKey, version: Version | null): void
  names(prefix: string, options: ListOptions): Listing | undefined
  learnNames(prefix: string, options: ListOptions, listing: Listing): void
  sending(commit: Commit): void
  landed(commit: Commit, sequence: number, version: Version): void
  /** Answered, but not as landed. */
  refused(commit: Commit): void
  clear(): void
}

/** The numbers of the last commit, of the last one that did not come from the owner itself, and its reign. */
export type FileState = readonly [sequence: number, outside: number, reign: number]

/** Rows, and names in lists, that are remembered; at the bound all are dropped. */
const maxRows = 100_000
const maxNames = 200_000
/** Longer pages are not worth their memory. */
const maxPage = 2000

export function createFresh(): Fresh {
  const rows = new Map<StorageKey, Version | null>()
  const lists = new Map<string, Map<string, Listing>>()
  let namesHeld = 0
  /** Keys of commits that were sent and not answered, with how many; and those that may change lists. */
  const touched = new Map<StorageKey, number>()
  const naming = new Map<StorageKey, number>()
  let ownReign: number | undefined
  let marker = -1
  let epoch = 0

  function clear(): void {
    rows.clear()
    clearLists()
    marker = -1
    epoch++
  }

  function clearLists(): void {
    lists.clear()
    namesHeld = 0
  }

  /** Forgets every list that a key is named in. */
  function forgetNames(key: StorageKey): void {
    for (let slash = key.lastIndexOf('/'); ; slash = key.lastIndexOf('/', slash - 1)) {
      const prefix = key.slice(0, slash + 1)
      const pages = lists.get(prefix)
      if (pages !== undefined) {
        for (const { names } of pages.values()) namesHeld -= names.length
        lists.delete(prefix)
      }
      if (slash <= 0) return
    }
  }

  function answered(commit: Commit): void {
    epoch++
    for (const key of writesOf(commit)) drop(touched, key)
    for (const key of namesOf(commit)) drop(naming, key)
  }

  return {
    get epoch() {
      return epoch
    },
    reigns(reign) {
      ownReign = reign
      clear()
    },
    at([sequence, outside, reign]) {
      const now = reign === ownReign ? outside : sequence
      if (now === marker) return
      clear()
      marker = now
    },
    version: (key) => rows.get(key),
    learn(key, version) {
      if (touched.has(key)) return
      if (rows.size >= maxRows) rows.clear()
      rows.set(key, version)
    },
    names: (prefix, options) => lists.get(prefix)?.get(pageOf(options)),
    learnNames(prefix, options, listing) {
      if (listing.names.length > maxPage) return
      for (const key of naming.keys()) if (key.startsWith(prefix)) return
      if (namesHeld >= maxNames || lists.size >= maxPage) clearLists()
      const pages = lists.get(prefix) ?? new Map<string, Listing>()
      pages.set(pageOf(options), listing)
      lists.set(prefix, pages)
      // A page costs something even when it is empty.
      namesHeld += listing.names.length + 1
    },
    sending(commit) {
      epoch++
      for (const key of writesOf(commit)) {
        rows.delete(key)
        touched.set(key, (touched.get(key) ?? 0) + 1)
      }
      for (const key of namesOf(commit)) {
        if (lists.size > 0) forgetNames(key)
        naming.set(key, (naming.get(key) ?? 0) + 1)
      }
    },
    landed(commit, sequence, version) {
      answered(commit)
      // A later commit of another process may have followed on the same keys, and been seen already.
      if (ownReign === undefined || sequence <= marker) return
      for (const key of commit.delete ?? []) this.learn(key, null)
      for (const { key } of commit.put ?? []) this.learn(key, version)
    },
    refused: answered,
    clear,
  }
}

function* writesOf({ put = [], delete: gone = [] }: Commit): Generator<StorageKey> {
  for (const { key } of put) yield key
  yield* gone
}

/** The keys that may appear or disappear: all but those that are put over a row that must be there. */
function* namesOf(commit: Commit): Generator<StorageKey> {
  const { expect = [], put = [], delete: gone = [] } = commit
  yield* gone
  for (const { key } of put) {
    if (!expect.some((expected) => expected.key === key && expected.version !== null)) yield key
  }
}

function drop(counts: Map<StorageKey, number>, key: StorageKey): void {
  const count = (counts.get(key) ?? 1) - 1
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}

const pageOf = ({ after = '', limit }: ListOptions): string => `${limit} ${after}`
