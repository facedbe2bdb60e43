import { callerOf, type SystemContext } from '../../../backend/context.ts'
import type { Operation } from '../../../backend/message.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import type { RequestPath } from '../../../backend/routes/path.ts'
import { fail, isFailure } from '../../../base/errors.ts'
import type { Services } from '../../services.ts'

/**
 * Whether the caller of a `sys` route may do something at a path: the same policy and the same owner guard as before
 * the plain call.
 *
 * @param part `guard` asks the guard alone, of folders that lead to what the caller may do
 */
export async function may(
  { guard }: Pick<Services, 'guard'>,
  context: SystemContext,
  operation: Exclude<Operation, 'list' | 'scan'>,
  path: RequestPath,
  part: 'all' | 'guard' = 'all',
): Promise<boolean> {
  const caller = callerOf(context)
  const { wrapTtl } = context.request
  if (part === 'all' && !caller.acl.check({ operation, path, fields: {}, wrapTtl, sudo: false }).allowed) {
    return false
  }
  const mount = (await readMounts(context.tx)).find(path)
  if (mount === undefined) fail('no_handler', path)
  try {
    await guard(context.tx, mount, { path, verb: 'delete' }, operation, caller)
    return true
  } catch (error) {
    if (isFailure(error, 'policy_denied')) return false
    throw error
  }
}
