import { fail } from '../../base/errors.ts'
import type { Json } from '../../base/json/json.ts'
import type { Random } from '../../base/random.ts'
import { bucketOf } from '../../lease/lease.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Caller, Context, MountStorage } from '../context.ts'
import type { Mount } from '../mounts/mount.ts'
import type { StoredObject } from './object.ts'
import { personOf } from './person.ts'
import { type Head, heads, versionObjects } from './record.ts'
import type { SecretPlace, SecretStore, WholeSecret } from './secrets.ts'

/*
 * The recycle bin of a mount, in rows of its own that nothing else reads:
 *
 * - `deleted/<path>`: what of that name was deleted, when and by whom, the oldest first.
 * - `kept/<id>/head` and `kept/<id>/<n>`: the secret itself, as its rows were.
 * - `due/<minute>/<id>`: the path; when it is to be cleared away.
 */
export const deletedFolder = 'deleted/'
const deletedName = (path: string) => deletedFolder + path
const keptName = (id: string, part: string) => `kept/${id}/${part}`
export const dueFolder = 'due/'
const dueName = ({ id, until }: Deletion) => `${dueFolder}${bucketOf(until)}/${id}`

/** One deletion of a secret. Times in milliseconds. */
export type Deletion = {
  readonly id: string
  readonly at: number
  /** From then on it cannot be restored. */
  readonly until: number
  readonly displayName: string
  readonly entityId: string
  /** The versions that have data; without versions, 1. */
  readonly versions: readonly number[]
}

type Deletions = { readonly deletions: readonly Deletion[] }
export const deletionRecords = jsonRecord<Deletions>('deleted secret')
export const dueDeletions = jsonRecord<{ readonly path: string }>('end of a deleted secret')

/** Deletions of one name that are kept; the oldest gives way. */
const mostKept = 20
/** What one secret may have to be kept: it is written in one commit. */
const mostVersions = 1000
const mostCharacters = 8 * 1024 * 1024

export type BinPlace = SecretPlace & { readonly mount: Pick<Mount, 'versionedSince' | 'config'> }
export type Who = { readonly caller: Caller | undefined; readonly random: Random }

/** Deletes the whole of a secret for a plain request, which may say `purge=true`. */
export async function deleteSecret(context: Context, secrets: SecretStore, path: string): Promise<void> {
  const place = { storage: context.storage, mount: context.mount, now: context.clock.now() }
  if (isPurge(context.request.fields.purge)) return secrets.remove(place, path)
  return discard(place, secrets, path, context)
}

const isPurge = (value: Json | undefined) => value === true || /^(1|t|true)$/i.test(String(value ?? ''))

/**
 * Removes the whole of a secret, and keeps it where the mount keeps what is deleted.
 *
 * @throws storage_limit when it is too large to be kept
 */
export async function discard(place: BinPlace, secrets: SecretStore, path: string, who: Who): Promise<void> {
  const seconds = place.mount.config.deletedSecretsTtl ?? 0
  if (seconds === 0) return secrets.remove(place, path)
  const whole = await secrets.export(place, path)
  if (whole === undefined) return
  await keep(place, path, whole, seconds * 1000, who)
  await secrets.remove(place, path)
}

async function keep(
  { storage, now }: BinPlace,
  path: string,
  whole: WholeSecret,
  span: number,
  { caller, random }: Who,
): Promise<void> {
  const { metadata, objects } = whole
  const size = [...objects.values()].reduce((sum, { json }) => sum + json.text.length, 0)
  if (objects.size > mostVersions || size > mostCharacters) {
    fail(
      'storage_limit',
      'the secret is too large to be kept for a while; delete it for good with purge=true',
    )
  }
  const deletion: Deletion = {
    id: `${now}-${random.bytes(6).toString('hex')}`,
    at: now,
    until: now + span,
    ...(personOf(caller) ?? { displayName: '', entityId: '' }),
    versions: [...objects.keys()],
  }
  if (metadata !== undefined) storage.put(heads, keptName(deletion.id, 'head'), { metadata })
  for (const [number, object] of objects) {
    storage.put(versionObjects, keptName(deletion.id, String(number)), object)
  }
  storage.put(dueDeletions, dueName(deletion), { path })
  const all = [...(await readDeletions(storage, path)), deletion]
  for (const old of all.slice(0, -mostKept)) dropRows(storage, old)
  writeDeletions(storage, path, all.slice(-mostKept))
}

/** What of a name can be restored at `now`, the oldest first. */
export async function deletionsOf({ storage, now }: SecretPlace, path: string): Promise<readonly Deletion[]> {
  return (await readDeletions(storage, path)).filter(({ until }) => until > now)
}

const readDeletions = async (storage: MountStorage, path: string) =>
  (await storage.get(deletionRecords, deletedName(path)))?.deletions ?? []

function writeDeletions(storage: MountStorage, path: string, deletions: readonly Deletion[]): void {
  if (deletions.length === 0) storage.delete(deletedName(path))
  else storage.put(deletionRecords, deletedName(path), { deletions })
}

/**
 * Puts a deleted secret back where it was.
 *
 * @param id the last deletion without it
 * @throws not_found; invalid_request when there is a secret now
 */
export async function restore(
  place: SecretPlace,
  secrets: SecretStore,
  path: string,
  id: string | undefined,
): Promise<Deletion> {
  const { storage } = place
  const all = await deletionsOf(place, path)
  const deletion = id === undefined ? all.at(-1) : all.find((one) => one.id === id)
  if (deletion === undefined) fail('not_found')
  if (await secrets.has(place, path)) {
    fail('invalid_request', 'there is a secret of that name now: move or delete it first')
  }
  await secrets.import(place, path, await keptSecret(storage, deletion))
  await forget(storage, path, [deletion.id])
  return deletion
}

async function keptSecret(storage: MountStorage, { id, versions }: Deletion): Promise<WholeSecret> {
  const head: Head | undefined = await storage.get(heads, keptName(id, 'head'))
  const names = versions.map((number) => keptName(id, String(number)))
  const found = await storage.getAll(versionObjects, names)
  const objects = new Map(
    versions.map((number, i): [number, StoredObject] => [
      number,
      found[i] ?? fail('corrupt', 'a part of a deleted secret is missing'),
    ]),
  )
  return head !== undefined && 'metadata' in head ? { metadata: head.metadata, objects } : { objects }
}

/** Removes deletions of a name for good; all of them where no ids are given. @returns how many */
export async function forget(storage: MountStorage, path: string, ids?: readonly string[]): Promise<number> {
  const all = await readDeletions(storage, path)
  const gone = all.filter(({ id }) => ids === undefined || ids.includes(id))
  for (const deletion of gone) dropRows(storage, deletion)
  if (gone.length > 0) {
    writeDeletions(
      storage,
      path,
      all.filter((one) => !gone.includes(one)),
    )
  }
  return gone.length
}

function dropRows(storage: MountStorage, deletion: Deletion): void {
  storage.delete(keptName(deletion.id, 'head'))
  for (const number of deletion.versions) storage.delete(keptName(deletion.id, String(number)))
  storage.delete(dueName(deletion))
}
