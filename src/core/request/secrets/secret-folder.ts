import { callerOf, type SystemContext } from '../../../backend/context.ts'
import { mountPoint, mountPrefix } from '../../../backend/mounts/mount.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { shownNames } from '../../../backend/routes/listing.ts'
import type { RequestPath } from '../../../backend/routes/path.ts'
import { storageBelow } from '../../../backend/storage.ts'
import { fail, isFailure } from '../../../base/errors.ts'
import type { ListOptions } from '../../../storage/store.ts'
import type { SecretFolders } from '../../../sys/services.ts'
import type { Services } from '../../services.ts'
import { locate } from '../locate.ts'

type Parts = Pick<Services, 'registry' | 'guard' | 'listed'>

/**
 * Finds the folder of secrets at a path that a `sys` route is asked about: the mount's path and the folder
 * below it, without what an engine puts between the two. The same policies and the same owner guard stand
 * before each folder as before its plain list.
 *
 * @throws policy_denied; no_handler when no mount serves the path; unsupported_path when it holds no secrets
 */
export async function secretFolders(
  { registry, guard, listed }: Parts,
  context: SystemContext,
  text: string,
): Promise<SecretFolders> {
  const caller = callerOf(context)
  const mayList = (path: RequestPath) => {
    const { wrapTtl } = context.request
    return caller.acl.check({ operation: 'list', path, fields: {}, wrapTtl, sudo: false }).allowed
  }
  // What is left of a canonical path behind one of its slashes is canonical, and so is what is listed of it.
  const path = (text.endsWith('/') ? text : `${text}/`) as RequestPath
  const target = locate({ path, verb: 'list' }, await readMounts(context.tx), registry)
  if (target === undefined) return fail(mayList(path) ? 'no_handler' : 'policy_denied', path)
  const { mount, installed } = target
  const secrets = 'secrets' in installed.backend ? installed.backend.secrets : undefined
  const point = mountPoint(mount)
  if (secrets === undefined) return fail(caller.acl.mayReach(point) ? 'unsupported_path' : 'policy_denied')
  const { paths, list } = secrets
  const storage = storageBelow(context.tx, mountPrefix(mount))
  const place = { storage, mount, now: context.clock.now() }
  const views = [...new Set([paths.read(''), paths.list('')])]

  async function passes(folder: string): Promise<boolean> {
    const plain = { path: (point + paths.list(folder)) as RequestPath, verb: 'list' } as const
    if (!mayList(plain.path)) return false
    try {
      await guard(context.tx, mount, plain, 'list', caller)
      return true
    } catch (error) {
      if (isFailure(error, 'policy_denied')) return false
      throw error
    }
  }

  const folder = path.slice(point.length)
  if (!(await passes(folder))) return fail('policy_denied')
  return {
    mount: mount.uuid,
    folder,
    pathOf: (secret) => point + paths.read(secret),
    async names(folder, options) {
      if (!(await passes(folder))) return undefined
      const listPath = (point + paths.list(folder)) as RequestPath
      const own = await listed(context.tx, mount, { path: listPath }, caller)
      const { after } = options
      if (own !== undefined) return own.filter((name) => after === undefined || name > after)
      const names = { ...storage, list: (at: string, page?: ListOptions) => list(place, at, page) }
      return shownNames({ ...context, mount }, names, folder, options, views)
    },
  }
}
