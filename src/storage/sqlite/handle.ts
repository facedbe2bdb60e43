import type { Clock } from '../../base/clock.ts'
import type { Store } from '../store.ts'
import type { Progress } from './backup.ts'

export type SqliteOptions = {
  /** The file, or `:memory:` for a store that ends with the process. */
  readonly path: string
  /** The most pages of 4 KiB that the file may have; without it as many as the disk takes. */
  readonly maxPages?: number
  readonly clock?: Clock
  /**
   * Milliseconds that a commit waits while another process writes for this one and does not answer; without it
   * 10,000. A commit that is given up then may have been written.
   */
  readonly patience?: number
  /** Bytes of write-ahead log from which on snapshots older than two seconds are ended, so that it can shrink. */
  readonly logLimit?: number
}

export type SqliteStore = Store & {
  /**
   * Reads every page, index entry and row, beside the other work.
   *
   * @returns what is wrong; empty when all is well
   */
  check(): Promise<readonly string[]>
  /**
   * Copies the store into a new file while it is in use. `progress` is told bytes done and bytes in all.
   *
   * @throws storage_failed when there is such a file, or it cannot be written
   */
  backup(destination: string, progress?: Progress): Promise<void>
}
