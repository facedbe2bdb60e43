import { fail } from '../base/errors.ts'
import { maxKeyBytes, maxSegmentBytes, type StorageKey } from './store.ts'

/**
 * Checks a key that holds something from outside.
 *
 * @throws invalid_path when it is too long, or has an empty segment or a NUL
 */
export function storageKey(text: string): StorageKey {
  // A character takes at most three bytes a UTF-16 unit, so short keys need no count.
  if (text.length * 3 > maxSegmentBytes) checkLengths(text)
  if (
    text === '' ||
    text.startsWith('/') ||
    text.endsWith('/') ||
    text.includes('//') ||
    text.includes('\0')
  ) {
    fail('invalid_path', 'a path may not have empty segments')
  }
  return text as StorageKey
}

function checkLengths(text: string): void {
  if (Buffer.byteLength(text) > maxKeyBytes) fail('invalid_path', 'the path is too long')
  if (text.split('/').some((segment) => Buffer.byteLength(segment) > maxSegmentBytes)) {
    fail('invalid_path', `a segment of a path may have at most ${maxSegmentBytes} bytes`)
  }
}

/** Order of UTF-8 bytes, which is the order of keys. */
export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** The first key behind everything below a prefix; `0` follows `/` in ASCII. */
export function endOfPrefix(prefix: string): string {
  return prefix === '' ? '\u{10ffff}' : `${prefix.slice(0, -1)}0`
}
