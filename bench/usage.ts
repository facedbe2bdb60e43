/**
 * What counting requests by day costs a request, what a flush of the counts costs, and the bytes that a day takes; and
 * what noting a read in its person's journal costs.
 *
 *     node bench/usage.ts
 */
import { randomUUID } from 'node:crypto'
import { manualClock } from '../src/base/clock.ts'
import type { Ground } from '../src/transaction/transaction.ts'
import { createDays } from '../src/usage/days/days.ts'
import { cellOf, count, merge, noPeople, type People } from '../src/usage/days/people.ts'
import { dayRow, decode, peopleRows, shardOf } from '../src/usage/days/record.ts'
import { createNoted } from '../src/usage/journal/noted.ts'
import { journalRows, maxEntries, ofPerson, rowWith } from '../src/usage/journal/record.ts'
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

/** Notes as the request path does: each person reads the same few secrets again and again. */
function journalTime(people: readonly string[], secrets: number): number {
  const noted = createNoted(64 * 1024 * 1024)
  const paths = Array.from({ length: secrets }, (_, i) => `users/someone@example.org/folder/secret-${i}`)
  const mount = item(mounts, 0)
  const one = (at: number) => {
    const entityId = item(people, at)
    noted.note(ofPerson(entityId), {
      mount,
      path: item(paths, Math.floor(at / people.length)),
      use: {
        at: 1893456000000 + at,
        operation: 'read',
        displayName: 'jwt-someone',
        entityId,
        address: '192.0.2.1',
      },
    })
  }
  for (let at = 0; at < rounds / 10; at++) one(at)
  const begin = performance.now()
  for (let at = 0; at < rounds; at++) one(at)
  return ((performance.now() - begin) * 1e6) / rounds
}

function journalRow(): { bytes: number; flush: number } {
  const noted = createNoted(64 * 1024 * 1024)
  for (let i = 0; i < maxEntries; i++) {
    noted.note(ofPerson('a'), {
      mount: item(mounts, 0),
      path: `users/someone@example.org/folder/secret-${i}`,
      use: {
        at: i,
        operation: 'read',
        displayName: 'jwt-someone',
        entityId: item(mounts, 1),
        address: '192.0.2.1',
      },
    })
  }
  const part = { process: 'bench', flush: 1, end: -1 }
  const encoded = journalRows.encode(rowWith(undefined, noted.of(ofPerson('a')), part))
  const begin = performance.now()
  for (let i = 0; i < 200; i++) {
    journalRows.encode(rowWith(journalRows.parse(encoded), noted.of(ofPerson('a')).slice(0, 3), part))
  }
  return { bytes: encoded.length, flush: ((performance.now() - begin) * 1000) / 200 }
}

const { bytes, flush } = journalRow()
printTable(
  ['people', 'secrets each', 'ns a use in the journal', 'bytes of a full row', 'µs to add three'],
  [10, 1_000].map((size) => {
    const people = Array.from({ length: size }, () => randomUUID())
    return [`${size}`, '5', journalTime(people, 5).toFixed(0), `${bytes}`, flush.toFixed(0)]
  }),
)
