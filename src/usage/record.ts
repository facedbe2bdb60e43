import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'
import { joinPeople, type Person } from './people.ts'

/** One use of a secret: when (milliseconds since 1970), what it was, by whom, and from which address. */
export type Use = {
  readonly at: number
  /** As policies name it: `read`, `create`, `update`, `delete` … */
  readonly operation: string
  readonly displayName: string
  /** `''` for a token without an entity. */
  readonly entityId: string
  readonly address: string
  /** Whoever it was is not the owner of the space that the secret lies in; it was opened to them. */
  readonly opened?: true
}

/** How a secret was used since `since`, milliseconds since 1970. */
export type Counts = {
  readonly reads: number
  readonly writes: number
  readonly since: number
  readonly lastRead?: Use | undefined
  readonly lastWrite?: Use | undefined
  /** The last people. Rows of earlier versions have none. */
  readonly people?: readonly Person[] | undefined
}

/** What one process saw of one secret on one day. */
export type UsageRow = Counts & {
  /** The process's last flush that is in it, so that a flush whose answer was lost counts once. */
  readonly flush: number
  /** The secret: the mount's UUID and the path below it. Rows of earlier versions have neither. */
  readonly mount?: string
  readonly path?: string
}

export const usageRows = jsonRecord<UsageRow>('usage of a secret')

/** Rows: `<day>/<process>/<secret>`; each is written by the process that it names alone. */
export const usagePrefix = 'ns/root/usage/'

/** Days that usage is kept one by one, today included. */
export const keptDays = 30
const dayLength = 24 * 3600_000

/** The day of a time, in UTC: `2030-01-31`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** The last day that is no longer kept one by one. */
export const lastDropped = (now: number): string => dayOf(Math.max(0, now - keptDays * dayLength))

/** @param secret a digest that names the secret, of one segment */
export const usageKey = (day: string, process: string, secret: string) =>
  `${usagePrefix}${day}/${process}/${secret}` as StorageKey

/** The day that a row's key names. */
export const dayIn = (key: StorageKey): string => key.slice(usagePrefix.length, usagePrefix.length + 10)

/** What two processes, two days or two flushes saw of one secret. */
export function add(a: Counts, b: Counts): Counts {
  return {
    reads: a.reads + b.reads,
    writes: a.writes + b.writes,
    since: Math.min(a.since, b.since),
    lastRead: later(a.lastRead, b.lastRead),
    lastWrite: later(a.lastWrite, b.lastWrite),
    people: joinPeople(a.people, b.people),
  }
}

function later(a: Use | undefined, b: Use | undefined): Use | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.at >= a.at ? b : a
}

/** When it was last used. */
export const lastUse = ({ lastRead, lastWrite, since }: Counts): number =>
  Math.max(since, lastRead?.at ?? 0, lastWrite?.at ?? 0)
