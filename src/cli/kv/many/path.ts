import { fail } from '../../../base/errors.ts'

/**
 * A path of a mount and a name, which needs no `data/` whatever the version of the engine.
 *
 * @throws invalid_request for an empty one
 */
export function namedPath(path: string): string {
  const full = path.replace(/^\/+/, '')
  return full === '' ? fail('invalid_request', 'the path is empty') : full
}
