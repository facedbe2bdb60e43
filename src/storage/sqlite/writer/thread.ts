import { parentPort, workerData } from 'node:worker_threads'
import { explain } from '../explain.ts'
import { createMember, type Member } from './member.ts'
import type { FromThread, ThreadData, ToThread } from './protocol/messages.ts'

/** The thread that writes, so that waiting for the disk never stops the main one. */
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')
const post = (message: FromThread) => port.postMessage(message)

try {
  // Started by queue.ts alone, which passes this.
  serve(await createMember(workerData as ThreadData, post))
} catch (error) {
  const { code, message } = explain(error)
  post({ unusable: { code, text: message } })
}

function serve(member: Member): void {
  port?.on('message', (message: ToThread) => {
    if ('commits' in message) return member.send(message.commits, message.oldest)
    member.close()
    post({ closed: true })
    port?.close()
  })
}
