const firstSize = 64 * 1024
/** A buffer of no more than this is kept whatever is written. */
const keptSize = 1024 * 1024
/**
 * A larger one is given back after so many writes in a row that filled less than a quarter of it: to make it anew for
 * each write of many long lines keeps the garbage collector busy.
 */
const shortWrites = 100

/** The bytes of one write, in a buffer that is used again for the next. */
export type Lines = {
  /** Empties it. What {@link written} gave is overwritten from now on. */
  clear(): void
  add(text: string): void
  /** How many bytes it holds. */
  readonly length: number
  /** Bytes from `from` to the end; overwritten by the next write. */
  written(from?: number): Buffer
}

export function createLines(): Lines {
  let buffer = Buffer.allocUnsafeSlow(firstSize)
  let length = 0
  let short = 0

  function makeRoom(bytes: number): void {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(length + bytes, buffer.length * 2))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }

  return {
    clear() {
      short = length < buffer.length / 4 ? short + 1 : 0
      length = 0
      if (buffer.length <= keptSize || short < shortWrites) return
      buffer = Buffer.allocUnsafeSlow(firstSize)
      short = 0
    },
    add(text) {
      // No UTF-16 unit takes more than three bytes of UTF-8.
      makeRoom(text.length * 3)
      length += buffer.write(text, length)
    },
    get length() {
      return length
    },
    written: (from = 0) => buffer.subarray(from, length),
  }
}
