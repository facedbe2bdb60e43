import { fail } from '../../../base/errors.ts'
import type { ReadResult } from '../../store.ts'
import { explain, isPassing } from '../explain.ts'
import type { Watch } from '../watch.ts'
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

export function createRowReader(lanes: readonly Lane[], watch: Watch, patience: number): RowReader {
  const waiting: Waiting[] = []
  const free = [...lanes]
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

  function take(): Waiting[] {
    let keys = 0
    let count = 0
    while (count < waiting.length && keys < maxKeys) keys += waiting[count++]?.questions.length ?? 0
    return waiting.splice(0, count)
  }

  async function answer(lane: Lane, batch: readonly Waiting[]): Promise<void> {
    const deadline = Math.max(...batch.map((one) => one.deadline))
    const questions = batch.flatMap((one) => one.questions)
    try {
      const results = await tryUntil(deadline, async () => {
        const connection = await lane.get(deadline)
        const before = watch.mark()
        const { sequence, results } = await askRows(connection, questions)
        watch.saw(connection, sequence, before)
        return results
      })
      let from = 0
      for (const one of batch) {
        const end = from + one.questions.length
        one.resolve(results.slice(from, end))
        from = end
      }
    } catch (error) {
      for (const one of batch) one.reject(error)
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
      })
    },
    async close() {
      closed = true
      for (const lane of lanes) await lane.close()
    },
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
