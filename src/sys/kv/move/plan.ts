import { mountPoint } from '../../../backend/mounts/mount.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { type RequestPath, requestPath } from '../../../backend/routes/path.ts'
import { mayEnter } from '../../../backend/spaces/entry.ts'
import { peopleOf, spaceAt } from '../../../backend/spaces/space.ts'
import { fail } from '../../../base/errors.ts'
import type { KvPlace } from '../place.ts'
import type { Mover } from './mover.ts'

/** A move as it was asked for. */
export type Wanted = { readonly from: string; readonly to: string; readonly overwrite: boolean }

export type Plan = {
  readonly from: KvPlace
  readonly to: KvPlace
  readonly overwrite: boolean
  readonly isFolder: boolean
}

/**
 * @throws invalid_request, invalid_path for what can never be moved so; what a delete at the source or a write at the
 * target is refused with, where there is no KV; policy_denied for a folder in the space of somebody else
 */
export async function planMove(mover: Mover, wanted: Wanted): Promise<Plan> {
  const isFolder = wanted.from.endsWith('/')
  if (isFolder !== wanted.to.endsWith('/')) {
    fail(
      'invalid_request',
      'a folder moves to a folder and a secret to a secret: end both paths in "/", or none',
    )
  }
  const from = await kvAt(mover, requestPath(wanted.from), 'delete')
  const to = await kvAt(mover, requestPath(wanted.to), 'write')
  if (from.mount.uuid === to.mount.uuid) {
    if (from.path === to.path) fail('invalid_request', 'the source and the target are the same')
    if (isFolder && to.path.startsWith(from.path)) fail('invalid_request', 'a folder cannot move into itself')
  }
  if (holdsSpaces(from)) fail('invalid_request', 'a space can be emptied, but its own folder cannot be moved')
  if (isFolder) await checkEntry(mover, from)
  return { from, to, overwrite: wanted.overwrite, isFolder }
}

/** Before its names are looked at: a refusal that names a secret would tell of it. */
async function checkEntry({ tx, caller, now }: Mover, { mount, point, path }: KvPlace): Promise<void> {
  const space = spaceAt(mount, point + path)
  if (space === undefined || (await mayEnter(tx, space, 'delete', caller, now))) return
  fail('policy_denied', '', { denied: { path: point + path, missing: [], by: 'owner' } })
}

async function kvAt(mover: Mover, path: RequestPath, verb: 'delete' | 'write'): Promise<KvPlace> {
  const mount = (await readMounts(mover.tx)).find(path)
  const secrets = mount === undefined ? undefined : mover.secretsOf(mount)
  const point = mount === undefined ? '' : mountPoint(mount)
  if (mount !== undefined && secrets !== undefined && mover.caller.acl.mayReach(point)) {
    return { mount, secrets, point, path: path.slice(point.length) }
  }
  // Refused as the plain call, which may know of no mount, to those who may not know.
  const plain = (path.endsWith('/') ? `${path}x` : path) as RequestPath
  await mover.subrequests.within({ verb, path: plain, fields: {} }, () => notKv())
  return notKv()
}

const notKv = () => fail('invalid_request', 'only secrets of KV can be moved')

/** Whether a folder is a person's space, or has such below it. */
function holdsSpaces({ mount, point, path }: KvPlace): boolean {
  if (path === '') return peopleOf(mount).length > 0
  if (!path.endsWith('/')) return false
  const space = spaceAt(mount, point + path)
  return space !== undefined && path.split('/').length <= 3
}
