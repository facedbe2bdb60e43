import { Worker } from 'node:worker_threads'
import { besideThis } from '../../../base/beside.ts'
import { CofferError, fail } from '../../../base/errors.ts'
import type { Job, JobAnswer, JobRequest, JobResult, JobsData } from './messages.ts'

/** Reads that run beside the main thread, one after another. The thread starts with the first. */
export type Jobs = {
  run<J extends Job>(job: J): Promise<JobResult[J['kind']]>
  /** Ends the thread; what it was doing fails. */
  close(): Promise<void>
}

/** Jobs that may wait. */
const maxWaiting = 1000

type Waiting = { readonly resolve: (result: never) => void; readonly reject: (error: unknown) => void }

export function createJobs(data: JobsData): Jobs {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let count = 0
  let closed = false

  function start(): Worker {
    const started = new Worker(besideThis(import.meta.url, 'thread'), { workerData: data })
    started.on('message', (answer: JobAnswer) => {
      const done = waiting.get(answer.id)
      waiting.delete(answer.id)
      // Only work that somebody waits for keeps the process alive.
      if (waiting.size === 0) started.unref()
      if ('failed' in answer) done?.reject(new CofferError(answer.failed.code, answer.failed.text))
      // The thread answers each job with the result of its kind.
      else done?.resolve(answer.result as never)
    })
    const end = (cause: unknown) => {
      if (worker === started) worker = undefined
      const error = new CofferError('storage_failed', 'a read of the store was broken off', { cause })
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
    started.on('error', end)
    started.on('exit', end)
    return started
  }

  return {
    run(job) {
      if (closed) fail('storage_failed', 'the store is closed')
      if (waiting.size >= maxWaiting) fail('overloaded', 'too many reads are under way; try again')
      worker ??= start()
      worker.ref()
      const request: JobRequest = { id: ++count, job }
      return new Promise((resolve, reject) => {
        waiting.set(request.id, { resolve, reject })
        worker?.postMessage(request)
      })
    },
    async close() {
      closed = true
      await worker?.terminate()
    },
  }
}
