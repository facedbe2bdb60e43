import { closeSync, openSync, readSync } from 'node:fs'
import { fail } from '../../../../base/errors.ts'

/**
 * Looks for damage in the write-ahead log (sqlite.org/fileformat2.html §4) that SQLite takes for its end: what
 * lies behind the first frame whose checksum is wrong is silently dropped. That is right for a transaction that
 * a loss of power cut off, whose commit nobody was told of. Each transaction is on the disk before the next
 * begins, so a whole one behind it proves that it was not cut off but damaged.
 *
 * The last transaction in the log has none behind it; its damage reads as having been cut off.
 *
 * @param path of the log
 * @throws corrupt when commits would be lost
 */
export function checkLog(path: string): void {
  const file = openIfThere(path)
  if (file === undefined) return
  try {
    const header = readHeader(file)
    if (header !== undefined && losesCommits(frames(file, header), header.sum)) damaged()
  } finally {
    closeSync(file)
  }
}

const headerBytes = 32
const frameHeaderBytes = 24
const magic = 0x377f0682
/** Bytes that are read together, about. */
const readBytes = 1024 * 1024

type Sum = readonly [number, number]
type Header = {
  readonly littleEndian: boolean
  readonly pageBytes: number
  /** Bytes that mark the frames of this round of the log. */
  readonly salts: Buffer
  readonly sum: Sum
}
type Frame = {
  /** Whether it is of this round of the log. */
  readonly current: boolean
  readonly commits: boolean
  /** What its own header says that the sum is up to here. */
  readonly stored: Sum
  /** The sum up to here if it is `before` before it. */
  sumAfter(before: Sum): Sum
}

function readHeader(file: number): Header | undefined {
  const bytes = Buffer.alloc(headerBytes)
  const length = readSync(file, bytes, 0, headerBytes, 0)
  // Made, and never written.
  if (length < headerBytes || bytes.every((byte) => byte === 0)) return undefined
  const littleEndian = bytes.readUInt32BE(0) === magic
  const sum = sumOf([0, 0], bytes.subarray(0, 24), littleEndian)
  const pageBytes = bytes.readUInt32BE(8)
  if ((bytes.readUInt32BE(0) | 1) !== (magic | 1) || !isSame(sum, sumAt(bytes, 24))) damaged()
  return { littleEndian, pageBytes, salts: bytes.subarray(16, 24), sum }
}

function* frames(file: number, { littleEndian, pageBytes, salts }: Header): Generator<Frame> {
  const size = frameHeaderBytes + pageBytes
  const chunk = Buffer.allocUnsafe(size * Math.ceil(readBytes / size))
  for (let at = headerBytes; ; at += chunk.length) {
    const length = readSync(file, chunk, 0, chunk.length, at)
    for (let start = 0; start + size <= length; start += size) {
      const frame = chunk.subarray(start, start + size)
      yield {
        current: frame.compare(salts, 0, 8, 8, 16) === 0,
        commits: frame.readUInt32BE(4) !== 0,
        stored: sumAt(frame, 16),
        sumAfter: (before) =>
          sumOf(
            sumOf(before, frame.subarray(0, 8), littleEndian),
            frame.subarray(frameHeaderBytes),
            littleEndian,
          ),
      }
    }
    if (length < chunk.length) return
  }
}

function losesCommits(all: Iterable<Frame>, first: Sum): boolean {
  let before = first
  let sound = true
  /** Whether the transaction of the first bad frame is over. */
  let over = false
  for (const frame of all) {
    const fits = frame.current && isSame(frame.sumAfter(before), frame.stored)
    if (fits && over && frame.commits) return true
    if (!fits) sound = false
    if (!sound && frame.commits) over = true
    before = frame.stored
  }
  return false
}

/** The checksum of §4.2, over pairs of words. */
function sumOf([first, second]: Sum, bytes: Buffer, littleEndian: boolean): Sum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let a = first
  let b = second
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + view.getUint32(at, littleEndian) + b) >>> 0
    b = (b + view.getUint32(at + 4, littleEndian) + a) >>> 0
  }
  return [a, b]
}

const sumAt = (bytes: Buffer, at: number): Sum => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)]
const isSame = (a: Sum, b: Sum): boolean => a[0] === b[0] && a[1] === b[1]

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

function damaged(): never {
  fail('corrupt', 'the write-ahead log of the store is damaged; restore the store from a backup')
}
