import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { ClientError } from '../error.ts'
import { readOwn } from './folder.ts'

const fewest = 32
const most = 4096

/**
 * The secret in a key file, which is made with 32 random bytes where there is none.
 *
 * @throws ClientError invalid_argument when others could read it or it is too short
 */
export async function readKeyFile(path: string): Promise<Buffer> {
  const found = (await readOwn(path, most)) ?? (await makeKeyFile(path))
  if (found.length < fewest) {
    throw new ClientError('invalid_argument', `the key file ${path} has less than ${fewest} bytes`)
  }
  return found
}

async function makeKeyFile(path: string): Promise<Buffer> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const key = Buffer.from(randomBytes(32).toString('base64url'))
  const cannot = (error: NodeJS.ErrnoException) =>
    new ClientError('invalid_argument', `the key file ${path} cannot be made (${error.code})`)
  const file = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw cannot(error)
  })
  try {
    await file.writeFile(key)
    await file.sync()
  } finally {
    await file.close()
  }
  return key
}
