import type { StoreLimits } from '../../store.ts'

/**
 * What one commit may carry with etcd's default settings: 128 operations or comparisons, of which markers and the
 * slot need some, and 1.5 MiB, of which keys that occur several times need some. Expectations may be more, since
 * many that lie near each other are one comparison; see standing/standing.ts.
 */
export const limits: StoreLimits = {
  keysPerCommit: 100,
  expectationsPerCommit: 2000,
  bytesPerCommit: 1024 * 1024,
}
