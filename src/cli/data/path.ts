import { fail } from '../../base/errors.ts'

/**
 * A path as written by hand, without slashes around it.
 *
 * @throws invalid_request when nothing is left
 */
export function trimPath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? fail('invalid_request', 'the path is empty') : trimmed
}
