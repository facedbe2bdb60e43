import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { fail, isFailure } from '../../base/errors.ts'

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants
/** More than any number has. */
const longest = 32

/**
 * Leaves the number of this process in a file, for whoever sends it signals. A link is not followed, and a file that
 * holds anything but such a number is left alone.
 *
 * @returns removes it, unless it holds the number of another process by then
 * @throws invalid_config when it cannot be written
 */
export function leavePidFile(path: string): () => void {
  try {
    withFile(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, (file) => {
      const state = fstatSync(file)
      const isFree = state.isFile() && state.nlink === 1 && state.size <= longest
      if (!isFree || !/^\d*\s*$/.test(contentOf(file))) {
        fail('invalid_config', `pid_file: ${path} holds something else than the number of a process`)
      }
      ftruncateSync(file)
      writeSync(file, `${process.pid}\n`, 0)
    })
  } catch (error) {
    if (isFailure(error)) throw error
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    const why = code === 'ELOOP' ? 'it is a symbolic link' : code
    fail('invalid_config', `pid_file: cannot write ${path} (${why})`)
  }
  return () => {
    if (isOurs(path)) rmSync(path, { force: true })
  }
}

function isOurs(path: string): boolean {
  try {
    return withFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, contentOf).trim() === `${process.pid}`
  } catch {
    return false
  }
}

function withFile<T>(path: string, flags: number, use: (file: number) => T): T {
  const file = openSync(path, flags, 0o644)
  try {
    return use(file)
  } finally {
    closeSync(file)
  }
}

function contentOf(file: number): string {
  const bytes = Buffer.alloc(longest)
  return bytes.toString('latin1', 0, readSync(file, bytes, 0, longest, 0))
}
