import type { Head } from '../chain/chain.ts'
import type { Sink } from './file.ts'

export type HeadRecorder = {
  /** Records the newest head; one that has not been recorded when a newer one comes is skipped. */
  record(sink: Sink, head: Head): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

/**
 * Puts heads into storage, one at a time, and only once the disk has the lines: otherwise a power cut would
 * leave a head in storage that the log does not reach, as if somebody had cut it.
 */
export function createHeadRecorder(
  write: (head: Head) => Promise<void>,
  failed: (error: unknown) => void,
): HeadRecorder {
  let next: { sink: Sink; head: Head } | undefined
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (next !== undefined) {
      const { sink, head } = next
      next = undefined
      try {
        await sink.sync()
        await write(head)
      } catch (error) {
        failed(error)
      }
    }
    running = undefined
  }

  return {
    record(sink, head) {
      next = { sink, head }
      running ??= run()
    },
    settled: async () => running,
  }
}
