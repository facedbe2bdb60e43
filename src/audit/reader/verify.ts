import type { KeyObject } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { type Verification, verifyStreams } from '../chain/verify.ts'
import type { Head } from '../check/checker.ts'

export type FileVerification = Verification & {
  /** Where the checking began; 0 for the whole file. */
  readonly from: number
  readonly bytes: number
}

type Parts = {
  readonly name: string
  readonly publicKey: KeyObject
  readonly macKey: KeyObject
  readonly readHead: () => Promise<Head | undefined>
  /** Bytes at the end of the file that are checked at most. */
  readonly most: number
}

const chunkBytes = 1024 * 1024
/** A new file of the log has its head in storage a moment later. */
const attempts = 3

/**
 * Checks the end of a log that is being written: that it holds together, and that it reaches the head that storage
 * knows. What is written meanwhile is left out.
 */
export async function verifyFile(handle: FileHandle, parts: Parts): Promise<FileVerification> {
  for (let attempt = 1; ; attempt++) {
    // The head first: what storage knows is in the file by then.
    const head = await parts.readHead()
    const result = await verifyUpTo(handle, head, parts)
    const isCut = result.findings.some(({ kind }) => kind === 'cut_off')
    if (!isCut || attempt === attempts) return result
    const now = await parts.readHead()
    if (now?.hash === head?.hash) return result
  }
}

async function verifyUpTo(
  handle: FileHandle,
  head: Head | undefined,
  { name, publicKey, macKey, most }: Parts,
): Promise<FileVerification> {
  const end = await endOfLines(handle, (await handle.stat()).size)
  const from = end > most ? await beginOfLine(handle, end - most, end) : 0
  const source = { name, open: () => bytesOf(handle, from, end) }
  const result = await verifyStreams([source], { publicKey, macKey, head, isPart: from > 0 })
  return { ...result, from, bytes: end - from }
}

async function* bytesOf(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - at))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}

/** Behind the last line feed. */
async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  for (let to = size; to > 0; ) {
    const from = Math.max(0, to - chunkBytes)
    const chunk = Buffer.alloc(to - from)
    await handle.read(chunk, 0, chunk.length, from)
    const feed = chunk.lastIndexOf(0x0a)
    if (feed >= 0) return from + feed + 1
    to = from
  }
  return 0
}

/** Behind the first line feed from `at` on. */
async function beginOfLine(handle: FileHandle, at: number, end: number): Promise<number> {
  for (let from = at; from < end; from += chunkBytes) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, end - from))
    await handle.read(chunk, 0, chunk.length, from)
    const feed = chunk.indexOf(0x0a)
    if (feed >= 0) return from + feed + 1
  }
  return end
}
