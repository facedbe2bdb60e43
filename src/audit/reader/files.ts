import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail } from '../../base/errors.ts'
import { processPath } from '../options.ts'

/** The log of one process of this machine. */
export type LogFile = {
  /** `''` for the first process. */
  readonly process: string
  readonly bytes: number
  /** When it was written last, milliseconds since 1970. */
  readonly modified: number
}

/** Processes whose logs are looked for. */
const maxProcesses = 64
/** Names of a folder that are looked at. */
const maxNames = 10_000

/**
 * The logs of a device on this machine: the file itself, and those of further processes beside it. Others, such as
 * those that were moved away, are not the device's.
 *
 * @param base the file of the first process
 */
export async function logsOf(base: string): Promise<LogFile[]> {
  const folder = dirname(base)
  const names = new Set((await readdir(folder).catch(() => [])).slice(0, maxNames))
  const found: LogFile[] = []
  for (let at = 0; at < maxProcesses; at++) {
    const process = at === 0 ? '' : String(at)
    const path = processPath(base, process)
    if (!names.has(basename(path))) continue
    const handle = await openLogFile(join(folder, basename(path))).catch(() => undefined)
    if (handle === undefined) continue
    try {
      const { size, mtimeMs } = await handle.stat()
      found.push({ process, bytes: size, modified: mtimeMs })
    } finally {
      await handle.close()
    }
  }
  return found
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const logBegin = '{"time":"'

/**
 * Opens a log for reading, under the rules by which it is written: no link, nothing but a regular file, no other
 * file than a log.
 *
 * @throws not_found when there is none; invalid_request when it is none
 */
export async function openLogFile(path: string): Promise<FileHandle> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) =>
    fail(error.code === 'ENOENT' ? 'not_found' : 'invalid_request', 'the log cannot be opened'),
  )
  try {
    const stats = await handle.stat()
    if (!stats.isFile() || stats.nlink > 1) fail('invalid_request', 'the log is no file of its own')
    const begin = Buffer.alloc(Math.min(stats.size, logBegin.length))
    if (begin.length > 0) await handle.read(begin, 0, begin.length, 0)
    if (!logBegin.startsWith(begin.toString('latin1'))) fail('invalid_request', 'the file is no audit log')
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}
