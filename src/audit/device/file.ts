import {
  close as closeFile,
  constants,
  fchmod,
  fdatasync,
  fstat,
  fstatSync,
  open as openFile,
  read as readFile,
  type Stats,
  write as writeFile,
  writeSync,
} from 'node:fs'
import { mkdir, realpath, statfs } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { fail } from '../../base/errors.ts'
import type { TailSource } from '../chain/tail.ts'
import { existingPart } from './place.ts'

const open = promisify(openFile)
const close = promisify(closeFile)
const stat = promisify(fstat)
const chmod = promisify(fchmod)
const read = promisify(readFile)
const write = promisify(writeFile)
const sync = promisify(fdatasync)

/** Where lines go. One write at a time. */
export type Sink = {
  /** Writes all of it; without a promise when it is done already. */
  write(bytes: Uint8Array): void | Promise<void>
  /** Brings what was written to the disk. */
  sync(): Promise<void>
  /** Whether what was written is in a file that has no name any more. Asked after each write. */
  isRemoved(): boolean | Promise<boolean>
  /** What became of the file meanwhile: removed, or written or cut by somebody else. */
  check(): 'fine' | 'removed' | 'foreign' | Promise<'fine' | 'removed' | 'foreign'>
  /** The end of the file when it was opened; undefined for what cannot be read. */
  readonly tail: TailSource | undefined
  /** Names the file itself, whatever its path. */
  readonly identity: string
  close(): Promise<void>
}

export type FileRules = {
  readonly path: string
  /** Undefined leaves the mode of an existing file alone. */
  readonly mode: number | undefined
  /** Folders in which no log may lie, such as the data folder. */
  readonly forbidden: readonly string[]
}

/**
 * File systems whose writes end in this machine's memory. Everything else (NFS, FUSE, …) may hang for as
 * long as a server somewhere likes.
 */
const localFileSystems = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
])

/** A synchronous write that took longer than this many milliseconds … */
const slow = 50
/** … sends the writes of the next so many milliseconds through the thread pool. */
const slowFor = 10_000

/**
 * Opens a log for appending, and creates it and its folder where missing.
 *
 * Writes to a local file system are synchronous: for two lines in turn that takes 8 µs, 70 µs through the
 * thread pool and 116 µs through a writer thread; at 32 requests at a time 42, 154 and 190 µs, at 256 it is
 * 265, 401 and 491 µs. Such a write ends in the page cache; when the disk cannot follow it becomes slow, and
 * the pool takes over for a while so that other work goes on. On any other file system every write goes
 * through the pool, where it may hang without holding up the server.
 *
 * @param monotonic milliseconds
 * @throws invalid_request when the path may not or cannot be used; the error of the file system otherwise
 */
export async function openLog(rules: FileRules, monotonic = () => performance.now()): Promise<Sink> {
  const { path, mode } = rules
  await checkPlace(rules)
  const flags =
    constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const fd = await open(path, flags, mode ?? 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP') fail('invalid_request', `${path} is a symbolic link: name the file itself`)
    if (error.code === 'EISDIR') fail('invalid_request', `${path} is a folder: file_path must name a file`)
    throw error
  })
  try {
    const stats = await stat(fd)
    if (!stats.isFile()) fail('invalid_request', `${path} is no regular file`)
    if (stats.nlink > 1) fail('invalid_request', `${path} has other names (hard links)`)
    await checkContent(fd, path, stats)
    if (mode !== undefined && (stats.mode & 0o777) !== mode) await chmod(fd, mode)
    const local = localFileSystems.has((await statfs(path)).type)
    return fileSink(fd, stats, local, monotonic)
  } catch (error) {
    await close(fd)
    throw error
  }
}

/** Makes the folder, and refuses one that lies, by whatever way, in a forbidden one. */
async function checkPlace({ path, forbidden }: FileRules): Promise<void> {
  const folder = dirname(path)
  await keepOutside(path, forbidden)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await refuseInside(join(await realpath(folder), basename(path)), path, forbidden)
}

/**
 * Refuses a log that would lie in one of these folders, by whatever links, whether or not it is there already.
 *
 * @throws invalid_request
 */
export async function keepOutside(path: string, forbidden: readonly string[]): Promise<void> {
  await refuseInside(await existingPart(dirname(path)), path, forbidden)
}

async function refuseInside(real: string, path: string, forbidden: readonly string[]): Promise<void> {
  for (const folder of forbidden) {
    const inside = await realpath(folder).catch(() => folder)
    if (real === inside || real.startsWith(inside + sep)) {
      fail('invalid_request', `${path} lies in ${folder}, where the server keeps its data`)
    }
  }
}

const logBegin = '{"time":"'

/** Whoever may enable a device must not be able to write into any file of this machine. */
async function checkContent(fd: number, path: string, { size }: Stats): Promise<void> {
  const begin = Buffer.alloc(Math.min(size, logBegin.length))
  if (begin.length > 0) await read(fd, begin, 0, begin.length, 0)
  if (!logBegin.startsWith(begin.toString('latin1'))) {
    fail('invalid_request', `${path} exists and is no audit log`)
  }
}

function fileSink(fd: number, stats: Stats, local: boolean, monotonic: () => number): Sink {
  let size = stats.size
  let slowUntil = 0
  /** What the thread pool still does with the file. */
  const underWay = new Set<Promise<unknown>>()
  let isClosed = false

  async function tracked<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    try {
      return await work
    } finally {
      underWay.delete(work)
    }
  }

  function writeNow(bytes: Uint8Array): void {
    const begin = monotonic()
    for (let done = 0; done < bytes.length; ) {
      const written = writeSync(fd, bytes, done, bytes.length - done)
      if (written === 0) fail('storage_failed', 'the file takes no more')
      done += written
      size += written
    }
    const end = monotonic()
    if (end - begin > slow) slowUntil = end + slowFor
  }

  async function writeLater(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await write(fd, bytes, done, bytes.length - done, null)
      if (bytesWritten === 0) fail('storage_failed', 'the file takes no more')
      done += bytesWritten
      size += bytesWritten
    }
  }

  const judge = (now: Stats) => (hasNoName(now) ? 'removed' : now.size === size ? 'fine' : 'foreign')

  return {
    write: (bytes) => (local && monotonic() >= slowUntil ? writeNow(bytes) : tracked(writeLater(bytes))),
    sync: async () => {
      if (!isClosed) await tracked(sync(fd))
    },
    isRemoved: () => (local ? hasNoName(fstatSync(fd)) : tracked(stat(fd)).then(hasNoName)),
    check: () => (local ? judge(fstatSync(fd)) : tracked(stat(fd)).then(judge)),
    tail: { size, read: (from) => readFrom(fd, from, stats.size) },
    identity: `${stats.dev}:${stats.ino}`,
    async close() {
      isClosed = true
      // A number that is given back too early may already name another file when a late write comes.
      await Promise.allSettled(underWay)
      await close(fd)
    },
  }
}

const hasNoName = ({ nlink }: Stats): boolean => nlink === 0

async function readFrom(fd: number, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await read(fd, bytes, done, bytes.length - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** How long to wait before asking a full pipe again, milliseconds. */
const pipeWait = 5

/** Standard output. Always through the thread pool: whoever reads it may stop reading. */
export function openStdout(fd = 1): Sink {
  let closed = false
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        if (closed) fail('storage_failed', 'standard output was not read')
        try {
          done += (await write(fd, bytes, done, bytes.length - done, null)).bytesWritten
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
          await new Promise((resolve) => setTimeout(resolve, pipeWait))
        }
      }
    },
    sync: async () => {},
    isRemoved: () => false,
    check: () => 'fine',
    tail: undefined,
    identity: `fd:${fd}`,
    close: async () => {
      closed = true
    },
  }
}
