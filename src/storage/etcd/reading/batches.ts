import { CofferError } from '../../../base/errors.ts'
import type { Calls } from '../connection/calls.ts'
import type { KeyValue, RangeResponse } from '../messages/etcd_pb.js'
import { encoded, maxOps, type Op, range, rangeOf } from '../messages/ops.ts'
import { inParts } from './parts.ts'

/** One key, and the revision of it that the caller holds; 0 for none. */
export type Want = { readonly key: string; readonly known: bigint }
/** `unchanged` when the row is still as the caller holds it. */
export type Found = { readonly value: Uint8Array; readonly revision: bigint } | 'unchanged' | undefined
export type Instant = { readonly revision: bigint; readonly found: readonly Found[] }

/** Reads keys; what is asked for at the same time shares a transaction. */
export type Batches = {
  /** @param revision the instant; 0 for now, which the answer tells */
  read(wants: readonly Want[], revision: bigint): Promise<Instant>
}

const maxInFlight = 4
const maxWaiting = 10_000

type Waiting = {
  readonly wants: readonly Want[]
  readonly revision: bigint
  /** When it is refused, on the monotonic clock. */
  readonly until: number
  resolve(instant: Instant): void
  reject(error: unknown): void
}

/** @param deadline milliseconds after which a read that still waits for its turn is refused */
export function createBatches(calls: Calls, deadline: number): Batches {
  const waiting: Waiting[] = []
  let inFlight = 0
  let scheduled = false

  function flush(): void {
    scheduled = false
    expire()
    while (waiting.length > 0 && inFlight < maxInFlight) {
      const batch = createBatch()
      while (waiting[0] !== undefined && batch.add(waiting[0])) waiting.shift()
      inFlight++
      batch.send(calls, again).finally(() => {
        inFlight--
        // They would wait as long, and as much in vain.
        if (calls.silent) for (const { reject } of waiting.splice(0)) reject(silence())
        flush()
      })
    }
  }

  function again(asker: Waiting): void {
    waiting.unshift(asker)
  }

  function expire(): void {
    const now = performance.now()
    while (waiting[0] !== undefined && waiting[0].until < now) {
      waiting.shift()?.reject(silence())
    }
  }

  async function ask(wants: readonly Want[], revision: bigint): Promise<Instant> {
    if (waiting.length >= maxWaiting) {
      throw new CofferError('overloaded', 'too many reads are waiting; try again')
    }
    return new Promise((resolve, reject) => {
      waiting.push({ wants, revision, until: performance.now() + deadline, resolve, reject })
      if (scheduled) return
      scheduled = true
      // Behind the other requests of this turn, whose reads go along.
      setImmediate(flush)
    })
  }

  return {
    read: (wants, revision) => inParts(wants, revision, ask),
  }
}

const silence = () => new CofferError('storage_failed', 'etcd does not answer')

type Question = { readonly key: string; readonly revision: bigint; known: bigint; readonly at: number }

/** Questions that share a transaction; what several ask for is asked once. */
function createBatch() {
  const questions = new Map<string, Question>()
  const askers: Waiting[] = []
  const idOf = (revision: bigint, key: string) => `${revision} ${key}`

  function add(asker: Waiting): boolean {
    const fresh = new Set<string>()
    for (const { key } of asker.wants) {
      const id = idOf(asker.revision, key)
      if (!questions.has(id)) fresh.add(id)
    }
    if (questions.size > 0 && questions.size + fresh.size > maxOps) return false
    for (const { key, known: told } of asker.wants) {
      // What is known is of a later instant than an old one that is asked about: that tells nothing of it.
      const known = asker.revision !== 0n && told > asker.revision ? 0n : told
      const id = idOf(asker.revision, key)
      const question = questions.get(id)
      if (question === undefined) {
        questions.set(id, { key, revision: asker.revision, known, at: questions.size })
      } else if (known < question.known) question.known = known
    }
    askers.push(asker)
    return true
  }

  async function send(calls: Calls, again: (asker: Waiting) => void): Promise<void> {
    try {
      const success: Op[] = []
      for (const { key, revision, known } of questions.values()) {
        // A row that is not newer than what all askers hold comes without its value.
        const minModRevision = known === 0n ? 0n : known + 1n
        success.push(range({ key: encoded(key), revision, minModRevision }))
      }
      const answer = await calls.repeat(({ kv }, options) => kv.txn({ success }, options))
      const ranges = answer.responses.map(rangeOf)
      const now = answer.header?.revision ?? 0n
      for (const asker of askers) {
        const { wants, revision, resolve } = asker
        // A version that the store has not come to yet: it says nothing of the rows.
        if (revision === 0n && wants.some(({ known }) => known > now)) {
          again({ ...asker, revision: now, wants: wants.map(({ key }) => ({ key, known: 0n })) })
          continue
        }
        const found = wants.map(({ key, known }) => {
          const question = questions.get(idOf(revision, key))
          return foundOf(ranges[question?.at ?? -1], known)
        })
        resolve({ revision: revision === 0n ? now : revision, found })
      }
    } catch (error) {
      for (const { reject } of askers) reject(error)
    }
  }

  return { add, send }
}

function foundOf(answer: RangeResponse | undefined, known: bigint): Found {
  if (answer === undefined || answer.count === 0n) return undefined
  const row: KeyValue | undefined = answer.kvs[0]
  if (row === undefined || row.modRevision === known) return 'unchanged'
  // Its own bytes: those of the answer belong to all who asked, and hold all of it in memory.
  return { value: new Uint8Array(row.value), revision: row.modRevision }
}
