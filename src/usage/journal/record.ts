import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { dayOf } from '../record.ts'

/** How somebody got to a secret who is not its owner, or a locker to what it holds. */
export type Way = 'opening' | 'locker'

/** What somebody did with one secret on one day, from one address. Times in milliseconds since 1970. */
export type JournalEntry = {
  /** The UUID of its mount. */
  readonly mount: string
  /** Below the mount. */
  readonly path: string
  /** As policies name it: `read`, `create`, `update`, `delete` … */
  readonly operation: string
  readonly address: string
  /** The first and the last time, and how often. */
  readonly since: number
  readonly at: number
  readonly times: number
  readonly displayName: string
  /** `''` for a token without an entity. */
  readonly entityId: string
  readonly way?: Way | undefined
}

export type JournalRow = {
  /** The newest first. */
  readonly entries: readonly JournalEntry[]
  /** The last flush of each process that is in it; the latest at the end. */
  readonly flushes: readonly (readonly [process: string, flush: number])[]
}

export const journalRows = jsonRecord<JournalRow>('journal')

export const journalPrefix = 'ns/root/usage-journal/'

/** Whose journal it is. The ids of persons and entities are names as they are, so that a use makes no text. */
export type JournalOwner = string
/** What was done by whoever proved to be the person, and with their lockers. No other login of their entity is them. */
export const ofPerson = (person: string): JournalOwner => person
/** What was done by tokens that prove no person. */
export const ofEntity = (entityId: string): JournalOwner => entityId
/** @param segment names the space within its mount */
export const ofSpace = (mount: string, segment: string): JournalOwner => `${mount}-${segment}`

export const journalKey = (owner: JournalOwner) => `${journalPrefix}${owner}` as StorageKey

/** Entries of a journal, and the bytes that they take, by estimate. */
export const maxEntries = 100
const maxBytes = 48 * 1024
/** Days that an entry is kept. */
export const journalDays = 30

/** The last moment that is no longer shown. */
export const endOfJournal = (now: number): number => now - journalDays * 24 * 3600_000

export const isSameDoing = (a: JournalEntry, b: JournalEntry): boolean =>
  a.path === b.path &&
  a.mount === b.mount &&
  a.operation === b.operation &&
  a.address === b.address &&
  a.entityId === b.entityId &&
  a.displayName === b.displayName &&
  a.way === b.way &&
  dayOf(a.at) === dayOf(b.at)

export const joinDoing = (a: JournalEntry, b: JournalEntry): JournalEntry => ({
  ...a,
  since: Math.min(a.since, b.since),
  at: Math.max(a.at, b.at),
  times: a.times + b.times,
})

const bytesOf = ({ path, displayName }: JournalEntry): number => 300 + 2 * (path.length + displayName.length)

/** Both together: the newest first, and as many as a journal holds. @param end what is not after it is left out */
export function joinEntries(
  a: readonly JournalEntry[],
  b: readonly JournalEntry[],
  end: number,
): JournalEntry[] {
  const all = [...a]
  for (const one of b) {
    const at = all.findIndex((other) => isSameDoing(one, other))
    const other = all[at]
    if (other === undefined) all.push(one)
    else all[at] = joinDoing(other, one)
  }
  let bytes = 0
  return all
    .filter((one) => one.at > end)
    .sort((one, other) => other.at - one.at)
    .slice(0, maxEntries)
    .filter((one) => {
      bytes += bytesOf(one)
      return bytes <= maxBytes
    })
}

/** Processes whose flushes one row remembers; only one that waits to be repeated needs to be remembered. */
const maxFlushes = 50

export const hasFlush = (row: JournalRow | undefined, process: string, flush: number): boolean =>
  row?.flushes.some(([name, number]) => name === process && number >= flush) ?? false

/** A row as it is after a flush of a process. */
export function rowWith(
  before: JournalRow | undefined,
  entries: readonly JournalEntry[],
  { process, flush, end }: { readonly process: string; readonly flush: number; readonly end: number },
): JournalRow {
  const flushes = (before?.flushes ?? []).filter(([name]) => name !== process).slice(1 - maxFlushes)
  return {
    entries: joinEntries(before?.entries ?? [], entries, end),
    flushes: [...flushes, [process, flush]],
  }
}
