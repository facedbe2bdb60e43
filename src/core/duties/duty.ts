import type { Expectation } from '../../storage/store.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/**
 * Work that one process of a cluster does at a time, beside the requests. Nothing depends on it to be
 * correct: what a duty would remove is refused already.
 */
export type Duty = {
  /** One segment. */
  readonly name: string
  /** Milliseconds from the end of one run to the next. */
  readonly every: number
  /**
   * Does a bounded piece of work, and stops early when the turn's signal says so.
   *
   * @returns `more` when it wants to go on soon
   */
  run(turn: Turn): Promise<'done' | 'more'>
}

/** A duty in the hands of this process, for one run. */
export type Turn = {
  /** Counts the takeovers of the duty. */
  readonly epoch: number
  /**
   * As `transact`, in a commit that lands only while this process has the duty.
   *
   * @throws {@link TakenOver}
   */
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** What a commit that is no transaction has to expect. @throws {@link TakenOver} */
  fence(): Promise<Expectation>
  /** Aborted when the process stops or is sealed. */
  readonly signal: AbortSignal
}

/** Thrown inside a run when another process has the duty now. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver'
}
