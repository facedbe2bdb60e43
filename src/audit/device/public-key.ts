import { constants } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { fail } from '../../base/errors.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

/**
 * Leaves the public key beside a log, for whoever checks it. What is there already is never written over.
 *
 * @throws invalid_config when the file holds something else
 */
export async function leavePublicKey(path: string, pem: string): Promise<void> {
  try {
    await writeFile(path, pem, { flag: 'wx', mode: 0o644 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!(await holds(path, pem))) fail('invalid_config', `${path} holds something else`)
  }
}

async function holds(path: string, text: string): Promise<boolean> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = await file.stat()
    return stats.isFile() && stats.size === text.length && (await file.readFile('utf8')) === text
  } finally {
    await file.close()
  }
}
