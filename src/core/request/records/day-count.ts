import { isReading } from '../../../backend/routes/operation.ts'
import { isFailure } from '../../../base/errors.ts'
import type { Services } from '../../services.ts'
import type { Known } from './recorder.ts'

/** Counts a request for its day, in memory; the request does not wait for it and cannot fail of it. */
export function countRequest(
  { days }: Pick<Services, 'days'>,
  { target, caller, operation }: Known,
  failed: boolean,
): void {
  // What leads to no mount is nobody's use of anything.
  if (target === undefined) return
  try {
    days().count({
      kind: failed ? 'failed' : isReading(operation) ? 'reads' : 'writes',
      mount: target.mount.uuid,
      method: caller?.token.record.mount ?? '',
      entityId: caller?.token.record.entityId ?? '',
    })
  } catch (error) {
    // The node was sealed meanwhile: what it knew in memory is gone.
    if (!isFailure(error, 'sealed')) throw error
  }
}
