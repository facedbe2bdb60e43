import { fail } from '../../base/errors.ts'
import type { Acl } from '../../policy/acl.ts'
import type { Listing, ListOptions } from '../../storage/store.ts'
import type { Context, MountStorage } from '../context.ts'
import type { Reply } from '../message.ts'
import { mountPoint } from '../mounts/mount.ts'

/** Names that one request looks at before it answers what it has: filtering must stay bounded. */
const maxLooked = 1_000_000
/** Names of one answer when the caller names no limit. */
export const maxNames = 1_000_000
const pageSize = 1000

/**
 * The names of a folder that the caller may see: those that its policies let it do something with, and
 * folders that lead to such. `limit` counts shown names and `after` names the last one shown, so that paging
 * tells nothing of the others.
 *
 * @param folder below the mount, empty or ending in `/`
 * @param storage where the names lie; its root corresponds to the mount's
 * @param views where below the mount the same names lie for policies, each empty or ending in `/`: what the caller
 * may reach in one of them is shown
 * @throws not_found when there is nothing to show
 */
export async function listFolder(
  context: Context,
  storage: MountStorage,
  folder: string,
  options: ListOptions,
  views: readonly string[] = [''],
): Promise<Reply> {
  const names = await shownNames(context, storage, folder, options, views)
  if (names.length === 0) fail('not_found')
  return { data: { keys: names } }
}

/**
 * The names of a folder that shows all of them: the page that was asked for, or every one. A store answers a
 * thousand at a time.
 */
export async function namesOf(
  list: (page: ListOptions) => Promise<Listing>,
  { after, limit = maxNames }: ListOptions,
): Promise<string[]> {
  const names: string[] = []
  for (let cursor = after; names.length < limit; ) {
    const page = await list({ after: cursor, limit: Math.min(pageSize, limit - names.length) })
    names.push(...page.names)
    cursor = page.names.at(-1)
    if (!page.more) break
  }
  return names
}

/** Names that may still be looked at. */
export type Budget = { left: number }

/** The names that {@link listFolder} answers; may be none. */
export async function shownNames(
  context: Context,
  storage: MountStorage,
  folder: string,
  { after, limit = maxNames }: ListOptions,
  views: readonly string[] = [''],
  budget: Budget = { left: maxLooked },
): Promise<string[]> {
  const { caller, mount } = context
  const bases = views.map((view) => mountPoint(mount) + view + folder)
  const acl = mount.config.showAllNames === true ? undefined : caller?.acl
  const all = acl === undefined || bases.some((base) => acl.reachesAll(base))
  const shown = (name: string) => all || bases.some((base) => acl.mayReach(base + name))
  const few = all ? 'any' : nextSegments(acl, bases)
  if (few !== 'any') {
    budget.left -= few.length
    const names = (await probe(storage, folder, few)).filter((name) => shown(name))
    return names.filter((name) => after === undefined || inOrder(after, name) < 0).slice(0, limit)
  }
  const names: string[] = []
  let cursor = after
  while (budget.left > 0) {
    const page = await storage.list(folder, {
      after: cursor,
      limit: Math.min(pageSize, limit - names.length + 1),
    })
    for (const name of page.names) {
      if (names.length < limit && shown(name)) names.push(name)
    }
    budget.left -= page.names.length + 1
    cursor = page.names.at(-1)
    if (!page.more || names.length >= limit) break
  }
  return names
}

function nextSegments(acl: Acl, bases: readonly string[]): readonly string[] | 'any' {
  const segments = new Set<string>()
  for (const base of bases) {
    const next = acl.nextSegments(base)
    if (next === 'any') return 'any'
    for (const segment of next) segments.add(segment)
  }
  return [...segments]
}

/** Where only a few names can be shown, asks for these instead of reading the folder. */
async function probe(storage: MountStorage, folder: string, segments: readonly string[]): Promise<string[]> {
  const names: string[] = []
  for (const segment of segments) {
    const before = await storage.list(folder, { after: justBefore(segment), limit: 3 })
    for (const name of before.names) if (name === segment || name === `${segment}/`) names.push(name)
  }
  return [...new Set(names)].sort(inOrder)
}

/** The greatest text that sorts before `segment` and that no name can be: names hold no control characters. */
function justBefore(segment: string): string {
  const last = segment.length - 1
  const code = segment.charCodeAt(last)
  return code === 0
    ? segment.slice(0, last)
    : `${segment.slice(0, last)}${String.fromCharCode(code - 1)}\u{10ffff}`
}

/** Order of UTF-8 bytes, which is the store's. */
export function inOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
