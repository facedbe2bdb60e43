import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { lstat, mkdir, open, opendir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ClientError } from '../error.ts'

/** Bounds of all files together. */
export const maxFiles = 1_000
export const maxBytes = 16 * 1024 * 1024
/** More than this in a folder is none of ours, and is not looked through. */
const maxEntries = 20_000

const ours = /^[0-9a-f]{24}(?:-[0-9a-f]{24}){2}$/
const draft = /^[0-9a-f]{24}(?:-[0-9a-f]{24}){2}\.[0-9a-f]{12}$/

/** Small files of one owner, by names of the form `<24 hex>-<24 hex>-<24 hex>`. */
export type Folder = {
  /**
   * The content of a file, undefined when there is none.
   *
   * @throws ClientError invalid_argument when it is not a plain file that only its owner reaches
   */
  read(name: string): Promise<Buffer | undefined>
  /** Replaces a file as a whole, and removes what is older than `maxAge` or beyond the bounds. */
  write(name: string, content: Buffer): Promise<void>
  /** Removes all files whose names begin so. */
  remove(prefix: string): Promise<void>
}

const refuse = (text: string): never => {
  throw new ClientError('invalid_argument', text)
}

const uid = (): number => process.getuid?.() ?? -1

/**
 * Opens a folder of the cache, and makes it (mode 0700) where it is missing.
 *
 * @param maxAge milliseconds
 * @throws ClientError invalid_argument when others could read or change what is in it
 */
export async function openFolder(path: string, maxAge: number): Promise<Folder> {
  const named = resolve(path)
  await mkdir(named, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') refuse(`the folder of the cache ${named} cannot be made (${error.code})`)
  })
  const folder = join(await realpath(dirname(named)), basename(named))
  await checkFolder(folder)

  const entries = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const entry of await opendir(folder)) {
      if (names.length >= maxEntries) break
      if (ours.test(entry.name) || draft.test(entry.name)) names.push(entry.name)
    }
    return names
  }
  const removeFile = (name: string) => rm(join(folder, name), { force: true })

  async function tidy(): Promise<void> {
    const files = await Promise.all(
      (await entries()).map(async (name) => ({
        name,
        stats: await lstat(join(folder, name)).catch(() => undefined),
      })),
    )
    const kept = files
      .flatMap(({ name, stats }) => (stats === undefined ? [] : [{ name, stats }]))
      .sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)
    let bytes = 0
    for (const [at, { name, stats }] of kept.entries()) {
      bytes += stats.size
      const age = Date.now() - stats.mtimeMs
      const isLeft = draft.test(name) && age > 60_000
      if (age > maxAge || at >= maxFiles || bytes > maxBytes || isLeft) await removeFile(name)
    }
  }

  return {
    read: (name) => readOwn(join(folder, name), maxBytes),
    async write(name, content) {
      await checkFolder(folder)
      const part = join(folder, `${name}.${randomBytes(6).toString('hex')}`)
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
      const file = await open(part, flags, 0o600)
      try {
        await file.chmod(0o600)
        await file.writeFile(content)
        await file.sync()
        await rename(part, join(folder, name))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      } finally {
        await file.close()
      }
      await tidy()
    },
    async remove(prefix) {
      for (const name of await entries()) if (name.startsWith(prefix)) await removeFile(name)
    },
  }
}

async function checkFolder(folder: string): Promise<void> {
  const stats = await lstat(folder)
  if (!stats.isDirectory()) refuse(`${folder} is not a folder; a cache takes no link and no file`)
  if (stats.uid !== uid()) refuse(`the folder of the cache ${folder} belongs to another user`)
  if ((stats.mode & 0o077) !== 0) {
    refuse(`the folder of the cache ${folder} can be reached by others; run: chmod 700 ${folder}`)
  }
  const parent = await lstat(dirname(folder))
  const isShared = (parent.mode & 0o022) !== 0 && (parent.mode & 0o1000) === 0
  if (isShared || (parent.uid !== uid() && parent.uid !== 0)) {
    refuse(
      `others could put another folder in the place of ${folder}: ${dirname(folder)} can be written by them`,
    )
  }
}

/**
 * A plain file of the owner alone (mode 0600 or less), undefined when there is none.
 *
 * @throws ClientError invalid_argument for anything else of that name
 */
export async function readOwn(path: string, limit: number): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    return refuse(error.code === 'ELOOP' ? `${path} is a link` : `${path} cannot be read (${error.code})`)
  })
  if (file === undefined) return undefined
  try {
    checkOwn(path, await file.stat(), limit)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function checkOwn(path: string, stats: Stats, limit: number): void {
  if (!stats.isFile() || stats.nlink > 1) refuse(`${path} is not a plain file`)
  if (stats.uid !== uid()) refuse(`${path} belongs to another user`)
  if ((stats.mode & 0o077) !== 0) refuse(`${path} can be reached by others; run: chmod 600 ${path}`)
  if (stats.size > limit) refuse(`${path} is too large`)
}
