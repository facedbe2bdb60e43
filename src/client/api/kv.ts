import { isJsonObject, type JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client, Listing } from '../calls.ts'
import { ClientError } from '../error.ts'
import { objectOf, textOf, textsOf } from '../shape.ts'

/** Where a KV engine is mounted (with the trailing slash) and which of its two versions it is. */
export type KvMount = { readonly path: string; readonly version: 1 | 2 }

/** Settings of a secret of version 2; what is absent stays. */
export type KvSettings = {
  readonly max_versions?: number | null
  readonly cas_required?: boolean | null
  /** Seconds, or a duration such as `30m`. */
  readonly delete_version_after?: string | null
  readonly custom_metadata?: Readonly<Record<string, string | null>> | null
}

/** Secrets of a KV engine; `path` is below the mount. */
export type KvApi = {
  /**
   * The mount that a full path (`secret/app/db`) lies under. Undefined when the server does not say: it is
   * too old, or the token may not see the mount.
   */
  find(path: string): Promise<KvMount | undefined>
  /** With version 2, the answer's `data` holds `data` and `metadata`; a deleted version has a null `data`. */
  get(mount: KvMount, path: string, version?: number): Promise<Answer | undefined>
  /**
   * Replaces the whole secret.
   *
   * @param cas with version 2: the version that must be the current one, 0 for "must not exist"
   */
  put(mount: KvMount, path: string, data: JsonObject, cas?: number): Promise<Answer>
  list(mount: KvMount, path: string): Promise<Listing | undefined>
  /** Version 2 keeps the secret's metadata; without `versions` the newest version is deleted. */
  delete(mount: KvMount, path: string, versions?: readonly number[]): Promise<Answer>
  /** Version 2: brings deleted versions back. */
  undelete(mount: KvMount, path: string, versions: readonly number[]): Promise<Answer>
  /** Version 2: removes the data of versions for good. */
  destroy(mount: KvMount, path: string, versions: readonly number[]): Promise<Answer>
  /** Version 2: changes single fields of the newest version; null removes one. */
  patch(mount: KvMount, path: string, data: JsonObject, cas?: number): Promise<Answer | undefined>
  /** Version 2: what is known of a secret and its versions. */
  readonly metadata: {
    get(mount: KvMount, path: string): Promise<Answer | undefined>
    put(mount: KvMount, path: string, settings: KvSettings): Promise<Answer>
    /** Null takes a setting, or a name of the notes, back. */
    patch(mount: KvMount, path: string, settings: KvSettings): Promise<Answer | undefined>
    /** Removes the secret with all its versions. */
    delete(mount: KvMount, path: string): Promise<Answer>
  }
  /** Makes an engine of version 1 keep versions. It never goes back. */
  enableVersioning(mountPath: string): Promise<Answer>
  /** Who read and who wrote a secret last, and how often it was used; see `sys/usage`. */
  usage(mount: KvMount, path: string): Promise<Answer | undefined>
  /** What reaches many secrets; here paths are a mount and a name, whatever the version of the engine. */
  readonly many: KvManyApi
}

export type KvSearch = {
  /** A part of the path, or a pattern of the name with `*` and `?`. */
  readonly name?: string
  /** The folder; all mounts of KV without it. */
  readonly path?: string
  /** Custom metadata that a secret has. */
  readonly metadata?: Readonly<Record<string, string>>
}

export type KvManyApi = {
  /** A path that ends in a slash is a folder. The answer has a `job` where it was too large to move at once. */
  move(from: string, to: string, overwrite?: boolean): Promise<Answer>
  /** How a move in parts goes. */
  moveState(job: string): Promise<Answer | undefined>
  /** The paths of all secrets below a folder, behind it. Undefined when there is none. */
  scan(folder: string): Promise<string[] | undefined>
  /** The whole paths of secrets. */
  search(wanted: KvSearch): Promise<string[]>
  /** What of a name can be restored. */
  deletions(path: string): Promise<Answer | undefined>
  /** The names in a folder of which something can be restored. */
  deleted(folder: string): Promise<Listing | undefined>
  /** @param id one deletion; the last one without it */
  restore(path: string, id?: string): Promise<Answer>
}

export const kvApi = (client: Client): KvApi => ({
  find: async (path) => {
    try {
      const found = await client.call('GET', `sys/internal/ui/mounts/${path}`, { wrapTtl: '' })
      return mountOf(found.data ?? {})
    } catch (error) {
      if (error instanceof ClientError && (error.status === 403 || error.status === 404)) return undefined
      throw error
    }
  },
  get: (mount, path, version) =>
    client.read(kvPath(mount, 'data', path), mount.version === 2 && version ? { version } : undefined),
  put: (mount, path, data, cas) =>
    // Of version 2 each write is a version more, so it goes out once.
    mount.version === 1
      ? client.replace(kvPath(mount, 'data', path), data)
      : client.write(kvPath(mount, 'data', path), { data, options: cas === undefined ? {} : { cas } }),
  list: (mount, path) => client.list(kvPath(mount, 'metadata', path)),
  delete: (mount, path, versions) =>
    mount.version === 2 && versions !== undefined
      ? client.replace(kvPath(mount, 'delete', path), { versions: [...versions] })
      : client.delete(kvPath(mount, 'data', path)),
  undelete: (mount, path, versions) =>
    client.replace(kvPath(mount, 'undelete', path), { versions: [...versions] }),
  destroy: (mount, path, versions) =>
    client.replace(kvPath(mount, 'destroy', path), { versions: [...versions] }),
  patch: (mount, path, data, cas) =>
    unlessMissing(
      client.patch(kvPath(mount, 'data', path), { data, options: cas === undefined ? {} : { cas } }),
    ),
  metadata: {
    get: (mount, path) => client.read(kvPath(mount, 'metadata', path)),
    put: (mount, path, settings) => client.replace(kvPath(mount, 'metadata', path), { ...settings }),
    patch: (mount, path, settings) =>
      unlessMissing(client.patch(kvPath(mount, 'metadata', path), { ...settings })),
    delete: (mount, path) => client.delete(kvPath(mount, 'metadata', path)),
  },
  enableVersioning: (mountPath) =>
    client.replace(`sys/mounts/${mountPath}/tune`, { options: { version: '2' } }),
  usage: (mount, path) => client.read(`sys/usage/${kvPath(mount, 'data', path)}`),
  many: manyApi(client),
})

const manyApi = (client: Client): KvManyApi => ({
  move: (from, to, overwrite) =>
    client.write('sys/kv/move', { from, to, ...(overwrite === true && { overwrite }) }),
  moveState: (job) => client.read(`sys/kv/move/${job}`),
  scan: async (folder) => {
    const paths = await allPages((after) => client.read(`sys/kv/scan/${folder}`, { limit: 10_000, ...after }))
    return paths.length === 0 ? undefined : paths
  },
  search: ({ name, path, metadata }) =>
    allPages((after) =>
      client.replace('sys/kv/search', {
        ...(name !== undefined && { name }),
        ...(path !== undefined && { path }),
        ...(metadata !== undefined && { metadata: { ...metadata } }),
        limit: 1000,
        ...after,
      }),
    ),
  deletions: (path) => client.read(`sys/kv/deleted/${path}`),
  deleted: (folder) => client.list(`sys/kv/deleted/${folder}`),
  restore: (path, id) => client.write(`sys/kv/restore/${path}`, id === undefined ? {} : { id }),
})

/** All keys of answers that say in `after` where the next one goes on. */
async function allPages(
  ask: (after: { readonly after?: string }) => Promise<Answer | undefined>,
): Promise<string[]> {
  const keys: string[] = []
  for (let after: { after?: string } = {}; ; ) {
    const data = (await ask(after))?.data ?? {}
    keys.push(...textsOf(data.keys ?? null))
    const next = textOf(data.after)
    if (next === '' || next === after.after) return keys
    after = { after: next }
  }
}

function mountOf(data: JsonObject): KvMount | undefined {
  const path = textOf(data.path)
  if (path === '') return undefined
  const version = isJsonObject(data.options ?? null) ? objectOf(data.options).version : undefined
  return { path, version: version === '2' || version === 2 ? 2 : 1 }
}

/** A patch of what is not there answers 404, with an error, with none or with an empty body. */
const unlessMissing = (pending: Promise<Answer>): Promise<Answer | undefined> =>
  pending.catch((error: unknown) => {
    if (error instanceof ClientError && error.status === 404 && error.errors.length === 0) return undefined
    throw error
  })

export type KvPart = 'data' | 'metadata' | 'delete' | 'undelete' | 'destroy'

/** The request path of a secret; `part` is where version 2 keeps what is asked for. */
export function kvPath(mount: KvMount, part: KvPart, path: string): string {
  const below = path.replace(/^\/+/, '')
  const base = mount.path.endsWith('/') || mount.path === '' ? mount.path : `${mount.path}/`
  return mount.version === 1 ? base + below : `${base}${part}/${below}`
}
