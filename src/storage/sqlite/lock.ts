import { DatabaseSync } from 'node:sqlite'
import { fail } from '../../base/errors.ts'

/**
 * Says which process writes to a store. Held through SQLite's own file locks, which the operating system
 * takes away when the process dies, however it dies.
 */
export type Lock = { release(): void }

/** @throws storage_locked when another process holds it */
export async function holdLock(path: string): Promise<Lock> {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    const code = (error as { errcode?: number }).errcode ?? 0
    if ((code & 0xff) === 5) {
      fail('storage_locked', 'the store is in use by another Coffer process; stop it first')
    }
    throw error
  }
  return { release: () => db.close() }
}
