import { parentPort, workerData } from 'node:worker_threads'
import type { Commit, CommitResult } from '../store.ts'
import { explain } from './explain.ts'
import { connect } from './schema.ts'
import { createWriter } from './writer.ts'

/**
 * The thread that owns the writing connection, so that waiting for the disk never stops the main thread.
 * A message is a batch of commits; the answer is their results, or the error that befell all of them.
 */
export type WriterData = {
  readonly path: string
  readonly durable: boolean
  readonly maxPages?: number | undefined
}
export type WriterRequest = { readonly commits: readonly Commit[] } | { readonly close: true }
export type WriterAnswer =
  | { readonly results: readonly CommitResult[] }
  | { readonly failed: { readonly code: string; readonly text: string } }
  | { readonly ready: true }
  | { readonly closed: true }

const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
const { path, durable, maxPages } = workerData as WriterData
const connection = connect(path, { durable })
if (maxPages !== undefined) connection.exec(`PRAGMA max_page_count=${maxPages}`)
const writer = createWriter(connection)
const answer = (message: WriterAnswer) => port.postMessage(message)

port.on('message', (request: WriterRequest) => {
  if ('close' in request) {
    writer.checkpoint()
    writer.close()
    answer({ closed: true })
    port.close()
    return
  }
  try {
    answer({ results: writer.apply(request.commits) })
  } catch (error) {
    const { code, message } = explain(error)
    answer({ failed: { code, text: message } })
  }
})
answer({ ready: true })
