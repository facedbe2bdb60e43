import type { FileHandle } from 'node:fs/promises'

/** A line by where it begins; without its bytes where it is longer than is looked at. */
export type LineAt = { readonly offset: number; readonly size: number; readonly bytes: Buffer | undefined }

const chunkBytes = 256 * 1024
/** Bytes of the longest line that is looked at. */
export const maxLineBytes = 1024 * 1024

/**
 * The lines of a file from its end to its beginning.
 *
 * @param end where to begin; what stands between the last line feed before it and itself is no line yet
 */
export async function* linesBack(handle: FileHandle, end: number): AsyncGenerator<LineAt> {
  let pieces: Buffer[] = []
  let length = 0
  let isPartial = true
  const take = (offset: number): LineAt => {
    const bytes = length > maxLineBytes ? undefined : Buffer.concat(pieces)
    const line = { offset, size: length, bytes }
    pieces = []
    length = 0
    return line
  }
  const add = (piece: Buffer) => {
    length += piece.length
    if (length > maxLineBytes) pieces = []
    else pieces.unshift(piece)
  }
  for (let to = end; to > 0; ) {
    const from = Math.max(0, to - chunkBytes)
    const chunk = Buffer.allocUnsafe(to - from)
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, from)
    // Somebody cut the file meanwhile.
    if (bytesRead < chunk.length) return
    let stop = chunk.length
    for (
      let feed = chunk.lastIndexOf(0x0a);
      feed >= 0;
      feed = feed === 0 ? -1 : chunk.lastIndexOf(0x0a, feed - 1)
    ) {
      add(chunk.subarray(feed + 1, stop))
      const line = take(from + feed + 1)
      if (!isPartial) yield line
      isPartial = false
      stop = feed
    }
    add(chunk.subarray(0, stop))
    to = from
  }
  if (!isPartial) yield take(0)
}
