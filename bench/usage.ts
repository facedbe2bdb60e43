/**
 * What counting requests by day costs a request, what a flush of the counts costs, and the bytes that a day takes.
 *
 *     node bench/usage.ts
 */
import { randomUUID } from 'node:crypto'
import { manualClock } from '../src/base/clock.ts'
import type { Ground } from '../src/transaction/transaction.ts'
import { createDays } from '../src/usage/days/days.ts'
import { cellOf, count, merge, noPeople, type People } from '../src/usage/days/people.ts'
import { dayRow, decode, peopleRows, shardOf } from '../src/usage/days/record.ts'
import { printTable } from './table.ts'

const rounds = 3_000_000
const mounts = Array.from({ length: 5 }, () => randomUUID())
const methods = Array.from({ length: 2 }, () => randomUUID())
const item = <T>(list: readonly T[], at: number): T => list[at % list.length] as T

/** Counts as the request path does; nothing is written, so the store is never asked. */
function countingTime(people: readonly string[]): number {
  const ground = {} as unknown as Ground
  const days = createDays({ ground, clock: manualClock(), process: 'bench' })
  const one = (at: number) =>
    days.count({
      kind: 'reads',
      mount: item(mounts, at),
      method: item(methods, at),
      entityId: item(people, at),
    })
  for (let at = 0; at < rounds / 10; at++) one(at)
  const begin = performance.now()
  for (let at = 0; at < rounds; at++) one(at)
  return ((performance.now() - begin) * 1e6) / rounds
}

/** Each person uses all methods and mounts. */
function dayOf(people: readonly string[]): People[] {
  const byShard = new Map<string, People>()
  for (const id of people) {
    const here = byShard.get(shardOf(id)) ?? noPeople()
    byShard.set(shardOf(id), here)
    for (const mount of mounts.slice(0, 3)) {
      count(
        here,
        id,
        cellOf(mount, item(methods, 0)),
        { reads: 120, writes: 3, failed: 0 },
        {
          lastRead: 1893456000000,
          lastWrite: 1893456000000,
        },
      )
    }
  }
  return [...byShard.values()]
}

const table = [10, 1_000, 5_000].map((size) => {
  const people = Array.from({ length: size }, () => randomUUID())
  const rows = dayOf(people).map((one) => peopleRows.encode(dayRow(undefined, one, randomUUID(), 1)))
  const bytes = rows.reduce((sum, row) => sum + row.length, 0)
  const again = dayOf(people)
  const begin = performance.now()
  rows.forEach((row, i) => {
    const sum = decode(peopleRows.parse(row))
    merge(sum, again[i] ?? noPeople())
    peopleRows.encode(dayRow(undefined, sum, 'bench', 2))
  })
  const flush = performance.now() - begin
  return [`${size}`, countingTime(people).toFixed(0), flush.toFixed(1), `${bytes}`, (bytes / size).toFixed(0)]
})
printTable(['people', 'ns a request', 'ms a flush of all', 'bytes a day', 'bytes a person'], table)
