import type { Clock } from '../../base/clock.ts'
import { lineUp } from '../../base/line-up.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { begin, type Ground, transact } from '../../transaction/transaction.ts'
import { createNoted, type Noted, type NotedEntries } from './noted.ts'
import {
  endOfJournal,
  hasFlush,
  type JournalEntry,
  type JournalOwner,
  joinEntries,
  journalKey,
  journalRows,
  rowWith,
} from './record.ts'

/**
 * What each person did with secrets lately, and what others did with theirs. A use is noted in memory; every
 * ten seconds what was noted is added to one row for each person, which all processes share, so that no request
 * writes one and a crash loses ten seconds at most.
 */
export type Journal = {
  note(owner: JournalOwner, noted: Noted): void
  /** Adds to the rows what was noted before the call. What cannot be written stays noted. */
  flush(): Promise<void>
  /** What all processes wrote, and this one has not written yet; the newest first. */
  of(owner: JournalOwner): Promise<readonly JournalEntry[]>
}

export type JournalParts = {
  readonly ground: Ground
  readonly clock: Pick<Clock, 'now'>
  /** One segment that no other process, and no earlier run of this one, has. */
  readonly process: string
  /** Told when something is not in a journal. */
  readonly report: (text: string) => void
  /** Bytes that entries may take in memory before they are written. */
  readonly capacity?: number
}

type Flush = { readonly number: number; readonly noted: NotedEntries }

const standardCapacity = 8 * 1024 * 1024
/** Rows of one commit; each is far below its share of the bytes that a commit may carry. */
const rowsPerCommit = 4

export function createJournal({
  ground,
  clock,
  process,
  report,
  capacity = standardCapacity,
}: JournalParts): Journal {
  const own: Ground = { store: ground.store, barrier: ground.barrier, cache: createRecordCache(256 * 1024) }
  let noted = createNoted(capacity)
  let flushing: Flush | undefined
  let flushes = 0
  let missed = 0

  async function write({ number, noted }: Flush): Promise<void> {
    const owners = [...noted.owners()]
    for (let i = 0; i < owners.length; i += rowsPerCommit) {
      const some = owners.slice(i, i + rowsPerCommit)
      await transact(
        () => own,
        async (tx) => {
          await tx.fetch(some.map((owner) => ({ kind: journalRows, key: journalKey(owner) })))
          for (const owner of some) {
            const before = await tx.get(journalRows, journalKey(owner))
            if (hasFlush(before, process, number)) continue
            const end = endOfJournal(clock.now())
            const row = rowWith(before, noted.of(owner), { process, flush: number, end })
            tx.put(journalRows, journalKey(owner), row)
          }
        },
      )
    }
  }

  const flush = lineUp(async () => {
    if (missed > 0)
      report(`${missed} uses of secrets are in nobody’s journal: too many different ones at once`)
    missed = 0
    // One that failed goes first, under its number, which tells whether its rows have landed after all.
    if (flushing !== undefined) await write(flushing)
    flushing = undefined
    if (noted.empty) return
    flushing = { number: ++flushes, noted }
    noted = createNoted(capacity)
    await write(flushing)
    flushing = undefined
  })

  /** What is in memory, with the number of the flush that has it or will have it. */
  const remembered = (owner: JournalOwner) =>
    [{ number: flushes + 1, noted }, ...(flushing === undefined ? [] : [flushing])].map((one) => ({
      number: one.number,
      entries: one.noted.of(owner),
    }))

  return {
    note(owner, one) {
      if (!noted.note(owner, one)) missed++
    },
    flush,
    async of(owner) {
      // Memory first: what is written between the two is then found twice, and the number tells.
      const inMemory = remembered(owner)
      const tx = begin(own)
      try {
        const row = await tx.get(journalRows, journalKey(owner))
        const end = endOfJournal(clock.now())
        return inMemory
          .filter(({ number }) => !hasFlush(row, process, number))
          .reduce(
            (sum, { entries }) => joinEntries(sum, entries, end),
            joinEntries(row?.entries ?? [], [], end),
          )
      } finally {
        tx.release()
      }
    },
  }
}
