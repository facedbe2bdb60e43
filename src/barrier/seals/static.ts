import type { KeyObject } from 'node:crypto'
import type { Stats } from 'node:fs'
import { constants, type FileHandle, mkdir, open, readdir, realpath, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fail, isFailure } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import { keyBytes, takeSecret } from '../keyring/keyring.ts'
import { type AutoSeal, unwrapRoot, wrapRoot } from './seal.ts'

export type StaticSealOptions = {
  /** Where the key files lie, one for each cluster. Made with mode 0700 when it does not exist. */
  readonly folder: string
  /** Where the data lies: the key must not lie there too, or whoever copies the one has the other. */
  readonly dataFolder?: string | undefined
  readonly random: Random
}

const keyName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.key$/

/**
 * A seal that opens by itself with a key of 32 bytes in the file `<cluster id>.key` of mode 0600. There is
 * no copy of it: without the file the data is lost.
 */
export function staticSeal({ folder, dataFolder, random }: StaticSealOptions): AutoSeal {
  const pathOf = (clusterId: string) => join(resolve(folder), `${clusterId}.key`)

  async function readKey(clusterId: string): Promise<KeyObject> {
    await keepApart(folder, dataFolder)
    const others = await otherClusters(resolve(folder), clusterId)
    return readKeyFile(pathOf(clusterId), others)
  }

  return {
    kind: 'auto',
    type: 'static',
    async prepare(clusterId) {
      const path = pathOf(clusterId)
      await keepApart(folder, dataFolder)
      const key = random.bytes(keyBytes)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeKeyFile(path, key)
      } catch (error) {
        fail('invalid_config', `the seal key ${path} cannot be written (${codeOf(error)})`)
      } finally {
        key.fill(0)
      }
      return { undo: () => unlink(path) }
    },
    wrap: async (clusterId, root, binding) => wrapRoot(await readKey(clusterId), root, binding),
    async unwrap(clusterId, wrapped, binding) {
      const key = await readKey(clusterId)
      try {
        return unwrapRoot(key, wrapped, binding)
      } catch (error) {
        if (!isFailure(error, 'corrupt')) throw error
        const path = pathOf(clusterId)
        fail('corrupt', `the seal key ${path} does not open this store: it is not that of its cluster`)
      }
    },
  }
}

/**
 * Refuses a key that whoever copies the data would copy along, by whatever links.
 *
 * @throws invalid_config
 */
export async function keepApart(folder: string, dataFolder: string | undefined): Promise<void> {
  if (dataFolder === undefined) return
  const [keys, data] = await Promise.all([realPath(folder), realPath(dataFolder)])
  const [first] = relative(data, keys).split(sep)
  if (first !== '..') {
    fail(
      'invalid_config',
      `the seal key must lie outside of the data folder, and ${folder} is inside ${dataFolder}`,
    )
  }
}

/** The path without symbolic links, also when its last parts do not exist yet. */
async function realPath(path: string): Promise<string> {
  const whole = resolve(path)
  try {
    return await realpath(whole)
  } catch (error) {
    const parent = dirname(whole)
    if (codeOf(error) !== 'ENOENT' || parent === whole) throw error
    return join(await realPath(parent), whole.slice(parent.length))
  }
}

async function writeKeyFile(path: string, key: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(key)
    await file.sync()
  } finally {
    await file.close()
  }
  // The file's name must be on disk before the data that cannot be opened without it.
  const parent = await open(dirname(path), constants.O_RDONLY)
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}

async function readKeyFile(path: string, others: readonly string[]): Promise<KeyObject> {
  const file = await openKeyFile(path, others)
  try {
    checkKeyFile(path, await file.stat())
    // One byte more than a key, so that a file that grew shows.
    const bytes = Buffer.alloc(keyBytes + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    if (bytesRead !== keyBytes) fail('invalid_config', `the seal key ${path} is not ${keyBytes} bytes long`)
    return takeSecret(bytes.subarray(0, keyBytes))
  } finally {
    await file.close()
  }
}

/** The clusters that a folder has keys of, if it has none of this one. */
async function otherClusters(folder: string, clusterId: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const found = names.filter((name) => keyName.test(name)).map((name) => name.slice(0, -'.key'.length))
  return found.includes(clusterId) ? [] : found.sort()
}

async function openKeyFile(path: string, others: readonly string[]): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const [other] = others
    const reason =
      codeOf(error) !== 'ENOENT'
        ? `cannot be read (${codeOf(error)})`
        : other === undefined
          ? 'is missing: put it back from your backup, since the data cannot be opened without it'
          : `is missing, and there is that of the cluster ${other}: this store is another cluster’s, so look at what ` +
            'the storage block names; if it is the right one, put its key back'
    fail('invalid_config', `the seal key ${path} ${reason}`)
  }
}

function checkKeyFile(path: string, { mode, uid, size }: Stats): void {
  const refuse = (reason: string) => fail('invalid_config', `the seal key ${path} ${reason}`)
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) refuse('is not a regular file')
  if ((mode & 0o077) !== 0) refuse(`may be read by others: chmod 600 ${path}`)
  if (uid !== 0 && uid !== process.getuid?.()) refuse('belongs to somebody else')
  if (size !== keyBytes) refuse(`is not ${keyBytes} bytes long`)
}

/** `ENOENT`, `EACCES` … */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}
