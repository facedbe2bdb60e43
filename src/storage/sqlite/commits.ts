import { Worker } from 'node:worker_threads'
import { CofferError, type ErrorCode, fail } from '../../base/errors.ts'
import type { Commit, CommitResult, StoreLimits } from '../store.ts'
import type { WriterAnswer, WriterData, WriterRequest } from './writer-thread.ts'

/** Gathers commits while the writer is busy with the ones before: all that wait share the next fsync. */
export type CommitQueue = {
  commit(commit: Commit): Promise<CommitResult>
  /** Waits for what was accepted. */
  close(): Promise<void>
}

type Waiting = {
  readonly commit: Commit
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: unknown) => void
}

/** Commits that may wait; more are refused, so that a slow disk never fills the memory. */
const maxWaiting = 10_000
/** Commits and bytes of one batch: enough for one fsync, little enough that none waits long. */
const maxBatch = 256
const maxBatchBytes = 8 * 1024 * 1024

export async function createCommitQueue(data: WriterData, limits: StoreLimits): Promise<CommitQueue> {
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: data })
  await started(worker)
  let waiting: Waiting[] = []
  let inFlight: Waiting[] = []
  let ended: Error | undefined
  let idle: (() => void) | undefined

  const send = (request: WriterRequest) => worker.postMessage(request)

  function next(): void {
    if (waiting.length === 0) {
      idle?.()
      return
    }
    let bytes = 0
    let count = 0
    while (count < waiting.length && count < maxBatch && bytes < maxBatchBytes) {
      bytes += sizeOf((waiting[count] as Waiting).commit)
      count++
    }
    inFlight = waiting.slice(0, count)
    waiting = waiting.slice(count)
    send({ commits: inFlight.map(({ commit }) => commit) })
  }

  worker.on('message', (answer: WriterAnswer) => {
    const done = inFlight
    inFlight = []
    if ('results' in answer) {
      for (const [i, result] of answer.results.entries()) done[i]?.resolve(result)
    } else if ('failed' in answer) {
      // The writer names a code of the closed list; see explain.ts.
      const error = new CofferError(answer.failed.code as ErrorCode, answer.failed.text)
      for (const { reject } of done) reject(error)
    } else return
    next()
  })
  const end = (cause: unknown) => {
    ended ??= new CofferError('storage_failed', 'the writer of the store has ended', { cause })
    for (const { reject } of [...inFlight, ...waiting]) reject(ended)
    inFlight = []
    waiting = []
    idle?.()
  }
  worker.on('error', end)
  worker.on('exit', end)

  return {
    commit(commit) {
      check(commit, limits)
      if (ended !== undefined) throw ended
      if (waiting.length >= maxWaiting) fail('overloaded', 'too many writes are waiting; try again')
      return new Promise((resolve, reject) => {
        waiting.push({ commit, resolve, reject })
        if (inFlight.length === 0) next()
      })
    },
    async close() {
      if (inFlight.length > 0 || waiting.length > 0) await new Promise<void>((resolve) => (idle = resolve))
      worker.off('exit', end)
      const gone = new Promise((resolve) => worker.once('exit', resolve))
      if (ended === undefined) send({ close: true })
      await gone
    },
  }
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.off('error', reject)
      resolve()
    })
    worker.once('error', reject)
  })
}

function sizeOf({ put = [] }: Commit): number {
  return put.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
}

function check(commit: Commit, limits: StoreLimits): void {
  const { expect = [], expectEmpty = [], put = [], delete: gone = [] } = commit
  if (expect.length + expectEmpty.length + put.length + gone.length > limits.keysPerCommit) {
    fail('storage_limit', `one commit may touch at most ${limits.keysPerCommit} rows`)
  }
  if (sizeOf(commit) > limits.bytesPerCommit) {
    fail('storage_limit', `one commit may carry at most ${limits.bytesPerCommit} bytes`)
  }
}
