import { createHmac } from 'node:crypto'
import { isFailure } from '../base/errors.ts'
import { lineUp } from '../base/line-up.ts'
import type { StorageKey } from '../storage/store.ts'
import { createRecordCache } from '../transaction/cache.ts'
import { begin, type Ground, transact } from '../transaction/transaction.ts'
import { join, type Lasting, lastingKey, lastingOf, lastingRows } from './lasting.ts'
import { type Moved, moveUsage } from './moved.ts'
import { createNotes, type Notes, type SecretName } from './notes.ts'
import {
  add,
  type Counts,
  dayIn,
  dayOf,
  lastUse,
  type Use,
  usageKey,
  usagePrefix,
  usageRows,
} from './record.ts'

/**
 * Who used a secret last, and how often it was used. A use is noted in memory; every ten seconds what was
 * noted goes into rows that only this process writes, so that no request writes one and a crash loses ten
 * seconds at most.
 */
export type Usage = {
  /**
   * Notes one use.
   *
   * @param mount the mount's UUID, so that a new mount at the same place inherits nothing
   * @param path below the mount
   */
  note(mount: string, path: string, kind: 'read' | 'write', use: Use): void
  /** Has the usage of a secret go with it to its new name, at the next flush. */
  moved(from: SecretName, to: SecretName): void
  /** Writes what was noted before the call. What cannot be written stays noted. */
  flush(): Promise<void>
  /** What all processes saw of a secret since it is counted; undefined when it was not used. */
  of(mount: string, path: string): Promise<Lasting | undefined>
}

export type UsageParts = {
  readonly ground: Ground
  /** One segment that no other process, and no earlier run of this one, has. */
  readonly process: string
  /** Told when uses could not be counted. */
  readonly report: (text: string) => void
  /** Bytes that uses may take in memory before they are written. */
  readonly capacity?: number
}

const standardCapacity = 16 * 1024 * 1024
/** Rows of one commit. */
const maxRows = 200
/** Moves that wait for a flush. */
const maxMoves = 20_000
/** Processes of one day whose rows are read, so that an answer stays bounded whatever happened that day. */
const maxProcesses = 1000

/** What is noted goes on changing. */
const copied = (counts: Counts): Counts => ({ ...counts, people: counts.people?.map((one) => ({ ...one })) })

const nameOf = ({ mount, path }: SecretName): string => `${mount}/${path}`

/** A flush that is under way, or failed and waits for the next. */
type Flush = { readonly number: number; readonly notes: Notes }

export function createUsage({ ground, process, report, capacity = standardCapacity }: UsageParts): Usage {
  const digestKey = ground.barrier.derive('usage')
  // Rows of usage would push out of the node's cache what requests stand on, and they count in no metric.
  const own: Ground = { store: ground.store, barrier: ground.barrier, cache: createRecordCache(256 * 1024) }
  const rowsPerCommit = Math.min(maxRows, Math.floor(ground.store.limits.keysPerCommit / 2) - 8)
  let noted = createNotes(capacity)
  let flushing: Flush | undefined
  let flushes = 0
  let missed = 0
  let moves: Moved[] = []
  let lostMoves = 0
  /** Names that secrets left whose usage has still to follow, and what is done under them meanwhile by others. */
  let left = new Set<string>()
  let late = createNotes(capacity / 8)
  /** The number of `late` while a flush is under way that will write it. */
  let lateNumber: number | undefined

  const digest = (mount: string, path: string) =>
    createHmac('sha256', digestKey).update(nameOf({ mount, path })).digest('base64url').slice(0, 27)

  const keyOf = (mount: string, path: string, counts: Counts) =>
    usageKey(dayOf(lastUse(counts)), process, digest(mount, path))

  async function write({ number, notes }: Flush): Promise<void> {
    let batch: { key: StorageKey; name: SecretName; counts: Counts }[] = []
    const land = () =>
      transact(
        () => own,
        async (tx) => {
          await tx.fetch(batch.map(({ key }) => ({ kind: usageRows, key })))
          for (const { key, name, counts } of batch) {
            const before = await tx.get(usageRows, key)
            if (before !== undefined && before.flush >= number) continue
            tx.put(usageRows, key, {
              ...(before === undefined ? counts : add(before, counts)),
              ...name,
              flush: number,
            })
          }
        },
      )
    for (const { mount, path, counts } of notes.entries()) {
      batch.push({ key: keyOf(mount, path, counts), name: { mount, path }, counts })
      if (batch.length < rowsPerCommit) continue
      await land()
      batch = []
    }
    if (batch.length > 0) await land()
  }

  const flush = lineUp(async () => {
    if (missed > 0) report(`${missed} uses of secrets were not counted: too many different ones at once`)
    missed = 0
    // One that failed goes first, under its number, which tells whether its rows have landed after all.
    if (flushing !== undefined) await write(flushing)
    flushing = undefined
    // Uses up to now belong to the names that secrets had before these moves.
    const moved = moves.length
    const number = ++flushes
    lateNumber = ++flushes
    try {
      await writeAll(noted, number)
      await moveAll(moved)
      if (moves.length === 0) await writeAll(late, lateNumber)
    } finally {
      lateNumber = undefined
    }
  })

  /** Writes what was noted until now, and keeps it for the next flush where that fails. */
  async function writeAll(notes: Notes, number: number): Promise<void> {
    if (notes.empty) return
    flushing = { number, notes }
    if (notes === late) late = createNotes(capacity / 8)
    else noted = createNotes(capacity)
    await write(flushing)
    flushing = undefined
  }

  async function moveAll(count: number): Promise<void> {
    if (lostMoves > 0) report(`the usage of ${lostMoves} secrets did not move with them: too many at once`)
    lostMoves = 0
    const due = moves.slice(0, count)
    if (due.length === 0) return
    let [done, damaged] = [0, 0]
    try {
      const places = await placesOfRows()
      for (const { from, to } of due) {
        const [before, after] = [digest(from.mount, from.path), digest(to.mount, to.path)]
        const keys = places.map(({ day, process }) => usageKey(day, process, before))
        try {
          await moveUsage({ ground: own, rowsPerCommit, keys, from: before, to: after, name: to })
        } catch (error) {
          // It never will open, and must not keep the others where they are.
          if (!isFailure(error, 'corrupt')) throw error
          damaged++
        }
        done++
      }
    } finally {
      moves = moves.slice(done)
      left = new Set(moves.map(({ from }) => nameOf(from)))
      if (damaged > 0) report(`the usage of ${damaged} secrets did not move with them: it does not open`)
    }
  }

  /** Whoever uses the name of a secret that has moved uses another one, after the deletion that the move itself is. */
  function notesFor(name: SecretName, { operation }: Use): Notes {
    if (left.size === 0 || !left.has(nameOf(name))) return noted
    return operation === 'delete' && late.of(name.mount, name.path) === undefined ? noted : late
  }

  /** What is in memory, with the number of the flush that has it or will have it. */
  function remembered(mount: string, path: string) {
    const parts = [
      { number: flushing?.number ?? 0, counts: flushing?.notes.of(mount, path) },
      { number: flushes + 1, counts: noted.of(mount, path) },
      { number: lateNumber ?? flushes + 2, counts: late.of(mount, path) },
    ]
    return parts.flatMap(({ number, counts }) =>
      counts === undefined ? [] : [{ number, counts: copied(counts), key: keyOf(mount, path, counts) }],
    )
  }

  /** Where each secret may have a row. */
  async function placesOfRows(): Promise<{ day: string; process: string }[]> {
    const { store } = ground
    const places: { day: string; process: string }[] = []
    // A day that is over for too long is in a row of its own until the duty has added it to the lasting one.
    const days = await store.list(usagePrefix)
    for (const day of days.names) {
      const { names } = await store.list(usagePrefix + day, { limit: maxProcesses })
      for (const name of names) places.push({ day: day.slice(0, -1), process: name.slice(0, -1) })
    }
    return places
  }

  return {
    note(mount, path, kind, use) {
      if (!notesFor({ mount, path }, use).note(mount, path, kind, use)) missed++
      // Room is made early; what fails is tried again by the next flush.
      else if (noted.filling && flushing === undefined) void flush().catch(() => undefined)
    },
    moved(from, to) {
      if (moves.length < maxMoves) {
        moves.push({ from, to })
        left.add(nameOf(from))
      } else lostMoves++
    },
    flush,
    async of(mount, path) {
      // Memory first: what is written between the two is then found twice, and the number tells.
      const inMemory = remembered(mount, path)
      const tx = begin(own)
      try {
        const secret = digest(mount, path)
        const keys = (await placesOfRows()).map(({ day, process }) => usageKey(day, process, secret))
        // All from one instant: what the duty moves from one to the other is in exactly one of them.
        await tx.fetch([
          { kind: lastingRows, key: lastingKey(secret) },
          ...keys.map((key) => ({ kind: usageRows, key })),
        ])
        let sum: Lasting | undefined = await tx.get(lastingRows, lastingKey(secret))
        for (const key of keys) {
          const row = await tx.get(usageRows, key)
          if (row !== undefined) sum = join(sum, lastingOf(dayIn(key), row))
        }
        for (const { key, number, counts } of inMemory) {
          const row = keys.includes(key) ? await tx.get(usageRows, key) : undefined
          if (row === undefined || row.flush < number) sum = join(sum, lastingOf(dayIn(key), counts))
        }
        return sum
      } finally {
        tx.release()
      }
    },
  }
}
