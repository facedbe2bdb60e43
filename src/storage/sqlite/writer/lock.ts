import { DatabaseSync } from 'node:sqlite'

/**
 * Says which process writes to a store. Held through SQLite's own file locks, which the operating system
 * takes away when the process dies, however it dies.
 */
export type Lock = { release(): void }

/** @returns undefined when another process holds it */
export function tryLock(path: string): Lock | undefined {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
    return { release: () => db.close() }
  } catch (error) {
    db.close()
    const { errcode } = error as { errcode?: unknown }
    if (typeof errcode === 'number' && (errcode & 0xff) === 5) return undefined
    throw error
  }
}
