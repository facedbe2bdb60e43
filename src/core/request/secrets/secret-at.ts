import { callerOf, type SystemContext } from '../../../backend/context.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import type { RequestPath } from '../../../backend/routes/path.ts'
import { fail } from '../../../base/errors.ts'
import type { SecretName } from '../../../usage/notes.ts'
import type { Services } from '../../services.ts'
import { locate } from '../locate.ts'

/**
 * Finds the secret at a path that a `sys` route is asked about, for callers who may read or update it: the
 * same policy and the same owner guard stand before it as before the plain call.
 *
 * @throws policy_denied; no_handler when no mount serves the path; unsupported_path when it names no secret
 */
export async function secretAt(
  { registry, guard }: Pick<Services, 'registry' | 'guard'>,
  context: SystemContext,
  text: string,
): Promise<SecretName> {
  const caller = callerOf(context)
  // What is left of a canonical path behind one of its slashes is canonical.
  const path = text as RequestPath
  const { wrapTtl } = context.request
  const operation = (['read', 'update'] as const).find(
    (one) => caller.acl.check({ operation: one, path, fields: {}, wrapTtl, sudo: false }).allowed,
  )
  if (operation === undefined) fail('policy_denied')
  const plain = { path, verb: 'read' } as const
  const target = locate(plain, await readMounts(context.tx), registry)
  if (target === undefined) fail('no_handler', path)
  await guard(context.tx, target.mount, plain, operation, caller)
  const { mount, route, params } = target
  // Beside the secret itself, an engine may have routes about it, which say less.
  const isSecret = route?.operations.read !== undefined && route.showsSecret !== false
  const name = !isSecret || route?.secret === undefined ? undefined : params[route.secret]
  if (name === undefined || name === '' || name.endsWith('/')) fail('unsupported_path')
  return { mount: mount.uuid, path: name }
}
