import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../base/errors.ts'

const maxToken = 65_536

/** Where login keeps the token. Other Vault clients look there too. */
export const tokenFile = (home: string): string => join(home, '.vault-token')

export type StoredToken = { readonly token: string; readonly exposed: boolean }

/**
 * The stored token, and whether other users of the machine could read it; undefined when there is none.
 *
 * @throws invalid_config when the file cannot be read or is no token
 */
export async function readToken(home: string): Promise<StoredToken | undefined> {
  const path = tokenFile(home)
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      return fail('invalid_config', `${path} cannot be read (${error.code})`)
    },
  )
  if (file === undefined) return undefined
  try {
    const about = await file.stat()
    if (!about.isFile() || about.size > maxToken) fail('invalid_config', `${path} is not a token file`)
    const token = (await file.readFile('utf8')).trim()
    return token === '' ? undefined : { token, exposed: (about.mode & 0o077) !== 0 }
  } finally {
    await file.close()
  }
}

/**
 * Stores the token for the owner alone (mode 0600). The file is replaced as a whole: a reader sees the old
 * token or the new one, and what a symbolic link of that name points to is left alone.
 *
 * @throws invalid_config when that fails
 */
export async function writeToken(home: string, token: string): Promise<void> {
  const path = tokenFile(home)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const file = await open(draft, flags, 0o600)
    try {
      await file.chmod(0o600)
      await file.writeFile(token)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    const code = (error as NodeJS.ErrnoException).code // every failure here is the file system's
    fail('invalid_config', `the token could not be stored in ${path} (${code})`, { cause: error })
  }
}
