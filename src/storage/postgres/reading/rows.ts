import { CofferError, fail } from '../../../base/errors.ts'
import type { ReadResult } from '../../store.ts'
import { explain, isPassing } from '../connection/explain.ts'
import type { Watch } from '../connection/watch.ts'
import { askRows, type Question } from './answers.ts'
import type { Lane } from './lane.ts'

/**
 * Reads of rows. Those that come while all connections are busy go together in the next statement, so that a
 * read is never more than one round trip behind the one that it waits for.
 */
export type RowReader = {
  read(questions: readonly Question[]): Promise<readonly ReadResult[]>
  /** Connections in use. */
  readonly busy: number
  close(): Promise<void>
}

type Waiting = {
  readonly questions: readonly Question[]
  readonly deadline: number
  readonly resolve: (results: readonly ReadResult[]) => void
  readonly reject: (error: unknown) => void
}

/** Reads that may wait, and keys after which a statement takes no more of them. */
const maxWaiting = 20_000
const maxKeys = 2000

export function createRowReader(
  lanes: readonly Lane[],
  watch: Watch,
  patience: number,
  lastTry = lastTryTime,
): RowReader {
  const waiting: Waiting[] = []
  const free = [...lanes]
  let expiry: NodeJS.Timeout | undefined
  let closed = false

  function pump(): void {
    while (waiting.length > 0 && free.length > 0) {
      const lane = free.pop() as Lane
      const batch = take()
      void answer(lane, batch).finally(() => {
        free.push(lane)
        pump()
      })
    }
  }

  /** Those that wait for a connection are refused when their time is over; the first of them has waited longest. */
  function expire(): void {
    expiry = undefined
    const now = performance.now()
    while (waiting[0] !== undefined && waiting[0].deadline <= now) waiting.shift()?.reject(silence())
    if (waiting[0] !== undefined) expiry = setTimeout(expire, waiting[0].deadline - now)
  }

  function take(): Waiting[] {
    let keys = 0
    let count = 0
    while (count < waiting.length && keys < maxKeys) keys += waiting[count++]?.questions.length ?? 0
    return waiting.splice(0, count)
  }

  async function answer(lane: Lane, batch: readonly Waiting[]): Promise<void> {
    const deadline = Math.max(...batch.map((one) => one.deadline))
    const questions = batch.flatMap((one) => one.questions)
    const asking = tryUntil(deadline, async () => {
      const connection = await lane.get(deadline)
      const before = watch.mark()
      const { sequence, results } = await askRows(connection, questions)
      watch.saw(connection, sequence, before)
      return results
    })
    try {
      const results = await inTime(deadline, asking, lastTry)
      let from = 0
      for (const one of batch) {
        const end = from + one.questions.length
        one.resolve(results.slice(from, end))
        from = end
      }
    } catch (error) {
      for (const one of batch) one.reject(error)
      // What is still under way has the lane.
      await asking.catch(() => {})
    }
  }

  return {
    get busy() {
      return lanes.length - free.length
    },
    read(questions) {
      if (closed) fail('storage_failed', 'the store is closed')
      if (waiting.length >= maxWaiting) fail('overloaded', 'too many reads are waiting; try again')
      return new Promise((resolve, reject) => {
        waiting.push({ questions, deadline: performance.now() + patience, resolve, reject })
        pump()
        if (waiting.length > 0) expiry ??= setTimeout(expire, patience)
      })
    },
    async close() {
      closed = true
      clearTimeout(expiry)
      for (const lane of lanes) await lane.close()
    },
  }
}

const silence = () => new CofferError('storage_failed', 'the database does not answer')

/** Milliseconds that a try which has begun in time may go on: a slow database is no silent one. */
const lastTryTime = 2000

/**
 * Waits for work until a time (of `performance.now()`), and a little longer for its last try; the work itself goes on.
 *
 * @throws storage_failed when the time is over, or what the work throws
 */
export async function inTime<T>(deadline: number, work: Promise<T>, lastTry = lastTryTime): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(silence()), Math.max(0, deadline + lastTry - performance.now()))
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Tries what may be tried again, since it changes nothing, until the time is over. */
export async function tryUntil<T>(deadline: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || performance.now() >= deadline) throw explain(error)
    }
  }
}
