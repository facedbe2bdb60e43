import type { ApiRequest } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { createLimiter } from '../../backend/quotas/limiter.ts'
import { isExempt, readQuotas } from '../../backend/quotas/table.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Target } from './locate.ts'

export type Admission = {
  /**
   * Counts a request against the rate limit of its path, before anything is asked about its token.
   *
   * @param progress told that the request was counted, and whether its refusal is to be recorded
   * @throws rate_limited
   */
  admit(
    tx: Transaction,
    request: ApiRequest,
    target: Target | undefined,
    progress: { admitted: boolean; unrecorded: boolean },
  ): Promise<void>
}

/** The rate limits of a process: its share of what all processes of the cluster allow together. */
export function createAdmission(clock: Clock, processes: () => number): Admission {
  const limiter = createLimiter(clock)
  return {
    async admit(tx, request, target, progress) {
      const { config, find } = await readQuotas(tx)
      const mount = target?.mount
      const inside = mount === undefined ? '' : request.path.slice(mountPoint(mount).length)
      const limit = find(mount?.uuid, inside, target?.route?.folded?.fold)
      progress.admitted = true
      if (limit === undefined || isExempt(config, request.path)) return
      const { allowed, ...headers } = limiter.take(limit, request.remote.address, processes())
      if (request.trail !== undefined && (config.responseHeaders || !allowed)) {
        request.trail.rateLimit = {
          ...(config.responseHeaders ? { headers } : {}),
          ...(allowed ? {} : { retryAfter: headers.reset }),
        }
      }
      if (allowed) return
      progress.unrecorded = !config.auditLogging
      fail('rate_limited', `request path ${JSON.stringify(request.path)}: rate limit quota exceeded`)
    },
  }
}
