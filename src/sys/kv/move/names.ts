import { fail } from '../../../base/errors.ts'
import type { KvPlace } from '../place.ts'
import { type Mover, secretPlace } from './mover.ts'

const pageSize = 500
/** Names that are passed over before a move is refused; a move must not read a whole mount to find nothing. */
const mostPassedOver = 50_000

/**
 * The secrets below a folder that the caller may do something with; others are as if they were not there.
 *
 * @param folder behind the mount; empty, or ending in `/`
 * @returns paths behind the folder
 * @throws invalid_request when too many are passed over
 */
export async function* namesBelow(mover: Mover, place: KvPlace, folder: string): AsyncGenerator<string> {
  const { acl } = mover.caller
  const { read, list, remove } = place.secrets.paths
  const parts = [read, list, remove]
  const mayReach = (path: string) => parts.some((part) => acl.mayReach(place.point + part(path)))
  if (!mayReach(folder)) return
  let passedOver = 0
  async function* below(inner: string): AsyncGenerator<string> {
    for (let after: string | undefined; ; ) {
      const { names, more } = await place.secrets.list(secretPlace(mover, place), folder + inner, {
        after,
        limit: pageSize,
      })
      for (const name of names) {
        if (!mayReach(folder + inner + name)) {
          if (++passedOver > mostPassedOver) {
            fail(
              'invalid_request',
              'the folder holds too many names that are not yours: name a folder below it',
            )
          }
          continue
        }
        if (name.endsWith('/')) yield* below(inner + name)
        else yield inner + name
      }
      after = names.at(-1)
      if (!more) return
    }
  }
  yield* below('')
}
