import { randomBytes } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { fail } from '../../base/errors.ts'

/**
 * Replaces the content of a file as a whole; its mode stays.
 *
 * @throws invalid_request when that fails; the file is then as it was
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const target = await realpath(path)
    const { mode } = await stat(target)
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.chmod(mode & 0o777)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    const code = (error as NodeJS.ErrnoException).code // every failure here is the file system's
    fail('invalid_request', `the file ${path} cannot be written (${code})`, { cause: error })
  }
}
