import { useInfiniteQuery } from '@tanstack/react-query'
import { ClientError } from '../../../src/client/error.ts'
import { listOf, textOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'
import { findPage } from './find.ts'
import { below, mountOf } from './secrets.ts'
import { type Who, whoOf } from './who.ts'

/** Something that was deleted and can come back. */
export type Deleted = {
  /** With its mount. */
  readonly path: string
  /** `bin`: the whole of it is kept for a while. `version`: its newest version is marked, and the others are there. */
  readonly kind: 'bin' | 'version'
  /** RFC 3339. */
  readonly at: string
  /** When it goes for good, RFC 3339; empty where it does not by itself. */
  readonly until: string
  /** Of the bin, which deletion; of a version, its number. */
  readonly id: string
  /** Nameless where nobody knows. */
  readonly who: Who
}

type Page = { readonly deleted: readonly Deleted[]; readonly next: Next | undefined }
/** First what is in the bin, then versions. */
type Next = { readonly kind: Deleted['kind']; readonly after: string }

/** Names of the bin that one page looks into. */
const pageSize = 50

/** What was deleted in a place and can come back, page by page. @param root with its mount and a slash at the end */
export const useDeleted = (root: string | undefined) =>
  useInfiniteQuery({
    queryKey: ['bin', root],
    queryFn: ({ pageParam, signal }) => readPage(root ?? '', pageParam, signal),
    initialPageParam: { kind: 'bin', after: '' } as Next,
    getNextPageParam: ({ next }) => next,
    enabled: root !== undefined,
  })

async function readPage(root: string, { kind, after }: Next, signal: AbortSignal): Promise<Page> {
  const mount = await mountOf(root)
  const versions: Next | undefined = mount.version === 2 ? { kind: 'version', after: '' } : undefined
  if (kind === 'bin') {
    const { deleted, isWhole, last } = await binIn(root, after)
    const next = isWhole ? versions : { kind, after: last }
    return deleted.length === 0 && isWhole && versions !== undefined
      ? readPage(root, versions, signal)
      : { deleted, next }
  }
  const page = await findPage({ path: root, deleted: true }, after, signal)
  const deleted = page.found.map(({ path, deleted: at, version }) => ({
    path,
    kind,
    at,
    until: '',
    id: String(version),
    who: { displayName: '', entityId: '' },
  }))
  return { deleted, next: page.after === undefined ? undefined : { kind, after: page.after } }
}

/** The names in the bin below a folder, in folders of it too. */
async function binIn(
  root: string,
  after: string,
): Promise<{ deleted: Deleted[]; isWhole: boolean; last: string }> {
  const deleted: Deleted[] = []
  let last = after
  for await (const path of binPaths(root, after)) {
    if (deleted.length >= pageSize) return { deleted, isWhole: false, last }
    last = path.slice(root.length)
    const answer = await api.kv.many.deletions(path)
    for (const one of listOf(answer?.data?.deletions)) {
      deleted.push({
        path,
        kind: 'bin',
        at: textOf(one.deleted_time),
        until: textOf(one.expire_time),
        id: textOf(one.id),
        who: whoOf(one),
      })
    }
  }
  return { deleted, isWhole: true, last }
}

/** Depth first, in order. @param after a path below the folder to go on behind */
async function* binPaths(folder: string, after: string): AsyncGenerator<string> {
  const slash = after.indexOf('/')
  let behind = after
  if (slash >= 0) {
    behind = after.slice(0, slash + 1)
    yield* binPaths(folder + behind, after.slice(slash + 1))
  }
  for (;;) {
    const query = { limit: pageSize, ...(behind !== '' && { after: behind }) }
    const keys = (await client.list(`sys/kv/deleted/${folder}`, query).catch(noBin))?.keys ?? []
    for (const name of keys) {
      if (name.endsWith('/')) yield* binPaths(folder + name, '')
      else yield folder + name
    }
    const last = keys.at(-1)
    if (keys.length < pageSize || last === undefined) return
    behind = last
  }
}

/** A cubbyhole has none. */
function noBin(error: unknown): undefined {
  if (error instanceof ClientError && error.status === 400) return undefined
  throw error
}

/** Puts back what was deleted. @throws ClientError, refused where there is a secret of that name now */
export async function putBack({ path, kind, id }: Deleted): Promise<void> {
  if (kind === 'bin') {
    await api.kv.many.restore(path, id)
    return
  }
  const mount = await mountOf(path)
  await api.kv.undelete(mount, below(mount, path), [Number(id)])
}

/** Ends it for good: of the bin the whole secret, of a marked version its values. */
export async function endForGood({ path, kind, id }: Deleted): Promise<void> {
  if (kind === 'bin') {
    await client.delete(`sys/kv/deleted/${path}`, { id })
    return
  }
  const mount = await mountOf(path)
  await api.kv.destroy(mount, below(mount, path), [Number(id)])
}
