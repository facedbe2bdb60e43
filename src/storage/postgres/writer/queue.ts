import { CofferError, fail, isFailure } from '../../../base/errors.ts'
import { checkCommit, sizeOf } from '../../limits.ts'
import { type Doubts, noDoubts } from '../../measure.ts'
import type { Commit, CommitResult } from '../../store.ts'
import { explain, isPassing } from '../connection/explain.ts'
import type { Lane } from '../reading/lane.ts'
import { hexOfBytes } from '../values.ts'
import { asksAbout, type Request, writtenBy } from './batch.ts'
import { limits } from './limits.ts'
import { newVersion } from './slot.ts'
import type { Writer } from './writer.ts'

/** Gathers commits: those that come while a batch is written go together in the next one. */
export type CommitQueue = {
  commit(commit: Commit): Promise<CommitResult>
  /** Waits for what was accepted, and takes no more. */
  close(): Promise<void>
  readonly doubts: Readonly<Doubts>
  /** Whether something is being written. */
  readonly busy: boolean
}

type Waiting = Request & {
  readonly size: number
  readonly deadline: number
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: unknown) => void
}

/** Commits, and bytes of them, that may wait; more are refused, so that a slow database never fills the memory. */
const maxWaiting = 10_000
const maxWaitingBytes = 64 * 1024 * 1024
/** Commits, and bytes of them, after which a batch takes no more. */
const maxBatch = 500
const maxBatchBytes = 1024 * 1024

export function createCommitQueue(writer: Writer, lane: Lane, patience: number): CommitQueue {
  const waiting: Waiting[] = []
  let bytes = 0
  let running: Promise<void> | undefined
  let closed = false
  const doubts = noDoubts()

  async function run(): Promise<void> {
    // Behind the other requests of this turn, whose commits go along.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = take()
      try {
        const results = await land(batch, Math.max(...batch.map((one) => one.deadline)))
        batch.forEach((one, i) => {
          one.resolve(results[i] as CommitResult)
        })
      } catch (error) {
        refuse(batch, error)
        // Those that waited as long would only wait in vain once more.
        const now = performance.now()
        refuse(
          takeWhile((one) => one.deadline < now),
          withText(error, 'nothing was written'),
        )
      }
    }
  }

  function take(): Waiting[] {
    const written = new Set<string>()
    let size = 0
    let count = 0
    return takeWhile((one) => {
      if (count > 0 && (count >= maxBatch || size + one.size > maxBatchBytes)) return false
      if (asksAbout(one, written)) return false
      for (const key of writtenBy(one)) written.add(key)
      size += one.size
      count++
      return true
    })
  }

  function takeWhile(fits: (one: Waiting) => boolean): Waiting[] {
    const end = waiting.findIndex((one) => !fits(one))
    const taken = waiting.splice(0, end < 0 ? waiting.length : end)
    for (const { size } of taken) bytes -= size
    return taken
  }

  async function land(batch: readonly Request[], deadline: number): Promise<readonly CommitResult[]> {
    let sent = false
    for (;;) {
      try {
        const connection = await lane.get(deadline)
        if (writer.doubt !== undefined) {
          const results = await writer.settle(connection)
          // The doubt is about this batch only if it was sent; one from before was refused already.
          if (sent) doubts[results === undefined ? 'not_landed' : 'landed'] += batch.length
          if (sent && results !== undefined) return results
          sent = false
        }
        return await writer.write(connection, batch)
      } catch (error) {
        sent ||= writer.doubt !== undefined
        if (isPassing(error) && performance.now() < deadline) continue
        const unknown = sent && writer.doubt !== undefined
        if (unknown) doubts.unknown += batch.length
        throw withText(error, unknown ? 'it is not known whether this was written' : 'nothing was written')
      }
    }
  }

  return {
    doubts,
    get busy() {
      return running !== undefined
    },
    commit(commit) {
      if (closed) fail('storage_failed', 'the store is closed')
      checkCommit(commit, limits)
      const size = sizeOf(commit)
      if (waiting.length >= maxWaiting || (waiting.length > 0 && bytes + size > maxWaitingBytes)) {
        fail('overloaded', 'too many writes are waiting; try again')
      }
      const { expect = [], expectEmpty = [], put = [], delete: gone = [] } = commit
      const answered = new Promise<CommitResult>((resolve, reject) => {
        waiting.push({
          expect: [...expect],
          expectEmpty: [...expectEmpty],
          put: put.map(({ key, value }) => ({ key, hex: hexOfBytes(value) })),
          gone: [...gone],
          version: newVersion(),
          size,
          deadline: performance.now() + patience,
          resolve,
          reject,
        })
      })
      bytes += size
      running ??= run().finally(() => {
        running = undefined
      })
      return answered
    },
    async close() {
      closed = true
      await running
      await lane.close()
    },
  }
}

function refuse(batch: readonly Waiting[], error: unknown): void {
  for (const { reject } of batch) reject(error)
}

function withText(error: unknown, text: string): CofferError {
  const explained = explain(error)
  if (!isFailure(explained, 'storage_failed')) return explained
  return new CofferError('storage_failed', `${explained.message}; ${text}`, { cause: error })
}
