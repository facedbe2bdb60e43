import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fail } from '../../base/errors.ts'

/**
 * Makes a file for the owner alone (mode 0600) before `work` begins, and fills it with the text that `work`
 * answers. The file is gone again when `work` fails; nothing that was there before is ever touched.
 *
 * @param keep gets the text when it cannot be written after all, for example on a full disk
 * @throws invalid_request when there is something of that name already or the file cannot be made or written
 */
export async function fillNewFile(
  path: string,
  work: () => Promise<string>,
  keep: (text: string) => void,
): Promise<void> {
  const file = await openNew(path)
  try {
    const text = await work().catch(async (error: unknown) => {
      await rm(path, { force: true }).catch(() => undefined)
      throw error
    })
    try {
      await file.writeFile(text)
      await file.sync()
      await syncFolder(dirname(path))
    } catch (error) {
      keep(text)
      refuse('cannot be written', path, error)
    }
  } finally {
    await file.close()
  }
}

async function openNew(path: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = await open(path, flags, 0o600).catch((error: NodeJS.ErrnoException) =>
    error.code === 'EEXIST'
      ? fail('invalid_request', `there is a file ${path} already; it is not written over`)
      : refuse('cannot be made', path, error),
  )
  await file.chmod(0o600)
  return file
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  await folder.sync().finally(() => folder.close())
}

function refuse(what: string, path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code // every failure here is the file system's
  return fail('invalid_request', `the file ${path} ${what} (${code})`, { cause: error })
}
