import { Worker } from 'node:worker_threads'
import { besideThis } from '../../../base/beside.ts'
import { fail } from '../../../base/errors.ts'
import type { Job, Outcome } from '../operations/job.ts'
import type { WorkAnswer, WorkRequest } from './messages.ts'

/** Threads for large batches. Each is started when it is first needed and does one job at a time. */
export type Pool = {
  /** @throws overloaded when too many jobs wait */
  run(job: Job): Promise<readonly Outcome[]>
  /** Threads that were started, and jobs that are under way or wait. */
  readonly load: { readonly threads: number; readonly jobs: number }
  /** Ends the threads; what they were doing fails. */
  close(): Promise<void>
}

type Waiting = {
  readonly job: Job
  readonly resolve: (outcomes: readonly Outcome[]) => void
  readonly reject: (error: unknown) => void
}
type Thread = { readonly worker: Worker; task: Waiting | undefined }

/**
 * @param threads at most this many
 * @param maxWaiting jobs that may wait for a thread
 */
export function createPool(threads: number, maxWaiting: number): Pool {
  const pool = new Set<Thread>()
  const waiting: Waiting[] = []
  let count = 0

  function start(): Thread {
    const thread: Thread = { worker: new Worker(besideThis(import.meta.url, 'thread')), task: undefined }
    pool.add(thread)
    thread.worker.on('message', (answer: WorkAnswer) => {
      const { task } = thread
      thread.task = undefined
      if ('failed' in answer) task?.reject(new Error(`a batch of transit failed: ${answer.failed}`))
      else task?.resolve(answer.outcomes)
      next(thread)
    })
    const end = (cause: unknown) => {
      if (!pool.delete(thread)) return
      thread.task?.reject(new Error('a thread of transit ended', { cause }))
      if (waiting.length > 0) next(start())
    }
    thread.worker.on('error', end)
    thread.worker.on('exit', end)
    return thread
  }

  function next(thread: Thread): void {
    const task = waiting.shift()
    // Only work that somebody waits for keeps the process alive.
    if (task === undefined) {
      thread.worker.unref()
      return
    }
    thread.task = task
    thread.worker.ref()
    const request: WorkRequest = { id: ++count, job: task.job }
    thread.worker.postMessage(request)
  }

  return {
    run(job) {
      if (waiting.length >= maxWaiting) fail('overloaded', 'too many batches are under way; try again')
      return new Promise((resolve, reject) => {
        waiting.push({ job, resolve, reject })
        const idle = [...pool].find(({ task }) => task === undefined)
        if (idle !== undefined) next(idle)
        else if (pool.size < threads) next(start())
      })
    },
    get load() {
      return { threads: pool.size, jobs: waiting.length + [...pool].filter(({ task }) => task).length }
    },
    async close() {
      await Promise.all([...pool].map(({ worker }) => worker.terminate()))
    },
  }
}
