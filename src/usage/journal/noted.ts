import type { Use } from '../record.ts'
import { type JournalEntry, type JournalOwner, maxEntries, type Way } from './record.ts'

/** One use of a secret, as a journal hears of it. */
export type Noted = {
  /** The UUID of the mount, and the path below it. */
  readonly mount: string
  readonly path: string
  readonly use: Use
  readonly way?: Way | undefined
}

type Changing = { -readonly [field in keyof JournalEntry]: JournalEntry[field] }
type OfOwner = { entries: number; readonly paths: Map<string, Changing[]> }

/** Entries of journals in memory, bounded by bytes. */
export type NotedEntries = {
  /** @returns false when there is no more room; it is not in the journal then */
  note(owner: JournalOwner, noted: Noted): boolean
  of(owner: JournalOwner): JournalEntry[]
  owners(): Iterable<JournalOwner>
  readonly empty: boolean
}

/** What an entry takes beside its path, estimated. */
const overhead = 500
const dayLength = 24 * 3600_000
const nothing: Changing[] = []

/** @param capacity bytes that it may take, by estimate */
export function createNoted(capacity: number): NotedEntries {
  const owners = new Map<JournalOwner, OfOwner>()
  let bytes = 0

  function enter(owner: JournalOwner, { mount, path, use, way }: Noted): boolean {
    bytes += overhead + 2 * path.length
    if (bytes > capacity) {
      bytes = capacity
      return false
    }
    let own = owners.get(owner)
    if (own === undefined) {
      own = { entries: 0, paths: new Map() }
      owners.set(owner, own)
    }
    const { at, operation, address, displayName, entityId } = use
    const entry = { mount, path, operation, address, since: at, at, times: 1, displayName, entityId, way }
    const here = own.paths.get(path)
    if (here === undefined) own.paths.set(path, [entry])
    else here.push(entry)
    own.entries++
    // Room for the newest alone: those of one path go together, the one that came first of all.
    if (own.entries > 2 * maxEntries) {
      const [first] = own.paths
      if (first !== undefined) {
        own.paths.delete(first[0])
        own.entries -= first[1].length
      }
    }
    return true
  }

  return {
    note(owner, noted) {
      const { mount, path, use, way } = noted
      const here = owners.get(owner)?.paths.get(path) ?? nothing
      const day = Math.floor(use.at / dayLength)
      for (const one of here) {
        if (
          one.operation === use.operation &&
          one.address === use.address &&
          one.mount === mount &&
          one.entityId === use.entityId &&
          one.displayName === use.displayName &&
          one.way === way &&
          Math.floor(one.at / dayLength) === day
        ) {
          one.at = use.at
          one.times++
          return true
        }
      }
      return enter(owner, noted)
    },
    of: (owner) =>
      [...(owners.get(owner)?.paths.values() ?? [])].flatMap((here) => here.map((entry) => ({ ...entry }))),
    owners: () => owners.keys(),
    get empty() {
      return owners.size === 0
    },
  }
}
