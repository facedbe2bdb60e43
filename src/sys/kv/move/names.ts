import type { KvPlace } from '../place.ts'
import { type Mover, secretPlace } from './mover.ts'

const pageSize = 500

/**
 * The secrets below a folder that the caller may do something with; others are as if they were not there.
 *
 * @param folder behind the mount; empty, or ending in `/`
 * @returns paths behind the folder
 */
export async function* namesBelow(mover: Mover, place: KvPlace, folder: string): AsyncGenerator<string> {
  const { acl } = mover.caller
  const { read, list, remove } = place.secrets.paths
  const parts = [read, list, remove]
  const mayReach = (path: string) => parts.some((part) => acl.mayReach(place.point + part(path)))
  async function* below(inner: string): AsyncGenerator<string> {
    for (let after: string | undefined; ; ) {
      const { names, more } = await place.secrets.list(secretPlace(mover, place), folder + inner, {
        after,
        limit: pageSize,
      })
      for (const name of names) {
        if (!mayReach(folder + inner + name)) continue
        if (name.endsWith('/')) yield* below(inner + name)
        else yield inner + name
      }
      after = names.at(-1)
      if (!more) return
    }
  }
  yield* below('')
}
