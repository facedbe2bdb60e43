import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { dayOf } from '../record.ts'
import { cellOf, count, noPeople, type People } from './people.ts'

/** Last read, last write (milliseconds), then for each cell: mount, method (both into `names`), reads, writes, failed. */
type PersonRow = readonly number[]

/** What all processes saw of some people on one day, or in one month. */
export type PeopleRow = {
  /**
   * The last flush of each process that is in it, so that one whose answer was lost counts once; the latest
   * at the end. A month has none.
   */
  readonly flushes: readonly (readonly [process: string, flush: number])[]
  /** UUIDs of mounts. */
  readonly names: readonly string[]
  readonly people: Readonly<Record<string, PersonRow>>
}

export const peopleRows = jsonRecord<PeopleRow>('usage by day')

/** Rows: `<day>/<shard>`, which every process adds to. */
export const daysPrefix = 'ns/root/usage-days/'
/** Rows: `<month>/<shard>`, into which a duty adds days that are over for long. */
export const monthsPrefix = 'ns/root/usage-months/'

export const dayKey = (day: string, shard: string) => `${daysPrefix}${day}/${shard}` as StorageKey
export const monthKey = (month: string, shard: string) => `${monthsPrefix}${month}/${shard}` as StorageKey

/** The month of a day, in UTC: `2030-01`. */
export const monthOf = (day: string) => day.slice(0, 7)

/** Days that are kept one by one, today included; then they are part of their month. */
export const singleDays = 93

/** The last day that is part of its month. */
export const lastInMonth = (now: number): string => dayOf(Math.max(0, now - singleDays * 24 * 3600_000))

/** Rows of one day: people by the first digit of their entity's id, and those without one. */
export const shards = [...'0123456789abcdef', '-'] as const

export const shardOf = (id: string): string => {
  const digit = id.charAt(0)
  return shards.includes(digit as (typeof shards)[number]) ? digit : '-'
}

/** Processes whose flushes one row remembers; only one that waits to be repeated needs to be remembered. */
const maxFlushes = 200

/** Whether a flush of a process is in a row. */
export const hasFlush = (row: PeopleRow | undefined, process: string, flush: number): boolean =>
  row?.flushes.some(([name, number]) => name === process && number >= flush) ?? false

/** A row as it is after a flush of a process, which `people` has in it. */
export function dayRow(
  before: PeopleRow | undefined,
  people: People,
  process: string,
  flush: number,
): PeopleRow {
  const flushes = (before?.flushes ?? []).filter(([name]) => name !== process).slice(1 - maxFlushes)
  return { ...encode(people), flushes: [...flushes, [process, flush]] }
}

export const monthRow = (people: People): PeopleRow => ({ ...encode(people), flushes: [] })

function encode({ persons }: People): Pick<PeopleRow, 'names' | 'people'> {
  const places = new Map<string, number>()
  const placeOf = (name: string) => {
    const place = places.get(name) ?? places.size
    places.set(name, place)
    return place
  }
  const people: Record<string, PersonRow> = {}
  for (const [id, { lastRead, lastWrite, cells }] of persons) {
    const row = [lastRead, lastWrite]
    for (const [cell, { reads, writes, failed }] of cells) {
      const [mount = '', method = ''] = cell.split('/')
      row.push(placeOf(mount), placeOf(method), reads, writes, failed)
    }
    people[id] = row
  }
  return { names: [...places.keys()], people }
}

export function decode(row: PeopleRow | undefined): People {
  const found = noPeople()
  for (const [id, [lastRead = 0, lastWrite = 0, ...cells]] of Object.entries(row?.people ?? {})) {
    for (let i = 0; i < cells.length; i += 5) {
      const [mount = 0, method = 0, reads = 0, writes = 0, failed = 0] = cells.slice(i, i + 5)
      const cell = cellOf(row?.names[mount] ?? '', row?.names[method] ?? '')
      count(found, id, cell, { reads, writes, failed }, { lastRead, lastWrite })
    }
  }
  return found
}
