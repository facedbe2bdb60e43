import { useQuery } from '@tanstack/react-query'
import { isJsonObject, type JsonObject } from '../../../src/base/json/json.ts'
import type { KvMount } from '../../../src/client/api/kv.ts'
import { flagOf, numberOf, objectOf, objectsOf, textOf } from '../../../src/client/shape.ts'
import { api } from './client.ts'
import { below, mountOf, unlessOvertaken } from './secrets.ts'
import type { Who } from './who.ts'

export type Version = {
  readonly number: number
  /** RFC 3339. */
  readonly created: string
  /** When it was deleted or will be, RFC 3339; empty where it is not. */
  readonly deletion: string
  /** `kept` can be read; `deleted` can be brought back; of `destroyed` only the row is left. */
  readonly state: 'kept' | 'deleted' | 'destroyed'
  /** Who wrote it, and who deleted it; undefined where nobody knows. */
  readonly writer: Who | undefined
  readonly deleter: Who | undefined
}

/** What is kept of a secret and its versions. */
export type History = {
  readonly mount: KvMount
  /** Behind the mount. */
  readonly name: string
  readonly current: number
  /** The newest first. */
  readonly versions: readonly Version[]
}

export const useHistory = (path: string) =>
  useQuery({ queryKey: ['versions', path], queryFn: () => readHistory(path) })

/** @returns null where there is no such secret, or the place keeps no versions */
async function readHistory(path: string): Promise<History | null> {
  const mount = await mountOf(path)
  if (mount.version === 1) return null
  const name = below(mount, path)
  const answer = await api.kv.metadata.get(mount, name)
  if (answer === undefined) return null
  const data = answer.data ?? {}
  const versions = Object.entries(objectsOf(data.versions)).map(([number, version]) =>
    versionOf(Number(number), version, Date.now()),
  )
  versions.sort((a, b) => b.number - a.number)
  return { mount, name, current: numberOf(data.current_version), versions }
}

function versionOf(number: number, version: JsonObject, now: number): Version {
  const deletion = textOf(version.deletion_time)
  const isDeleted = deletion !== '' && Date.parse(deletion) <= now
  const state = flagOf(version.destroyed) ? 'destroyed' : isDeleted ? 'deleted' : 'kept'
  return {
    number,
    created: textOf(version.created_time),
    deletion,
    state,
    writer: actorOf(version.created_by),
    deleter: actorOf(version.deleted_by),
  }
}

function actorOf(value: JsonObject[string] | undefined): Who | undefined {
  if (!isJsonObject(value ?? null)) return undefined
  const { actor, client_id } = objectOf(value)
  return { displayName: textOf(actor), entityId: textOf(client_id) }
}

/** The fields of one version. It is forgotten when nobody looks at it any more. */
export const useVersion = ({ mount, name }: History, number: number) =>
  useQuery({
    queryKey: ['version', mount.path, name, number],
    queryFn: () => readVersion({ mount, name }, number),
    gcTime: 0,
  })

/** @throws Gone where it was deleted meanwhile */
async function readVersion(
  { mount, name }: Pick<History, 'mount' | 'name'>,
  number: number,
): Promise<JsonObject> {
  const { data = null } = (await api.kv.get(mount, name, number))?.data ?? {}
  if (!isJsonObject(data)) throw new Gone()
  return data
}

/** A version that cannot be read any more. */
export class Gone extends Error {}

/**
 * Writes what an older version holds as the newest one.
 *
 * @returns the number of that
 * @throws Overtaken when the secret was written after its history was read; Gone
 */
export async function rollBack(history: History, number: number): Promise<number> {
  const data = await readVersion(history, number)
  const { mount, name, current } = history
  const answer = await unlessOvertaken(api.kv.put(mount, name, data, current))
  return numberOf(objectOf(answer.data).version)
}

export async function deleteVersion({ mount, name }: History, number: number): Promise<void> {
  await api.kv.delete(mount, name, [number])
}

export async function bringBack({ mount, name }: History, number: number): Promise<void> {
  await api.kv.undelete(mount, name, [number])
}

/** Nothing brings it back. */
export async function destroyVersion({ mount, name }: History, number: number): Promise<void> {
  await api.kv.destroy(mount, name, [number])
}
