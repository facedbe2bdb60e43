import { callerOf, type SystemContext } from '../../backend/context.ts'
import type { SecretStore } from '../../backend/kv/secrets.ts'
import { type Mount, mountPoint } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import type { SystemServices } from '../services.ts'

/** Where a path leads that names a secret or a folder by its mount and its name alone, whatever version of KV it is. */
export type Place = {
  readonly mount: Mount
  /** Absent for what is no KV. */
  readonly secrets: SecretStore | undefined
  /** The path of the mount. */
  readonly point: string
  /** Behind the mount; empty for the mount itself. */
  readonly path: string
}

/** A place in a mount of KV. */
export type KvPlace = Place & { readonly secrets: SecretStore }

/** @returns undefined where there is no mount, and to who may not know of it */
export async function placeOf(
  services: Pick<SystemServices, 'secretsOf'>,
  context: SystemContext,
  path: string,
): Promise<Place | undefined> {
  const mount = (await readMounts(context.tx)).find(path)
  if (mount === undefined || !callerOf(context).acl.mayReach(mountPoint(mount))) return undefined
  const point = mountPoint(mount)
  return { mount, secrets: services.secretsOf(mount), point, path: path.slice(point.length) }
}

/** The path of a plain request about what is `path` behind the mount. */
export function plainPath(
  { secrets, point }: Pick<Place, 'secrets' | 'point'>,
  part: keyof SecretStore['paths'],
  path: string,
): RequestPath {
  // Canonical parts make a canonical path.
  return `${point}${secrets?.paths[part]?.(path) ?? path}` as RequestPath
}
