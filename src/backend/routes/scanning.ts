import { fail } from '../../base/errors.ts'
import type { ListOptions } from '../../storage/store.ts'
import type { Context, MountStorage } from '../context.ts'
import type { Reply } from '../message.ts'
import { type Budget, shownNames } from './listing.ts'

/** Paths of one answer, also when the caller names no limit. */
const maxPaths = 100_000
/** Names that one request looks at before it answers what it has. */
const maxLooked = 1_000_000
const pageSize = 1000

/**
 * The paths of all secrets below a folder, in order, as they are behind the folder: those that the caller may see,
 * by the rules of lists. Below a folder of people that is the caller's own space.
 *
 * @param folder below the mount, empty or ending in `/`
 * @param storage where the names lie; its root corresponds to the mount's
 * @param views as lists have them
 * @throws not_found when there is nothing to show
 */
export async function scanFolder(
  context: Context,
  storage: MountStorage,
  folder: string,
  { after, limit = maxPaths }: ListOptions,
  views: readonly string[] = [''],
): Promise<Reply> {
  const most = Math.min(limit, maxPaths)
  const budget: Budget = { left: maxLooked }
  const namesOf = async (below: string, behind: string | undefined) => {
    const own = await context.standIn(below)
    if (own !== undefined) return own.filter((name) => behind === undefined || name > behind)
    return shownNames(context, storage, below, { after: behind, limit: pageSize }, views, budget)
  }
  const paths: string[] = []
  for await (const path of walk(folder, after, namesOf)) {
    if (paths.length === most) {
      if (limit > most) context.warn(`there are more than ${most} names: go on with "after"`)
      break
    }
    paths.push(path.slice(folder.length))
    if (paths.length === limit) break
  }
  if (budget.left <= 0)
    context.warn('the folder holds more names than one request looks at: scan its folders')
  if (paths.length === 0) fail('not_found')
  return { data: { keys: paths } }
}

/**
 * Everything below a folder that is no folder, in the order of whole paths.
 *
 * @param after the path behind `folder` to go on behind
 * @param namesOf one page of a folder's names; a page that is empty is the last
 */
async function* walk(
  folder: string,
  after: string | undefined,
  namesOf: (folder: string, after: string | undefined) => Promise<readonly string[]>,
): AsyncGenerator<string> {
  let behind = after === '' ? undefined : after
  const slash = behind?.indexOf('/') ?? -1
  if (behind !== undefined && slash >= 0) {
    const first = behind.slice(0, slash + 1)
    yield* walk(folder + first, behind.slice(slash + 1), namesOf)
    behind = first
  }
  for (;;) {
    const names = await namesOf(folder, behind)
    for (const name of names) {
      if (name.endsWith('/')) yield* walk(folder + name, undefined, namesOf)
      else yield folder + name
    }
    if (names.length < pageSize) return
    behind = names.at(-1)
  }
}
