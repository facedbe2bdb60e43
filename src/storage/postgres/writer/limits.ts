import type { StoreLimits } from '../../store.ts'

/**
 * What one commit may carry. A value takes twice its bytes on the wire, and some databases that are compatible
 * with PostgreSQL take messages of 16 MiB at most.
 */
export const limits: StoreLimits = {
  keysPerCommit: 10_000,
  expectationsPerCommit: 10_000,
  bytesPerCommit: 4 * 1024 * 1024,
}
