import { parentPort, workerData } from 'node:worker_threads'
import { explain } from '../explain.ts'
import { type Connection, createConnection } from '../reading/reader.ts'
import { createVersions } from '../rows.ts'
import { connectReader } from '../schema.ts'
import { checkStore } from './check.ts'
import type { Job, JobAnswer, JobRequest, JobResult, JobsData } from './messages.ts'

/** The thread for what takes longer than the main one may stop: long lists, scans, checks. */
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
// Started by jobs.ts alone, which passes this.
const { path, lineage } = workerData as JobsData
let connection: Connection | undefined

port.on('message', ({ id, job }: JobRequest) => {
  let answer: JobAnswer
  try {
    connection ??= createConnection(connectReader(path), createVersions(lineage))
    answer = { id, result: run(job, connection) }
  } catch (error) {
    const { code, message } = explain(error)
    answer = { id, failed: { code, text: message } }
  }
  port.postMessage(answer)
})

/** Each job sees one instant. */
function run(job: Job, reader: Connection): JobResult[Job['kind']] {
  reader.begin()
  try {
    if (job.kind === 'check') return checkStore(reader)
    if (job.kind === 'scan') return reader.rows(job.prefix, job.options)
    const { names, more } = reader.names(job.prefix, job.options)
    return { names: names.join('\0'), more }
  } finally {
    reader.end()
  }
}
