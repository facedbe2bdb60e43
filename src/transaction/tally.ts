import { createRecorder, type Recorder } from '../base/metrics.ts'

/** What transactions count for metrics. */
export type Tally = {
  /** Rows that the cache had and the store confirmed. */
  hits: number
  /** Rows that had to be opened. */
  misses: number
  /** Commits by how they ended. */
  readonly commits: { done: number; conflict: number; failed: number }
  /** Seconds that commits took. */
  readonly commitTime: Recorder
}

export function createTally(): Tally {
  return { hits: 0, misses: 0, commits: { done: 0, conflict: 0, failed: 0 }, commitTime: createRecorder() }
}
