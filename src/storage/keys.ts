import { fail } from '../base/errors.ts'
import { maxKeyBytes, maxSegmentBytes, type StorageKey } from './store.ts'

/**
 * Checks a key that holds something from outside.
 *
 * @throws invalid_path when it is too long, has an empty segment or a NUL, or is no valid Unicode
 */
export function storageKey(text: string): StorageKey {
  // A UTF-16 unit takes at most three bytes of UTF-8, so short keys need no count.
  if (text.length * 3 > maxSegmentBytes) checkLengths(text)
  if (text === '' || text.startsWith('/') || text.endsWith('/') || text.includes('//')) {
    fail('invalid_path', 'a path may not have empty segments')
  }
  if (text.includes('\0')) fail('invalid_path', 'a path may not hold a NUL')
  // Half a surrogate pair has no UTF-8, and two such keys would become one.
  if (!text.isWellFormed()) fail('invalid_path', 'a path must be valid Unicode')
  return text as StorageKey
}

function checkLengths(text: string): void {
  if (Buffer.byteLength(text) > maxKeyBytes) {
    fail('invalid_path', `a path may have at most ${maxKeyBytes} bytes, with where it is mounted`)
  }
  if (text.split('/').some((segment) => Buffer.byteLength(segment) > maxSegmentBytes)) {
    fail('invalid_path', `a segment of a path may have at most ${maxSegmentBytes} bytes`)
  }
}

/** Order of UTF-8 bytes, which is the order of keys. */
export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Greater than every key: a segment holds at most 128 of the last character. */
export const beyondAll = '\u{10ffff}'.repeat(maxSegmentBytes / 4 + 1)

/** The first text behind all keys below a prefix; `0` follows `/` in ASCII. */
export function endOfPrefix(prefix: string): string {
  return prefix === '' ? beyondAll : `${prefix.slice(0, -1)}0`
}

/** The first text behind a key: keys hold no NUL. */
export function justBehind(key: string): string {
  return `${key}\0`
}

/** Where a list of `prefix` goes on behind the name `after`: at the first key that may give a greater name. */
export function startOfList(prefix: string, after: string | undefined): string {
  if (after === undefined || after === '') return prefix
  const slash = after.indexOf('/')
  return slash < 0 ? justBehind(prefix + after) : endOfPrefix(prefix + after.slice(0, slash + 1))
}

/** Where a scan of `prefix` goes on behind the key `after`. */
export function startOfScan(prefix: string, after: string | undefined): string {
  return after === undefined || compareKeys(after, prefix) < 0 ? prefix : justBehind(after)
}
