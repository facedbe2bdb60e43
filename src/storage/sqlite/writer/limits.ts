import { checkCommit as check } from '../../limits.ts'
import type { Commit, StoreLimits } from '../../store.ts'

export { sizeOf } from '../../limits.ts'

/** What one commit may carry. Both engines of SQLite, on file and in memory, have the same. */
export const limits: StoreLimits = {
  keysPerCommit: 10_000,
  expectationsPerCommit: 10_000,
  bytesPerCommit: 64 * 1024 * 1024,
}

/** @throws storage_limit when it is too large; invalid_path when it puts what is no key */
export const checkCommit = (commit: Commit): void => check(commit, limits)
