import type { Clock } from '../../base/clock.ts'
import { lineUp } from '../../base/line-up.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { begin, type Ground, type Transaction, transact } from '../../transaction/transaction.ts'
import { dayOf } from '../record.ts'
import { cellOf, count, merge, noPeople, type People } from './people.ts'
import {
  dayKey,
  dayRow,
  daysPrefix,
  decode,
  hasFlush,
  monthKey,
  monthOf,
  peopleRows,
  shardOf,
  shards,
} from './record.ts'

/** One request, for the counts by day. */
export type Asked = {
  readonly kind: 'reads' | 'writes' | 'failed'
  /** The UUID of the mount that was asked. */
  readonly mount: string
  /** The UUID of the auth mount that the token came from; `''` without one. */
  readonly method: string
  /** `''` without one. */
  readonly entityId: string
}

/**
 * Requests and people by day, mount and login method. A request is counted in memory; every ten seconds what
 * was counted is added to the rows of its day, which all processes share, so that no request writes one and a
 * crash loses ten seconds at most. No row names a secret.
 */
export type Days = {
  count(asked: Asked): void
  /** Adds to the rows what was counted before the call. What cannot be written stays counted. */
  flush(): Promise<void>
  /** What all processes saw on each of these days, and this one has not written yet. */
  of(days: readonly string[]): Promise<People[][]>
  /** The same of one person alone. */
  ofPerson(days: readonly string[], entityId: string): Promise<People[]>
  /** The same of a whole month, such as `2030-01`, whether or not its days are still kept one by one. */
  ofMonth(month: string): Promise<People[]>
}

export type DaysParts = {
  readonly ground: Ground
  readonly clock: Clock
  /** One segment that no other process, and no earlier run of this one, has. */
  readonly process: string
}

/** By day, then by shard. */
type Counted = Map<number, Map<string, People>>
type Flush = { readonly number: number; readonly counted: Counted }

const dayLength = 24 * 3600_000
/** Rows of one commit; each is far below its share of the bytes that a commit may carry. */
const rowsPerCommit = 3

export function createDays({ ground, clock, process }: DaysParts): Days {
  const own: Ground = { store: ground.store, barrier: ground.barrier, cache: createRecordCache(1024 * 1024) }
  let counted: Counted = new Map()
  let flushing: Flush | undefined
  let flushes = 0

  async function write({ number, counted }: Flush): Promise<void> {
    const all = [...counted].flatMap(([day, byShard]) =>
      [...byShard].map(([shard, people]) => ({ key: dayKey(dayOf(day * dayLength), shard), people })),
    )
    for (let i = 0; i < all.length; i += rowsPerCommit) {
      const some = all.slice(i, i + rowsPerCommit)
      await transact(
        () => own,
        async (tx) => {
          await tx.fetch(some.map(({ key }) => ({ kind: peopleRows, key })))
          for (const { key, people } of some) {
            const before = await tx.get(peopleRows, key)
            if (hasFlush(before, process, number)) continue
            const sum = decode(before)
            merge(sum, people)
            tx.put(peopleRows, key, dayRow(before, sum, process, number))
          }
        },
      )
    }
  }

  const flush = lineUp(async () => {
    // One that failed goes first, under its number, which tells whether its rows have landed after all.
    if (flushing !== undefined) await write(flushing)
    flushing = undefined
    if (counted.size === 0) return
    flushing = { number: ++flushes, counted }
    counted = new Map()
    await write(flushing)
    flushing = undefined
  })

  async function inTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tx = begin(own)
    try {
      return await work(tx)
    } finally {
      tx.release()
    }
  }

  /** What is in memory, with the number of the flush that has it or will have it. */
  const remembered = (): Flush[] => [
    { number: flushes + 1, counted },
    ...(flushing === undefined ? [] : [flushing]),
  ]

  async function read(
    tx: Transaction,
    inMemory: readonly Flush[],
    days: readonly string[],
    chosen: readonly string[],
  ): Promise<People[][]> {
    await tx.fetch(
      days.flatMap((day) => chosen.map((shard) => ({ kind: peopleRows, key: dayKey(day, shard) }))),
    )
    const found: People[][] = []
    for (const day of days) {
      const here: People[] = []
      for (const shard of chosen) {
        const row = await tx.get(peopleRows, dayKey(day, shard))
        const people = decode(row)
        for (const part of inMemory) {
          const more = part.counted.get(Date.parse(day) / dayLength)?.get(shard)
          if (more !== undefined && !hasFlush(row, process, part.number)) merge(people, more)
        }
        here.push(people)
      }
      found.push(here)
    }
    return found
  }

  // Memory first: what is written between the two is then found twice, and the number tells.
  const daysOf = (days: readonly string[], chosen: readonly string[]) => {
    const inMemory = remembered()
    return inTransaction((tx) => read(tx, inMemory, days, chosen))
  }

  /** A month's own rows, and its days that are still kept one by one. */
  async function readMonth(tx: Transaction, inMemory: readonly Flush[], month: string): Promise<People[]> {
    await tx.fetch(shards.map((shard) => ({ kind: peopleRows, key: monthKey(month, shard) })))
    const sums = await Promise.all(
      shards.map(async (shard) => decode(await tx.get(peopleRows, monthKey(month, shard)))),
    )
    const { names } = await tx.list(daysPrefix, { after: month, limit: 32 })
    const counted = inMemory.flatMap((part) => [...part.counted.keys()].map((day) => dayOf(day * dayLength)))
    const days = new Set([...names.map((name) => name.slice(0, -1)), ...counted])
    const within = [...days].filter((day) => monthOf(day) === month)
    for (const parts of await read(tx, inMemory, within, shards)) {
      for (const [i, people] of parts.entries()) merge(sums[i] ?? noPeople(), people)
    }
    return sums
  }

  return {
    count({ kind, mount, method, entityId }) {
      const at = clock.now()
      const day = Math.floor(at / dayLength)
      let byShard = counted.get(day)
      if (byShard === undefined) {
        byShard = new Map()
        counted.set(day, byShard)
      }
      const shard = shardOf(entityId)
      let people = byShard.get(shard)
      if (people === undefined) {
        people = noPeople()
        byShard.set(shard, people)
      }
      count(people, entityId, cellOf(mount, method), ones[kind], {
        lastRead: kind === 'reads' ? at : 0,
        lastWrite: kind === 'writes' ? at : 0,
      })
    },
    flush,
    of: (days) => daysOf(days, shards),
    ofPerson: async (days, entityId) => {
      const found = await daysOf(days, [shardOf(entityId)])
      return found.map(([people]) => onlyOf(people ?? noPeople(), entityId))
    },
    ofMonth(month) {
      const inMemory = remembered()
      return inTransaction((tx) => readMonth(tx, inMemory, month))
    },
  }
}

const ones = {
  reads: { reads: 1, writes: 0, failed: 0 },
  writes: { reads: 0, writes: 1, failed: 0 },
  failed: { reads: 0, writes: 0, failed: 1 },
} as const

function onlyOf({ persons }: People, id: string): People {
  const person = persons.get(id)
  return { persons: new Map(person === undefined ? [] : [[id, person]]), size: 0 }
}
