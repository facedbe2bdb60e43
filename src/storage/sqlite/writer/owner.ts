import type { DatabaseSync } from 'node:sqlite'
import { explain } from '../explain.ts'
import { lockWait } from '../schema.ts'
import { createApplier, type Outcome } from './apply.ts'
import { decode, type Encoded } from './protocol/codec.ts'
import type { Answers } from './protocol/messages.ts'
import { createSettled } from './settled.ts'
import { createCheckpointer } from './wal/checkpoint.ts'

/** A process that commits: this one, or one at the other end of a socket. */
export type Source = { readonly process: string; answer(answers: Answers): void }

/** What the process does that holds the lock: applies everybody's commits, all that wait in one fsync. */
export type Owner = {
  readonly lineage: string
  readonly reign: number
  /** @param oldest the number of the oldest commit that the source has no answer for */
  submit(source: Source, commits: readonly Encoded[], oldest: number): void
  /** Applies all that was submitted, and ends. */
  close(): void
}

type Item = { readonly source: Source; readonly commit: Encoded; readonly oldest: number }

/** Commits and bytes of one transaction: enough for one fsync, little enough that none waits long. */
const maxBatch = 512
const maxBatchBytes = 8 * 1024 * 1024

/**
 * @param self the process that this is, whose own commits need no settling after it died
 * @param deposed told once it turns out that another process has become the owner
 */
export function createOwner(db: DatabaseSync, self: string, deposed: () => void): Owner {
  const applier = createApplier(db)
  const settled = createSettled(db)
  const checkpointer = createCheckpointer(db, lockWait)
  let queue: Item[] = []
  let scheduled = false

  function takeBatch(): Item[] {
    let bytes = 0
    let count = 0
    while (count < queue.length && count < maxBatch && bytes < maxBatchBytes) {
      bytes += (queue[count] as Item).commit.bytes.length
      count++
    }
    const batch = queue.slice(0, count)
    queue = count === queue.length ? [] : queue.slice(count)
    return batch
  }

  function applyOne({ source, commit, oldest }: Item): { outcome: Outcome; outside: boolean } {
    settled.answered(source.process, oldest)
    const before = settled.find(source.process, commit.number)
    if (before !== undefined) return { outcome: before, outside: false }
    const outcome = applier.apply(decode(commit))
    const outside = source.process !== self && typeof outcome === 'number'
    if (outside) settled.note(source.process, commit.number, outcome)
    return { outcome, outside }
  }

  function applyAll(items: readonly Item[]): Outcome[] {
    try {
      applier.begin()
      const results = items.map(applyOne)
      const outside = results.some((result) => result.outside)
      if (outside) settled.write()
      applier.commit(outside)
      settled.kept(true)
      return results.map(({ outcome }) => outcome)
    } catch (error) {
      settled.kept(false)
      applier.rollback()
      throw error
    }
  }

  function run(): void {
    scheduled = false
    const batch = takeBatch()
    const replies = createReplies()
    const bytes = batch.reduce((sum, { commit }) => sum + commit.bytes.length + pageOverhead, 0)
    try {
      for (const [i, outcome] of applyAll(batch).entries()) replies.settle(batch[i] as Item, outcome)
    } catch (error) {
      // A log that cannot grow is used again from its start once it is moved.
      checkpoint(() => checkpointer.finish())
      for (const item of batch) applyAlone(item, batch.length > 1, error, replies)
    }
    replies.send()
    checkpoint(() => checkpointer.wrote(bytes))
    if (queue.length > 0) schedule()
    if (applier.deposed) deposed()
  }

  /** What failed together is tried one by one, so that one bad commit does not take others with it. */
  function applyAlone(item: Item, again: boolean, failure: unknown, replies: Replies): void {
    const { code } = explain(failure)
    // A lock makes all of them wait, one by one, for the same refusal.
    if (!again || code === 'storage_locked') {
      replies.refuse(item, failure)
      return
    }
    try {
      replies.settle(item, applyAll([item])[0] as Outcome)
    } catch (error) {
      replies.refuse(item, error)
    }
  }

  function checkpoint(work: () => void): void {
    try {
      work()
    } catch {
      // Everything stays in the log; the next one tries again, and a full disk shows at the next commit.
    }
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // Behind what else came in: all of that joins the same transaction.
    setImmediate(run)
  }

  return {
    lineage: applier.lineage,
    reign: applier.reign,
    submit(source, commits, oldest) {
      for (const commit of commits) queue.push({ source, commit, oldest })
      if (queue.length > 0) schedule()
    },
    close() {
      while (queue.length > 0) run()
      checkpoint(() => checkpointer.finish())
    },
  }
}

/** What a small commit adds to the log beyond its bytes: the pages that it changes, shared by a batch. */
const pageOverhead = 4096

type Replies = {
  settle(item: Item, outcome: Outcome): void
  refuse(item: Item, error: unknown): void
  send(): void
}

/** Gathers the answers of a batch, one message a source. */
function createReplies(): Replies {
  type Open = {
    landed: number[]
    conflicts: [number, readonly string[]][]
    failed: Answers['failed'][number][]
  }
  const bySource = new Map<Source, Open>()
  const of = (source: Source): Open => {
    const found = bySource.get(source) ?? { landed: [], conflicts: [], failed: [] }
    bySource.set(source, found)
    return found
  }
  return {
    settle({ source, commit }, outcome) {
      if (typeof outcome === 'number') of(source).landed.push(commit.number, outcome)
      else of(source).conflicts.push([commit.number, outcome])
    },
    refuse({ source, commit }, error) {
      const { code, message } = explain(error)
      of(source).failed.push([commit.number, code, message])
    },
    send() {
      for (const [source, answers] of bySource) source.answer(answers)
    },
  }
}
