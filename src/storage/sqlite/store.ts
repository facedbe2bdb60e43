import { systemClock } from '../../base/clock.ts'
import { openFile } from './file-store.ts'
import type { SqliteOptions, SqliteStore } from './handle.ts'
import { openMemory } from './memory/memory-store.ts'

export type { SqliteOptions, SqliteStore } from './handle.ts'

const defaultLogLimit = 256 * 1024 * 1024
const defaultPatience = 10_000

/**
 * Opens a store on one SQLite file. Any number of processes may have it open: one of them writes for all, and
 * another takes over when it ends, however it ends.
 *
 * @throws storage_format when the file is of a newer format or not ours; storage_locked when another program
 * holds it; storage_failed or corrupt when it cannot be used
 */
export function openSqlite(options: SqliteOptions): Promise<SqliteStore> {
  const {
    path,
    clock = systemClock(),
    logLimit = defaultLogLimit,
    patience = defaultPatience,
    maxPages,
  } = options
  return path === ':memory:' ? openMemory() : openFile(path, { clock, logLimit, patience, maxPages })
}
