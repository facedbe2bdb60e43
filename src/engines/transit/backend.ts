import { availableParallelism } from 'node:os'
import type { Backend } from '../../backend/backend.ts'
import { backupRoutes } from './routes/backup.ts'
import { certificateRoutes } from './routes/certificates.ts'
import { configRoutes } from './routes/config.ts'
import { deriveKeyRoutes } from './routes/derive-key.ts'
import { encryptionRoutes } from './routes/encryption.ts'
import { exportRoutes } from './routes/export.ts'
import { importRoutes } from './routes/import.ts'
import { keyRoutes } from './routes/keys.ts'
import { signingRoutes } from './routes/signing.ts'
import { toolRoutes } from './routes/tools.ts'
import { createPool } from './threads/pool.ts'

/** Large batches that may wait for a thread. */
const maxWaiting = 64

/**
 * Cryptography as a service: named keys that never leave, and what is done with them. Rows: `key/<name>`, a key with
 * all its versions; `wrapping-key`; `config`.
 */
export function transit(): Backend {
  const pool = createPool(Math.max(1, Math.min(4, availableParallelism() - 1)), maxWaiting)
  return {
    type: 'transit',
    kind: 'secret',
    routes: [
      ...keyRoutes,
      ...encryptionRoutes(pool),
      ...signingRoutes(pool),
      ...exportRoutes,
      ...importRoutes,
      ...backupRoutes,
      ...deriveKeyRoutes,
      ...certificateRoutes,
      ...toolRoutes,
      ...configRoutes,
    ],
  }
}
