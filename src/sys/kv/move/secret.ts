import { discard } from '../../../backend/kv/deleted.ts'
import { contentOf } from '../../../backend/kv/object.ts'
import type { WholeSecret } from '../../../backend/kv/secrets.ts'
import type { RequestPath } from '../../../backend/routes/path.ts'
import { ownerOf, personId, spaceAt } from '../../../backend/spaces/space.ts'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { Acl } from '../../../policy/acl.ts'
import { type KvPlace, plainPath } from '../place.ts'
import { type Mover, secretPlace } from './mover.ts'
import type { Plan } from './plan.ts'

/**
 * Moves one secret with all its versions, for a caller who may delete it and write at the target.
 *
 * @param source behind the mount, as `target`
 * @param whole what there is of it
 * @throws what the plain calls are refused with; not_found; invalid_request where something is at the target, or the
 * target keeps no versions
 */
export async function moveSecret(
  mover: Mover,
  { from, to, overwrite, isFolder }: Plan,
  source: string,
  target: string,
  whole: WholeSecret | undefined,
): Promise<void> {
  const { subrequests } = mover
  const path = plainPath(from, 'remove', source)
  await subrequests.within({ verb: 'delete', path, fields: {} }, () => ({}))
  if (whole === undefined) fail('not_found')
  // What is put there would replace, or be taken for, a secret that is still to be moved.
  if (isFolder && from.mount.uuid === to.mount.uuid && target.startsWith(from.path)) {
    fail('invalid_request', `"${from.point}${source}" would stay in the folder: move it by itself first`)
  }
  if (from.secrets.paths.metadata !== undefined && to.secrets.paths.metadata === undefined) {
    fail(
      'invalid_request',
      `"${from.point}" keeps versions and "${to.point}" does not: a secret cannot move there`,
    )
  }
  await checkLeaving(mover, from, source, to, target)
  checkReading(mover, from, source, to, target)
  const keepsWriters = mayKnowWriters(mover, from, source) || !mayKnowWriters(mover, to, target)
  const place = secretPlace(mover, to)
  const isThere = await to.secrets.has(place, target)
  const written = plainPath(to, 'write', target)
  const replaced = plainPath(to, 'remove', target)
  await subrequests.within({ verb: 'write', path: written, fields: fieldsOf(to, whole) }, async () => {
    if (isThere && !overwrite) {
      fail(
        'invalid_request',
        `there is a secret at "${to.point}${target}": with overwrite=true it is replaced`,
      )
    }
    if (isThere && replaced !== written) {
      // To write adds a version; to put another secret in its place ends all of them. Asked for here, where the
      // caller may write, so that nobody else learns what is there.
      await subrequests.within({ verb: 'delete', path: replaced, fields: {} }, () => ({}))
    }
    if (isThere) await discard(place, to.secrets, target, mover)
    await to.secrets.import(place, target, keepsWriters ? whole : withoutWriters(whole))
    return {}
  })
  await from.secrets.remove(secretPlace(mover, from), source)
  const [before, after] = [
    { mount: from.mount.uuid, path: source },
    { mount: to.mount.uuid, path: target },
  ]
  if (mayKnowUse(mover, from, source) || !mayKnowUse(mover, to, target)) {
    mover.tx.afterCommit(() => mover.moved(before, after))
  }
}

/** What a plain write would have sent, for rules about parameters and for the log. */
function fieldsOf({ secrets }: KvPlace, { metadata, objects }: WholeSecret): JsonObject {
  const newest = objects.get(metadata?.current ?? 1)
  const content = newest === undefined ? {} : contentOf(newest)
  return secrets.paths.metadata === undefined ? content : { data: content }
}

/** Out of a space only its owner takes anything, also where it is open to somebody else. */
async function checkLeaving(
  { tx, caller }: Mover,
  from: KvPlace,
  source: string,
  to: KvPlace,
  target: string,
): Promise<void> {
  const path = from.point + source
  const space = spaceAt(from.mount, path)
  if (space === undefined || space.folder === '') return
  const other = spaceAt(to.mount, to.point + target)
  if (other?.mount === space.mount && other.people === space.people && other.folder === space.folder) return
  const owner = await ownerOf(tx, space)
  if (owner === undefined || caller.token.record.person !== personId(owner)) {
    fail('policy_denied', '', { denied: { path, missing: [], by: 'owner' } })
  }
}

/** Nobody reads by moving it what they may not read where it is. */
function checkReading(
  { caller: { acl } }: Mover,
  from: KvPlace,
  source: string,
  to: KvPlace,
  target: string,
): void {
  const mayRead = (path: RequestPath) => allows(acl, 'read', path)
  const path = plainPath(from, 'read', source)
  if (!mayRead(path) && mayRead(plainPath(to, 'read', target))) {
    fail('policy_denied', '', { denied: { path, missing: ['read'] } })
  }
}

/** Nobody learns by moving it who wrote a secret. */
function withoutWriters({ metadata, objects }: WholeSecret): WholeSecret {
  if (metadata === undefined) return { objects }
  const versions = metadata.versions.map(({ created, deletion, destroyed }) => ({
    created,
    deletion,
    destroyed,
  }))
  return { metadata: { ...metadata, versions }, objects }
}

/** Whether the caller may ask who used a secret, as far as policies tell. */
function mayKnowUse({ caller: { acl } }: Mover, place: KvPlace, secret: string): boolean {
  const path = plainPath(place, 'read', secret)
  return allows(acl, 'read', path) || allows(acl, 'update', path)
}

/** Whether the caller may ask who wrote a secret, as far as policies tell. */
const mayKnowWriters = ({ caller: { acl } }: Mover, place: KvPlace, secret: string): boolean =>
  place.secrets.paths.metadata !== undefined && allows(acl, 'read', plainPath(place, 'metadata', secret))

const allows = (acl: Acl, operation: 'read' | 'update', path: RequestPath): boolean =>
  acl.check({ operation, path, fields: {}, wrapTtl: undefined, sudo: false }).allowed
