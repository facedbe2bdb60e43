import { parentPort } from 'node:worker_threads'
import { systemRandom } from '../../../base/random.ts'
import { runJob } from '../operations/run.ts'
import type { WorkAnswer, WorkRequest } from './messages.ts'

/** The thread for large batches. It keeps nothing of a job when that is done. */
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

port.on('message', ({ id, job }: WorkRequest) => {
  let answer: WorkAnswer
  try {
    answer = { id, outcomes: runJob(job, systemRandom) }
  } catch (error) {
    // Errors that nobody raised on purpose may quote what they were given.
    answer = { id, failed: error instanceof Error ? error.name : 'unknown' }
  }
  port.postMessage(answer)
})
