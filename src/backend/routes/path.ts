import type { Brand } from '../../base/brand.ts'
import { fail } from '../../base/errors.ts'

/** A path below `/v1/` that passed the rules of paths: decoded, canonical, no leading slash. */
export type RequestPath = Brand<string, 'RequestPath'>

/** The longest path below `/v1/`, in bytes of UTF-8. */
export const maxPathBytes = 2000

/** What Go's unicode.IsPrint takes: letters, marks, numbers, punctuation, symbols and the plain space. */
export const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u

/** Whether a segment is `.` or `..`, which in the path of a file would mean another folder. */
export const isDots = (segment: string) => segment === '.' || segment === '..'

/**
 * A path that came in a field, under the rules that hold for the path of a request: nothing in it is decoded, and
 * what is not canonical is refused. A slash at the end is kept.
 *
 * @throws invalid_path
 */
export function requestPath(text: string): RequestPath {
  if (Buffer.byteLength(text) > maxPathBytes) {
    fail('invalid_path', `the path is longer than ${maxPathBytes} bytes`)
  }
  if (!text.isWellFormed() || !printable.test(text)) {
    fail('invalid_path', 'a path may hold no unprintable characters')
  }
  const segments = (text.endsWith('/') ? text.slice(0, -1) : text).split('/')
  if (segments.includes('')) fail('invalid_path', 'a path may not begin with a slash or have empty segments')
  if (segments.some(isDots)) fail('invalid_path', 'relative paths not supported')
  // All rules that hold for a path have been applied.
  return text as RequestPath
}
