import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import { type Deletion, deletedFolder, deletionsOf, forget, restore } from '../../backend/kv/deleted.ts'
import type { SecretPlace } from '../../backend/kv/secrets.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint, mountPrefix } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import type { Budget } from '../../backend/routes/listing.ts'
import { type RequestPath, requestPath } from '../../backend/routes/path.ts'
import { type SystemRoute, systemRoute } from '../../backend/routes/route.ts'
import { spaceAt } from '../../backend/spaces/space.ts'
import { storageBelow } from '../../backend/storage.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { ListOptions } from '../../storage/store.ts'
import type { SystemServices } from '../services.ts'
import { folderPath } from './asked.ts'
import { type KvPlace, plainPath } from './place.ts'

const fields = { id: field.string('One deletion, as a read names it; the last one without it.') }
type Sent = FieldValues<typeof fields>

/** Names that one list looks at, those below its folders among them. */
const maxLooked = 100_000
const pageSize = 100
const usualLimit = 1000

type Found = { readonly place: KvPlace; readonly at: SecretPlace }

/** Where a path leads, for what needs `delete` at it. @throws policy_denied, no_handler, invalid_request */
async function find(services: SystemServices, context: SystemContext, path: RequestPath): Promise<Found> {
  const mount = (await readMounts(context.tx)).find(path)
  const secrets = mount === undefined ? undefined : services.secretsOf(mount)
  const { acl } = callerOf(context)
  // Whether a path has a mount is told only to those who might use it.
  if (!acl.mayReach(mount === undefined ? path : mountPoint(mount))) fail('policy_denied')
  if (mount === undefined || secrets === undefined) {
    if (mount === undefined) fail('no_handler', path)
    fail('invalid_request', 'only KV keeps deleted secrets')
  }
  const point = mountPoint(mount)
  const place = { mount, secrets, point, path: path.slice(point.length) }
  const storage = storageBelow(context.tx, mountPrefix(mount))
  return { place, at: { storage, mount, now: context.clock.now() } }
}

/** @throws policy_denied for who could not delete the secret */
async function findSecret(services: SystemServices, context: SystemContext): Promise<Found> {
  const path = requestPath(context.params.path ?? '')
  const found = await find(services, context, path)
  const { place } = found
  if (place.path === '' || path.endsWith('/')) fail('invalid_request', 'name a secret')
  const plain = plainPath(place, 'remove', place.path)
  if (!(await services.may(context, 'delete', plain))) {
    fail('policy_denied', '', { denied: { path: plain, missing: ['delete'] } })
  }
  return found
}

const shown = (deletion: Deletion): JsonObject => ({
  id: deletion.id,
  deleted_time: timeText(deletion.at),
  expire_time: timeText(deletion.until),
  display_name: deletion.displayName,
  entity_id: deletion.entityId,
  versions: deletion.versions.length,
})

async function read(services: SystemServices, context: SystemContext): Promise<Reply> {
  const { place, at } = await findSecret(services, context)
  const deletions = await deletionsOf(at, place.path)
  return deletions.length === 0 ? fail('not_found') : { data: { deletions: deletions.map(shown) } }
}

/** The names of deleted secrets in a folder that the caller could have deleted, and folders that lead to such. */
async function list(
  services: SystemServices,
  context: SystemContext,
  { after, limit = usualLimit }: ListOptions,
): Promise<Reply> {
  const { place, at } = await find(services, context, folderPath(context.params.path ?? ''))
  const keys: string[] = []
  const budget: Budget = { left: maxLooked }
  for await (const name of shownNames(services, context, { place, at }, place.path, after, budget)) {
    keys.push(name)
    if (keys.length >= limit) break
  }
  return keys.length === 0 ? fail('not_found') : { data: { keys } }
}

async function* shownNames(
  services: SystemServices,
  context: SystemContext,
  found: Found,
  folder: string,
  after: string | undefined,
  budget: Budget,
): AsyncGenerator<string> {
  for (let behind = after; budget.left > 0; ) {
    const page = { after: behind, limit: pageSize }
    const { names, more } = await found.at.storage.list(deletedFolder + folder, page)
    budget.left -= names.length + 1
    for (const name of names) {
      if (await isShown(services, context, found, folder + name, budget)) yield name
    }
    behind = names.at(-1)
    if (!more) return
  }
}

async function isShown(
  services: SystemServices,
  context: SystemContext,
  found: Found,
  path: string,
  budget: Budget,
): Promise<boolean> {
  const { place, at } = found
  const plain = plainPath(place, 'remove', path)
  if (!path.endsWith('/')) {
    return (await services.may(context, 'delete', plain)) && (await deletionsOf(at, path)).length > 0
  }
  if (!callerOf(context).acl.mayReach(plain)) return false
  const space = spaceAt(place.mount, place.point + path)
  if (
    space !== undefined &&
    space.folder !== '' &&
    !(await services.may(context, 'delete', plain, 'guard'))
  ) {
    return false
  }
  // That a folder can be reached does not say that anything in it could be deleted.
  for await (const _ of shownNames(services, context, found, path, undefined, budget)) return true
  return false
}

async function putBack(services: SystemServices, context: SystemContext, { id }: Sent): Promise<Reply> {
  const { place, at } = await findSecret(services, context)
  return { data: shown(await restore(at, place.secrets, place.path, id)), wrote: place }
}

async function purge(services: SystemServices, context: SystemContext, { id }: Sent): Promise<Reply> {
  const { place, at } = await findSecret(services, context)
  const gone = await forget(at.storage, place.path, id === undefined ? undefined : [id])
  return gone === 0 ? fail('not_found') : { wrote: place }
}

const deletionShape = shape.object({
  id: shape.string(),
  deleted_time: shape.time(),
  expire_time: shape.time(),
  display_name: shape.string(),
  entity_id: shape.string(),
  versions: shape.integer('How many there are of the secret.'),
})

export const deletedRoutes = (services: SystemServices): readonly SystemRoute[] => [
  systemRoute({
    path: 'kv/deleted/{path+}',
    summary: 'Show deleted secrets that can be restored, or end them for good.',
    description: 'For whoever may delete the secret at the path. A list shows the names in a folder.',
    fields,
    answers: { read: answer.data(shape.object({ deletions: shape.list(deletionShape) })) },
    operations: {
      read: (context) => read(services, context),
      delete: (context, sent) => purge(services, context, sent),
    },
    list: (context, options) => list(services, context, options),
  }),
  systemRoute({
    path: 'kv/restore/{path+}',
    summary: 'Put a deleted secret back, with its versions.',
    description:
      'For whoever may delete the secret at the path. Refused while there is a secret of that name.',
    fields,
    answers: { write: answer.data(deletionShape) },
    operations: { update: (context, sent) => putBack(services, context, sent) },
  }),
]
