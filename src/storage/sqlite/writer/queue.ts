import { Worker } from 'node:worker_threads'
import { besideThis } from '../../../base/beside.ts'
import { CofferError, fail } from '../../../base/errors.ts'
import type { Commit, CommitResult } from '../../store.ts'
import type { Fresh } from '../reading/fresh.ts'
import { createVersions, type Versions } from '../rows.ts'
import { checkCommit, sizeOf } from './limits.ts'
import { createEncoder } from './protocol/codec.ts'
import type { Answers, FromThread, ThreadData, ToThread } from './protocol/messages.ts'

/** The main thread's end of the way to the writer. */
export type CommitQueue = {
  readonly versions: Versions
  /** Why the store cannot be used any more, neither written nor read. */
  readonly unusable: CofferError | undefined
  commit(commit: Commit): Promise<CommitResult>
  /** Waits for what was accepted. */
  drain(): Promise<void>
  close(): Promise<void>
}

type Waiting = {
  readonly commit: Commit
  readonly size: number
  readonly resolve: (result: CommitResult) => void
  readonly reject: (error: unknown) => void
}

/** Commits, and bytes of them, that may wait; more are refused, so that a slow disk never fills the memory. */
const maxWaiting = 10_000
const maxWaitingBytes = 128 * 1024 * 1024
/** Bytes after which a batch is sent without waiting for more. */
const maxBatchBytes = 1024 * 1024

/**
 * Starts the writer's thread.
 *
 * @throws what keeps the store from being used: storage_format, storage_locked, storage_failed or corrupt
 */
export async function startQueue(data: ThreadData, fresh: Fresh): Promise<CommitQueue> {
  const worker = new Worker(besideThis(import.meta.url, 'thread'), { workerData: data })
  const first = await firstMessage(worker)
  const versions = createVersions(first.lineage)
  const waiting = new Map<number, Waiting>()
  const encoder = createEncoder()
  fresh.reigns(first.reign)
  let count = 0
  let bytes = 0
  let scheduled = false
  let ended: CofferError | undefined
  let unusable: CofferError | undefined
  let idle: (() => void) | undefined

  function flush(): void {
    scheduled = false
    if (encoder.length === 0 || ended !== undefined) return
    const commits = encoder.take()
    const message: ToThread = { commits, oldest: waiting.keys().next().value ?? count }
    worker.postMessage(message, [commits.buffer])
  }

  function take(number: number): Waiting | undefined {
    const found = waiting.get(number)
    waiting.delete(number)
    bytes -= found?.size ?? 0
    return found
  }

  function settle({ landed, conflicts, failed }: Answers): void {
    for (let i = 0; i < landed.length; i += 2) {
      const sequence = landed[i + 1] as number
      const done = take(landed[i] as number)
      if (done === undefined) continue
      const version = versions.of(sequence)
      fresh.landed(done.commit, sequence, version)
      done.resolve({ ok: true, version })
    }
    for (const [number, keys] of conflicts) {
      const done = take(number)
      if (done === undefined) continue
      fresh.refused(done.commit)
      done.resolve({ ok: false, conflicts: keys })
    }
    for (const [number, code, text] of failed) refuse(take(number), new CofferError(code, text))
    if (waiting.size === 0) idle?.()
  }

  function refuse(item: Waiting | undefined, error: CofferError): void {
    if (item === undefined) return
    fresh.refused(item.commit)
    item.reject(error)
  }

  worker.on('message', (message: FromThread) => {
    if ('answers' in message) settle(message.answers)
    if ('reign' in message) fresh.reigns(message.reign)
    if ('unusable' in message) {
      unusable = new CofferError(message.unusable.code, message.unusable.text)
      ended ??= unusable
      end()
    }
  })
  const end = (cause?: unknown) => {
    ended ??= new CofferError('storage_failed', 'the writer of the store has ended; start again', { cause })
    fresh.reigns(undefined)
    for (const number of [...waiting.keys()]) refuse(take(number), ended)
    idle?.()
  }
  worker.on('error', end)
  worker.on('exit', end)
  const gone = new Promise((resolve) => worker.once('exit', resolve))

  return {
    versions,
    get unusable() {
      return unusable
    },
    commit(commit) {
      checkCommit(commit)
      if (ended !== undefined) throw ended
      const size = sizeOf(commit)
      if (waiting.size >= maxWaiting || (waiting.size > 0 && bytes + size > maxWaitingBytes)) {
        fail('overloaded', 'too many writes are waiting; try again')
      }
      const number = ++count
      encoder.add(number, commit, versions.sequenceOf)
      fresh.sending(commit)
      bytes += size
      const answered = new Promise<CommitResult>((resolve, reject) => {
        waiting.set(number, { commit, size, resolve, reject })
      })
      if (encoder.length > maxBatchBytes) flush()
      else if (!scheduled) {
        scheduled = true
        // Behind the other requests of this turn, whose commits go along.
        setImmediate(flush)
      }
      return answered
    },
    async drain() {
      if (waiting.size > 0) await new Promise<void>((resolve) => (idle = resolve))
    },
    async close() {
      worker.off('exit', end)
      const message: ToThread = { close: true }
      worker.postMessage(message)
      ended ??= new CofferError('storage_failed', 'the store is closed')
      await gone
    },
  }
}

function firstMessage(worker: Worker): Promise<Extract<FromThread, { lineage: string }>> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: FromThread) => {
      worker.off('error', reject)
      if ('reign' in message) resolve(message)
      else if ('unusable' in message) reject(new CofferError(message.unusable.code, message.unusable.text))
      else reject(new CofferError('storage_failed', 'the writer of the store did not start'))
    })
  })
}
