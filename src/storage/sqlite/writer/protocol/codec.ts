import { fail } from '../../../../base/errors.ts'
import type { Commit, StorageKey, Version } from '../../../store.ts'

/**
 * Commits as bytes, for the way to the writer: to its thread, and over the socket from other processes.
 * Little-endian; text is UTF-8 behind its length.
 *
 *   commit = length u32 (of what follows) ‖ number f64 ‖ counts 4 × u16 ‖ expect* ‖ expectEmpty* ‖ put* ‖ delete*
 *   expect = key ‖ sequence f64          expectEmpty, delete = key
 *   put    = key ‖ length u32 ‖ value    key = length u16 ‖ text
 */
export type Change = {
  /** Counts the commits of one process. */
  readonly number: number
  readonly expect: readonly { readonly key: StorageKey; readonly sequence: number }[]
  readonly expectEmpty: readonly string[]
  readonly put: readonly { readonly key: StorageKey; readonly value: Uint8Array }[]
  readonly delete: readonly StorageKey[]
}

/** The sequence that an expectation names when there must be no such row. */
export const absent = -1

/** The same without bytes in between, for a writer in the same thread. */
export function changeOf(number: number, commit: Commit, sequenceOf: (version: Version) => number): Change {
  const { expect = [], expectEmpty = [], put = [], delete: gone = [] } = commit
  const expected = expect.map(({ key, version }) => ({
    key,
    sequence: version === null ? absent : sequenceOf(version),
  }))
  return { number, expect: expected, expectEmpty, put, delete: gone }
}

export type Encoder = {
  /** Bytes since {@link take}. */
  readonly length: number
  add(number: number, commit: Commit, sequenceOf: (version: Version) => number): void
  /** All that was added since the last time, in memory of its own. */
  take(): Uint8Array<ArrayBuffer>
}

const firstSize = 16 * 1024
const headLength = 4 + 8 + 8
/** Lengths of keys are held in two bytes; what is longer is no key. */
const maxTextBytes = 0xffff

export function createEncoder(): Encoder {
  let buffer = Buffer.allocUnsafeSlow(firstSize)
  let at = 0

  function reserve(bytes: number): void {
    if (at + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + bytes))
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }

  function text(value: string): void {
    const length = buffer.write(value, at + 2)
    buffer.writeUInt16LE(length, at)
    at += 2 + length
  }

  return {
    get length() {
      return at
    },
    add(number, commit, sequenceOf) {
      const { expect = [], expectEmpty = [], put = [], delete: gone = [] } = commit
      reserve(headLength + mostBytes(commit))
      const start = at
      at += 4
      at = buffer.writeDoubleLE(number, at)
      for (const list of [expect, expectEmpty, put, gone]) at = buffer.writeUInt16LE(list.length, at)
      for (const { key, version } of expect) {
        text(key)
        at = buffer.writeDoubleLE(version === null ? absent : sequenceOf(version), at)
      }
      for (const prefix of expectEmpty) text(prefix)
      for (const { key, value } of put) {
        text(key)
        at = buffer.writeUInt32LE(value.length, at)
        buffer.set(value, at)
        at += value.length
      }
      for (const key of gone) text(key)
      buffer.writeUInt32LE(at - start - 4, start)
    },
    take() {
      const taken = new Uint8Array(buffer.buffer, 0, at)
      buffer = Buffer.allocUnsafeSlow(firstSize)
      at = 0
      return taken
    },
  }
}

/** No commit needs more bytes than this beside its head. */
function mostBytes({ expect = [], expectEmpty = [], put = [], delete: gone = [] }: Commit): number {
  let sum = 0
  for (const { key } of expect) sum += textBytes(key) + 8
  for (const prefix of expectEmpty) sum += textBytes(prefix)
  for (const { key, value } of put) sum += textBytes(key) + 4 + value.length
  for (const key of gone) sum += textBytes(key)
  return sum
}

function textBytes(text: string): number {
  const most = text.length * 3
  if (most > maxTextBytes) fail('invalid_path', 'the path is too long')
  return 2 + most
}

/** One commit of a batch, still encoded. */
export type Encoded = { readonly number: number; readonly bytes: Uint8Array }

/** Takes a batch apart. Throws when it is cut off. */
export function split(batch: Uint8Array): Encoded[] {
  const view = Buffer.from(batch.buffer, batch.byteOffset, batch.length)
  const found: Encoded[] = []
  for (let at = 0; at < view.length; ) {
    const end = at + 4 + view.readUInt32LE(at)
    if (end > view.length) throw new RangeError('a batch of commits is cut off')
    found.push({ number: view.readDoubleLE(at + 4), bytes: view.subarray(at, end) })
    at = end
  }
  return found
}

/** Decodes one commit; its values are views of the bytes. Throws when it is cut off. */
export function decode({ bytes }: Encoded): Change {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const number = view.readDoubleLE(4)
  let at = headLength
  // The other side encoded what its type calls keys.
  const text = (): StorageKey => {
    const end = at + 2 + view.readUInt16LE(at)
    if (end > view.length) throw new RangeError('a commit is cut off')
    const value = view.toString('utf8', at + 2, end)
    at = end
    return value as StorageKey
  }
  const sequence = () => {
    at += 8
    return view.readDoubleLE(at - 8)
  }
  const value = () => {
    const start = at + 4
    at = start + view.readUInt32LE(at)
    if (at > view.length) throw new RangeError('a commit is cut off')
    return view.subarray(start, at)
  }
  const list = <T>(index: number, item: () => T): T[] =>
    Array.from({ length: view.readUInt16LE(12 + 2 * index) }, item)
  return {
    number,
    expect: list(0, () => ({ key: text(), sequence: sequence() })),
    expectEmpty: list(1, text),
    put: list(2, () => ({ key: text(), value: value() })),
    delete: list(3, text),
  }
}
