import { closeSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes the folder (0700) and the files (0600) of a store where they are missing. SQLite gives its log the
 * mode of the file. Never opens a file that is there: closing it would drop the locks that SQLite holds on it
 * in this process (fcntl(2)).
 *
 * @returns the path without links: whichever of them lead to the file, its lock must be one
 */
export function prepareFiles(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  createPrivately(path)
  const real = realpathSync(path)
  createPrivately(lockPath(real))
  return real
}

export const lockPath = (path: string) => `${path}.lock`
export const logPath = (path: string) => `${path}-wal`

/** @returns false when there is such a file */
export function createPrivately(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', 0o600))
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false
    throw error
  }
}
