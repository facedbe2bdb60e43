import { type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { isJsonObject, type JsonObject } from '../../../src/base/json/json.ts'
import { type KvMount, kvPath } from '../../../src/client/api/kv.ts'
import { ClientError } from '../../../src/client/error.ts'
import { numberOf, objectOf, textOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'
import { type Custom, customOf } from './custom.ts'
import { pagesOfNames } from './pages.ts'

/** A secret as it was read. */
export type Secret = {
  readonly mount: KvMount
  /** Behind the mount. */
  readonly name: string
  readonly data: JsonObject
  /** The version that was read; undefined where the place keeps none. */
  readonly version: number | undefined
  /** When it was written, RFC 3339; empty where nobody knows. */
  readonly changed: string
  /** What is noted about it beside it; empty where the place keeps nothing. */
  readonly custom: Custom
}

/** The mount that a path lies on. @param path with its mount, such as `secrets/users/alice@example.org/` */
export const useMount = (path: string | undefined) =>
  useQuery({
    queryKey: ['mount', path],
    queryFn: () => mountOf(path ?? ''),
    enabled: path !== undefined,
    staleTime: 300_000,
  })

/** What is at a path is no place for secrets: a key, a policy, a role. */
export class NoSecrets extends Error {}

/** @throws ClientError, NoSecrets */
export async function mountOf(path: string): Promise<KvMount> {
  // Its refusal tells why: a session that ended, or what is missing.
  const data = (await client.call('GET', `sys/internal/ui/mounts/${path}`)).data ?? {}
  // A link names any mount; nothing but secrets is shown, changed or deleted as one.
  if (!['kv', 'cubbyhole'].includes(textOf(data.type))) throw new NoSecrets()
  return { path: textOf(data.path), version: objectOf(data.options).version === '2' ? 2 : 1 }
}

/** What follows the mount in a path. */
export const below = (mount: KvMount, path: string): string => path.slice(mount.path.length)

/** The names in a folder, page by page; those of folders end in a slash. */
export const useNames = (folder: string | undefined) =>
  useInfiniteQuery({ ...namesOf(folder ?? ''), enabled: folder !== undefined })

/** What asks for the names in a folder. */
export const namesOf = (folder: string) =>
  pagesOfNames(['names', folder], async () => {
    const mount = await mountOf(folder)
    return kvPath(mount, 'metadata', below(mount, folder))
  })

export const useSecret = (path: string | undefined) =>
  useQuery({
    queryKey: ['secret', path],
    queryFn: () => readSecret(path ?? ''),
    enabled: path !== undefined,
  })

/** @returns null for a secret that is not there, or whose newest version was deleted */
export async function readSecret(path: string): Promise<Secret | null> {
  const mount = await mountOf(path)
  const name = below(mount, path)
  const answer = await api.kv.get(mount, name)
  if (answer === undefined) return null
  if (mount.version === 1) {
    return { mount, name, data: objectOf(answer.data ?? {}), version: undefined, changed: '', custom: {} }
  }
  const { data = null, metadata = null } = answer.data ?? {}
  if (!isJsonObject(data)) return null
  const about = objectOf(metadata)
  return {
    mount,
    name,
    data,
    version: numberOf(about.version),
    changed: textOf(about.created_time),
    custom: customOf(about.custom_metadata),
  }
}

/**
 * Writes a secret.
 *
 * @param base what the writer saw: the secret, or null where there was to be none
 * @throws Overtaken when somebody else changed it meanwhile
 */
export async function writeSecret(path: string, data: JsonObject, base: Secret | null): Promise<void> {
  const mount = await mountOf(path)
  const name = below(mount, path)
  if (mount.version === 2) {
    const cas = base === null ? undefined : base.version
    if (base === null && (await readSecret(path)) !== null) throw new Overtaken()
    await unlessOvertaken(api.kv.put(mount, name, data, cas))
    return
  }
  const now = await readSecret(path)
  if (JSON.stringify(now?.data ?? null) !== JSON.stringify(base?.data ?? null)) throw new Overtaken()
  await api.kv.put(mount, name, data)
}

/** Somebody else wrote the secret after it was read. */
export class Overtaken extends Error {}

/** @throws Overtaken in place of a refused check-and-set */
export async function unlessOvertaken<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending
  } catch (error) {
    const overtaken = error instanceof ClientError && error.errors.some((text) => /check-and-set/.test(text))
    throw overtaken ? new Overtaken() : error
  }
}

/** Deletes a secret. @returns what brings it back; undefined where nothing can */
export async function deleteSecret({ mount, name, version }: Secret): Promise<() => Promise<void>> {
  await api.kv.delete(mount, name)
  return async () => {
    if (mount.version === 2) await api.kv.undelete(mount, name, [version ?? 1])
    else await api.kv.many.restore(mount.path + name)
  }
}

/** What is shown of a folder and below is asked anew. */
export async function refresh(queries: QueryClient): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['names'] }),
    queries.invalidateQueries({ queryKey: ['bin'] }),
    queries.invalidateQueries({ queryKey: ['secret'] }),
    queries.invalidateQueries({ queryKey: ['usage'] }),
    queries.invalidateQueries({ queryKey: ['versions'] }),
  ])
}
