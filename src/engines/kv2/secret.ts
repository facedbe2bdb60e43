import type { MountStorage } from '../../backend/context.ts'
import type { StoredObject } from '../../backend/kv/object.ts'
import {
  type Config,
  configName,
  configs,
  headName,
  heads,
  type Metadata,
  versionName,
  versionObjects,
} from '../../backend/kv/record.ts'
import type { Mount } from '../../backend/mounts/mount.ts'
import { fail } from '../../base/errors.ts'
import { firstVersion, noConfig, versionOf } from './model.ts'

/** The part of a mount that its secrets need. */
export type Place = { readonly storage: MountStorage; readonly mount: Pick<Mount, 'versionedSince'> }

/** A secret as it is stored. What was there before the mount kept versions still has its object in the head. */
export type Secret = {
  readonly path: string
  readonly metadata: Metadata
  readonly inline?: StoredObject
}

export const readConfig = async (storage: MountStorage): Promise<Config> =>
  (await storage.get(configs, configName)) ?? noConfig

/** @returns undefined where nothing was ever written, or its metadata was deleted */
export async function findSecret({ storage, mount }: Place, path: string): Promise<Secret | undefined> {
  const head = await storage.get(heads, headName(path))
  if (head === undefined) return undefined
  if ('metadata' in head) return { path, metadata: head.metadata }
  return { path, metadata: firstVersion(mount.versionedSince ?? 0), inline: head }
}

/**
 * The object of a version that is there and not destroyed.
 *
 * @throws corrupt when its row is missing
 */
export async function versionObject(
  storage: MountStorage,
  { path, inline }: Secret,
  number: number,
): Promise<StoredObject> {
  const object = inline ?? (await storage.get(versionObjects, versionName(path, number)))
  return object ?? fail('corrupt', 'the data of a version is missing')
}

/**
 * Stores what became of a secret: its metadata, the object of a new version, and that destroyed and outdated
 * versions are gone.
 */
export function saveSecret(
  storage: MountStorage,
  { path, metadata: before, inline }: Secret,
  after: Metadata,
  added?: StoredObject,
): void {
  const first = versionOf(after, 1)
  if (inline !== undefined && first !== undefined && !first.destroyed) {
    storage.put(versionObjects, versionName(path, 1), inline)
  }
  before.versions.forEach((version, i) => {
    const number = before.oldest + i
    const isGone = versionOf(after, number)?.destroyed ?? true
    if (!version.destroyed && isGone && inline === undefined) storage.delete(versionName(path, number))
  })
  if (added !== undefined) storage.put(versionObjects, versionName(path, after.current), added)
  storage.put(heads, headName(path), { metadata: after })
}

/** Removes a secret with all its versions. */
export function removeSecret(storage: MountStorage, { path, metadata, inline }: Secret): void {
  storage.delete(headName(path))
  if (inline !== undefined) return
  metadata.versions.forEach(({ destroyed }, i) => {
    if (!destroyed) storage.delete(versionName(path, metadata.oldest + i))
  })
}

/**
 * Announces what a read of a version needs, so that it comes in one round trip. Which version is the newest
 * is guessed by what the last request found.
 */
export function wantSecret(storage: MountStorage, path: string, number = 0): void {
  const name = headName(path)
  storage.want(heads, name)
  if (path === '') return
  const known = storage.recall(heads, name)
  const version =
    number > 0 ? number : known !== undefined && 'metadata' in known ? known.metadata.current : 0
  if (version > 0) storage.want(versionObjects, versionName(path, version))
}
