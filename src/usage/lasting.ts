import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'
import { add, type Counts, type UsageRow } from './record.ts'

/** A month (months since the year 0, UTC), then reads and writes in it. */
export type MonthCounts = readonly [month: number, reads: number, writes: number]

/** How a secret was used in all the time that is known, and in each of the last months, the newest last. */
export type Lasting = Counts & { readonly months: readonly MonthCounts[] }

/** What is kept of a secret for as long as it exists: the days that are no longer kept one by one. */
export type LastingRow = Lasting & { readonly mount?: string; readonly path?: string }

export const lastingRows = jsonRecord<LastingRow>('lasting usage of a secret')

export const lastingPrefix = 'ns/root/usage-secrets/'

/** @param secret a digest that names the secret, of one segment */
export const lastingKey = (secret: string) => `${lastingPrefix}${secret}` as StorageKey

/** Months that are told apart; what is older is in the sums alone. */
export const keptMonths = 120

/** The month of a day such as `2030-01-31`. */
export const monthAt = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1

/** `2030-01` */
export const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`

/** Uses of one day as a part of all. */
export const lastingOf = (day: string, counts: Counts): Lasting => {
  const { reads, writes, since, lastRead, lastWrite, people } = counts
  return { reads, writes, since, lastRead, lastWrite, people, months: [[monthAt(day), reads, writes]] }
}

export function join(a: Lasting | undefined, b: Lasting): Lasting {
  if (a === undefined) return b
  return { ...add(a, b), months: joinMonths(a.months, b.months) }
}

function joinMonths(a: readonly MonthCounts[], b: readonly MonthCounts[]): MonthCounts[] {
  const sums = new Map(a.map(([month, reads, writes]) => [month, [reads, writes] as const]))
  for (const [month, reads, writes] of b) {
    const [otherReads, otherWrites] = sums.get(month) ?? [0, 0]
    sums.set(month, [reads + otherReads, writes + otherWrites])
  }
  return [...sums]
    .map(([month, [reads, writes]]): MonthCounts => [month, reads, writes])
    .sort(([one], [other]) => one - other)
    .slice(-keptMonths)
}

/** The row with the uses of a day in it. */
export function lastingWith(before: LastingRow | undefined, day: string, row: UsageRow): LastingRow {
  return named(join(before, lastingOf(day, row)), row.path === undefined ? before : row)
}

/** @param name of the secret; rows of earlier versions have none */
export const named = (
  lasting: Lasting,
  { mount, path }: { readonly mount?: string | undefined; readonly path?: string | undefined } = {},
): LastingRow => (mount === undefined || path === undefined ? lasting : { ...lasting, mount, path })
