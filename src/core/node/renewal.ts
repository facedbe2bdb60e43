import type { TokenServices } from '../../auth/token/services.ts'
import { effectiveTtl } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { fail } from '../../base/errors.ts'
import type { TtlBounds } from '../../token/ttl.ts'
import { handlerContext } from '../request/context.ts'
import { backendName, type Registry } from '../request/locate.ts'

type RenewalOf = TokenServices['renewalOf']

/**
 * Asks the auth method that made a token what its role grants to a renewal now.
 *
 * @throws invalid_request when the method is gone, or refuses
 */
export async function renewalOf(
  registry: Registry,
  systemTtl: TtlBounds,
  context: Parameters<RenewalOf>[0],
  record: Parameters<RenewalOf>[1],
): ReturnType<RenewalOf> {
  const { byUuid } = await readMounts(context.tx)
  const mount = byUuid(record.mount)
  const installed = mount === undefined ? undefined : registry.get(backendName(mount))
  if (mount === undefined || installed === undefined) fail('invalid_request', 'token not found')
  const ttl = effectiveTtl(mount, systemTtl)
  const renew = 'renew' in installed.backend ? installed.backend.renew : undefined
  if (renew === undefined || record.role === '') return { period: record.period, maxTtl: 0, mount: ttl }
  const inside = handlerContext(context.tx, { ...context, mount, ttl, warnings: [] }, undefined, [])
  const { maxTtl, period } = await renew(inside, { renewAs: record.role, policies: record.policies })
  return { period, maxTtl, mount: ttl }
}
