import { rmSync, writeFileSync } from 'node:fs'
import { fail } from '../../base/errors.ts'

/**
 * Leaves the number of this process in a file, for whoever sends it signals.
 *
 * @returns removes it
 * @throws invalid_config when it cannot be written
 */
export function leavePidFile(path: string): () => void {
  try {
    writeFileSync(path, `${process.pid}\n`)
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    fail('invalid_config', `pid_file: cannot write ${path} (${code})`)
  }
  return () => rmSync(path, { force: true })
}
